"""What the page Inside shows beyond what every page is tested for."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

import ui.shelf.networks
from dae_core.checkpoints import CheckpointError
from dae_core.pictures.samples import SAMPLES
from dae_core.pictures.writing import to_image
from dae_core.serving.latents import MAPPED
from tests.apptest.opened import open_page
from tests.sampled import SAMPLED
from ui.widgets.latent_map import latent_map


@pytest.fixture
def app() -> AppTest:
    return open_page("pages/4_Inside.py", model="convolutional-all")


def pictures(app: AppTest) -> dict[str, str]:
    """Of every picture on the page: its address by its description."""
    return {image.proto.imgs[0].alt: image.proto.imgs[0].url for image in app.get("image")}


def block(app: AppTest):
    return next(group for group in app.get("button_group") if group.key == "block")


# One that is cut at its latent and one that has none stand for the others, until `make test-all`.
@pytest.mark.parametrize(
    "architecture",
    [pytest.param(one, marks=() if one in ("convolutional", "unet") else pytest.mark.slow) for one in SAMPLED],
)
def test_every_block_of_every_architecture_can_be_opened(app, architecture):
    app.selectbox(key="model").set_value(SAMPLED[architecture]).run()
    seen = set()
    for option in block(app).options:
        block(app).set_value(option).run()
        assert not app.exception and not app.error
        seen.add(tuple(app.get("image")[index].proto.imgs[0].url for index in (0, 1)))
    assert len(seen) == len(block(app).options) >= 8


def test_a_block_that_the_next_model_does_not_have_is_left(app):
    app.selectbox(key="model").set_value("distortion-all").run()
    block(app).set_value("encoder_block_3").run()
    app.selectbox(key="model").set_value("convolutional-all").run()
    assert not app.exception
    assert block(app).value == "encoder_block_1"


def test_the_seed_chooses_what_is_switched_off_and_is_asked_for_only_where_it_matters(app):
    before = pictures(app)
    app.number_input(key="off_seed").set_value(1).run()
    assert pictures(app) != before
    for percent in (0, 100):
        app.slider(key="off").set_value(percent).run()
        assert "off_seed" not in [number.key for number in app.number_input]


def test_with_nothing_switched_off_the_decoder_gives_what_it_gave(app):
    app.slider(key="off").set_value(0).run()
    lines = [element.value for element in app.markdown if "Reconstructed from it" in element.value]
    assert lines[0] == lines[2] != lines[1]


def test_a_network_without_a_latent_leads_to_one_that_has_one():
    app = open_page("pages/4_Inside.py")
    assert "off" not in [slider.key for slider in app.slider]
    next(button for button in app.button if button.label.startswith("Show Decoder 1")).click().run()
    assert app.slider(key="off")


def test_without_the_map_the_rest_of_the_page_is_there_with_a_sentence(app, monkeypatch):
    def missing(_):
        raise CheckpointError("The map of the latents is missing.")

    ui.shelf.networks.latent_map.clear()
    monkeypatch.setattr(ui.shelf.networks, "load_map", missing)
    app.run()
    assert not app.exception
    assert [error.value for error in app.error] == ["The map of the latents is missing."]
    assert app.slider(key="off")
    ui.shelf.networks.latent_map.clear()


def test_without_the_test_pictures_the_map_shows_what_lies_in_their_places(monkeypatch):
    monkeypatch.setattr(latent_map, "has_test_pictures", lambda plane: False)
    app = open_page("pages/4_Inside.py")
    assert any("what the decoder makes of their places" in element.value for element in app.markdown)
    (style,) = (element.proto.body for element in app.get("html") if "--map-pictures" in element.proto.body)
    content = base64.b64decode(re.search(r"base64,([^)]+)", style)[1])
    side = latent_map.THUMBNAIL
    with Image.open(io.BytesIO(content)) as sheet:
        tiles = (
            np.asarray(sheet).reshape(-1, side, latent_map.COLUMNS, side, 3).swapaxes(1, 2).reshape(-1, side, side, 3)
        )
    plane = ui.shelf.networks.latent_map()
    for number in (0, 500, len(plane.test_points) - 1):
        face = to_image(
            ui.shelf.networks.denoiser(ui.shelf.networks.checkpoint(MAPPED)).decode(
                plane.lift(plane.test_points[number])
            )
        )
        expected = np.asarray(face.resize((side, side)), float)
        assert (
            np.abs(tiles[len(SAMPLES) + number] - expected).mean() < 5
        )  # WebP loses a little; other faces are 40 away.


def test_a_channel_that_the_next_block_does_not_have_becomes_its_last(app):
    app.selectbox(key="model").set_value("beyond-unet").run()
    app.slider(key="channel").set_value(20).run()
    block(app).set_value("reconstruction").run()
    assert not app.exception and app.slider(key="channel").value == 3
