"""The pages as Streamlit runs them, without a browser."""

import base64
import io
import subprocess
import sys
from functools import partial

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dae_core.checkpoints import list_checkpoints
from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import Corruption
from dae_core.pictures.samples import SAMPLES, load_sample
from dae_core.serving.denoiser import load_denoiser
from dae_core.telling.report_numbers import EXHIBITS
from tests.apptest.opened import open_page
from tests.sampled import COMMITTED
from tests.visitor import ROOT
from ui.frame.page import GROUPS, PAGES, linked

TILES = ("distorted", "reconstructed", "original")


@pytest.fixture
def playground() -> AppTest:
    return open_page()


def pixels(app: AppTest) -> dict[str, np.ndarray]:
    """What the three tiles show, back at one value per pixel: (64, 64, 3) uint8 each."""
    urls = [image.proto.imgs[0].url for image in app.get("image")[:3]]
    images = [Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) for url in urls]
    return {tile: np.asarray(image)[3::6, 3::6] for tile, image in zip(TILES, images, strict=True)}


def as_bytes(picture: np.ndarray) -> np.ndarray:
    return np.rint(picture * 255).astype(np.uint8)


def text(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.header, *app.markdown, *app.caption, *app.error, *app.warning))


def test_the_tiles_show_what_corrupt_and_the_network_give_for_the_settings_on_screen(playground):
    playground.toggle(key="salt_and_pepper").set_value(False)
    playground.slider(key="gaussian_noise_std").set_value(0.2)
    playground.slider(key="cutout_squares").set_value(5)
    playground.number_input(key="seed").set_value(77)
    playground.selectbox(key="image").set_value("owl").run()

    original = load_sample("owl")
    distorted = corrupt(original, Corruption(gaussian_noise=0.2, cutout=5), 77)
    checkpoint = COMMITTED[playground.selectbox(key="model").value]
    shown = pixels(playground)
    assert np.array_equal(shown["original"], as_bytes(original))
    assert np.array_equal(shown["distorted"], as_bytes(distorted))
    assert np.array_equal(shown["reconstructed"], as_bytes(load_denoiser(checkpoint).reconstruct(distorted)))


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("toggle", "gaussian_noise", False),
        ("toggle", "cutout", False),
        ("toggle", "salt_and_pepper", False),
        ("slider", "gaussian_noise_std", 0.3),
        ("slider", "cutout_squares", 6),
        ("slider", "salt_and_pepper_amount", 0.2),
        ("number_input", "seed", 5),
        ("selectbox", "image", "pancakes"),
    ],
)
def test_every_control_changes_the_distorted_and_the_reconstructed_picture(playground, kind, key, value):
    before = pixels(playground)
    getattr(playground, kind)(key=key).set_value(value).run()
    after = pixels(playground)
    assert not np.array_equal(before["distorted"], after["distorted"])
    assert not np.array_equal(before["reconstructed"], after["reconstructed"])


@pytest.mark.parametrize("name", COMMITTED)
def test_every_checkpoint_can_be_picked(playground, name):
    playground.selectbox(key="model").set_value(name).run()
    assert not playground.exception
    assert COMMITTED[name].experiment.summary in text(playground)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_can_be_picked_and_is_called_by_its_name(playground, name):
    playground.selectbox(key="image").set_value(name).run()
    assert np.array_equal(pixels(playground)["original"], as_bytes(load_sample(name)))
    assert SAMPLES[name] in text(playground)


def test_shuffle_draws_the_distortions_anew(playground):
    before = pixels(playground)["distorted"]
    next(button for button in playground.button if button.label == "Shuffle").click().run()
    assert not np.array_equal(before, pixels(playground)["distorted"])


def test_the_page_says_when_the_model_knows_other_distortions():
    playground = open_page(model="convolutional-all")
    assert "was trained with" not in text(playground)
    playground.slider(key="gaussian_noise_std").set_value(0.3)
    playground.toggle(key="cutout").set_value(False).run()
    assert "It was trained with cutout as well." in text(playground)
    assert "another strength of Gaussian noise: standard deviation 0.1, here standard deviation 0.3." in text(
        playground
    )


def test_what_a_network_does_to_an_undamaged_picture_is_told_without_infinities(playground):
    for key in ("gaussian_noise", "cutout", "salt_and_pepper"):
        playground.toggle(key=key).set_value(False)
    playground.run()
    words = text(playground)
    assert "no error: it is the original" in words and "where there was none" in words
    assert "∞" not in words and ":green" not in words


def test_a_network_that_makes_a_picture_worse_is_shown_in_red():
    playground = open_page(model="bottleneck-0032", cutout="false", salt_and_pepper="false", gaussian_noise_std="0.05")
    assert ":red[**" in text(playground) and "more**]" in text(playground)
    assert ":green" not in text(playground)


def test_the_playground_opens_after_a_lesson_was_begun():
    app = open_page("pages/6_Lesson.py", answers="1.0", step="2")
    app.switch_page("app.py").run()
    assert not app.exception and len(pixels(app)) == 3
    app.toggle(key="cutout").set_value(False).run()
    assert not app.exception


def test_rendering_the_playground_imports_nothing_that_takes_long():
    script = (
        "import sys; from streamlit.testing.v1 import AppTest; app = AppTest.from_file('app.py', default_timeout=60);"
        "assert not app.run().exception; assert len(app.get('image')) >= 3;"
        "sys.exit(bool({'tensorflow', 'keras', 'jax', 'torch', 'tf2onnx', 'onnx', 'pandas'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


# The other pages.


def test_the_navigation_names_every_page():
    assert [*PAGES] == ["app.py", *sorted(file.relative_to(ROOT).as_posix() for file in (ROOT / "pages").glob("*.py"))]
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(name for name, _ in PAGES.values())


def content(app: AppTest) -> str:
    """Everything that a page shows and that is not a control."""
    pictures = [image.proto.imgs[0].url for image in app.get("image")]
    charts = [chart.proto.spec for chart in app.get("plotly_chart")]
    components = [component.proto.json for component in app.get("bidi_component")]
    words = [element.value for element in (*app.markdown, *app.caption, *app.header, *app.metric)]
    expanded = [expander.proto.expanded for expander in app.expander]
    return repr((pictures, charts, components, words, expanded))


def other_value(widget):
    """A value that a control does not have yet."""
    if widget.type == "toggle":
        return not widget.value
    if widget.type == "slider":
        return widget.max if widget.value != widget.max else widget.min
    if widget.type == "number_input":
        return widget.value + 1
    if widget.type == "selectbox" and widget.key == "image":
        return "owl"  # The last ones ask for a file.
    return next(option for option in reversed(widget.options) if option != widget.value)


@pytest.mark.parametrize("page", linked())
def test_every_page_appears_without_an_error(page):
    app = open_page(page)
    assert not app.exception and not app.error
    if page != "pages/5_Training.py":  # The browser draws its pictures.
        assert len(app.get("image")) >= 2


# Three stand for the others, until `make test-all`.
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=() if name in ("Playground", "Decoders", "Distortions") else pytest.mark.slow)
        for page, (name, _) in linked().items()
    ],
)
def test_every_control_of_every_page_changes_what_is_shown(page):
    app = open_page(page)

    def act(what: str, action) -> None:
        before = content(app)
        action().run()
        assert not app.exception and not app.error
        assert content(app) != before, f"{what} changes nothing"

    for toggle in app.toggle:  # What is off has no strength to change.
        toggle.set_value(True)
    app.run()
    # Sliders before the toggles that disable them.
    for kind in ("slider", "selectbox", "number_input", "button_group", "button", "toggle"):
        for number, widget in enumerate(app.get(kind)):
            current = partial(lambda kind, number: app.get(kind)[number], kind, number)
            if widget.disabled:
                continue
            if kind == "button":
                act(widget.label, lambda current=current: current().click())
            elif kind != "button_group" or len(widget.options) > 1:
                act(widget.key, lambda current=current: current().set_value(other_value(current())))


# The lesson sets the controls when it begins; test_lessons.py looks at that.
@pytest.mark.parametrize("page", sorted(linked().keys() - {"app.py", "pages/6_Lesson.py", "pages/7_Report.py"}))
def test_pages_share_picture_distortions_and_seed_with_the_playground(page):
    app = open_page()
    app.selectbox(key="image").set_value("parrot")
    app.toggle(key="cutout").set_value(False)
    app.slider(key="gaussian_noise_std").set_value(0.25)
    app.number_input(key="seed").set_value(9).run()
    app.switch_page(page).run()
    assert app.selectbox(key="image").value == "parrot"
    assert app.toggle(key="cutout").value is False
    assert app.slider(key="gaussian_noise_std").value == 0.25
    assert app.number_input(key="seed").value == 9


def test_the_report_page_shows_every_table_and_figure_and_a_card_for_each_model():
    app = open_page("pages/7_Report.py")
    headings = [heading.value for heading in app.header]
    for exhibit in EXHIBITS:
        assert f"{exhibit.name}: {exhibit.shows}" in headings
    assert [expander.label for expander in app.expander] == [
        one.experiment.title for one in list_checkpoints()[0].values()
    ]
    cells = {str(cell) for table in app.table for row in table.value.to_numpy() for cell in row}
    assert {"0.00765", "0.00668", "50,704,803"} <= cells
