"""The page Blur: sixteen draws, what their mean is, and the way from noise to one of them."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dae_core.checkpoints import CHECKPOINTS_FOLDER, open_checkpoint
from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import GAUSSIAN, REPORT_CORRUPTION, preset
from dae_core.pictures.samples import load_sample
from dae_core.scores.metrics import mse
from dae_core.serving.sampler import load_sampler
from dae_core.serving.sampling import STEPS, draws
from tests.apptest.opened import open_page

SEEDS = range(41, 57)


@pytest.fixture(scope="module", autouse=True)
def quick_draws():
    """Here, draws go all of the way."""


@pytest.fixture(scope="module")
def sampler():
    return load_sampler(open_checkpoint(CHECKPOINTS_FOLDER / "sampler"))


def drawn(page: AppTest) -> np.ndarray:
    """The sixteen draws, back at one value per pixel: (16, 64, 64, 3) uint8."""
    shown = [element.proto.imgs[0] for element in page.get("image")]
    images = [image.url.partition(",")[2] for image in shown if ", draw " in image.alt]
    return np.stack([np.asarray(Image.open(io.BytesIO(base64.b64decode(image))))[1::3, 1::3] for image in images])


def words(page: AppTest) -> str:
    return " ".join(element.value for element in page.markdown)


def test_the_draws_are_those_of_picture_distortions_and_seed_in_the_address(sampler):
    page = open_page(
        "pages/9_Blur.py", draws="41", image="cat-tabby", salt_and_pepper="false", cutout="false", seed="7"
    )
    distorted = corrupt(load_sample("cat-tabby"), preset(GAUSSIAN), 7)
    expected = draws(sampler.velocity, distorted, SEEDS, STEPS)
    assert np.abs(drawn(page) - 255 * expected).max() < 1
    assert page.query_params["draws"] == "41"


def test_draw_again_draws_the_next_sixteen_of_the_same_picture():
    page = open_page("pages/9_Blur.py", draws="41")
    before = drawn(page)
    next(button for button in page.button if button.label == "Draw again").click().run()
    assert not page.exception and page.query_params["draws"] == "57"
    assert all((one != other).any() for one, other in zip(drawn(page), before, strict=True))


def test_what_is_said_of_one_draw_and_of_their_mean_is_computed_from_those_shown(sampler):
    page = open_page("pages/9_Blur.py", draws="41")
    original = load_sample("cat-chelsea")
    all_of_them = draws(sampler.velocity, corrupt(original, REPORT_CORRUPTION, 0), SEEDS, STEPS)
    one = np.mean([mse(picture, original) for picture in all_of_them])
    mean = float(mse(all_of_them.mean(axis=0), original))
    assert mean < one
    assert f"One draw has an error of {one:.4f}" in words(page)
    assert f", and the mean of all sixteen {mean:.4f}." in words(page)


def test_with_nothing_of_the_picture_left_it_makes_faces_up_and_a_link_says_so():
    page = open_page("pages/9_Blur.py")
    few = len(page.get("image"))
    page.toggle(key="hide_all").set_value(True).run()
    page.run()
    assert not page.exception and len(page.get("image")) == few + 8
    assert "all that comes is made up" in words(page)
    again = open_page("pages/9_Blur.py", **{key: page.query_params[key] for key in page.query_params})
    assert again.toggle(key="hide_all").value


def test_by_default_it_says_why_the_best_network_is_blurred():
    said = words(open_page("pages/9_Blur.py"))
    assert "**Look at what the squares hide: it is something else in each draw.**" in said
    assert "blurred where it cannot know" in said
    assert "the first thing it heads for is the blur" in said


def test_where_nothing_is_hidden_nothing_is_said_of_squares_or_blur():
    page = open_page("pages/9_Blur.py", gaussian_noise="false", salt_and_pepper="false", cutout="false")
    assert not page.exception and not page.error
    assert "Nothing is hidden" in words(page)
    assert "squares hide" not in words(page) and "cannot know" not in words(page)
    assert "so little changes on the way" in words(page)


def test_an_address_with_more_than_there_is_opens_with_what_there_is():
    page = open_page("pages/9_Blur.py", draws="999999", averaged="17", way_at="15")
    assert not page.exception and not page.error
    assert len(drawn(page)) == 16
    kept = [page.session_state[key] for key in ("draws", "averaged", "way_at")]
    assert kept == [999_999, 16, STEPS]


def test_a_picture_of_one_colour_gets_no_numbers_of_fine_detail(monkeypatch):
    from ui.shelf import pictures

    grey = np.full((64, 64, 3), 0.5, np.float32)
    monkeypatch.setattr(pictures, "sample", lambda name: grey)
    page = open_page("pages/9_Blur.py")
    assert not page.exception and not page.error
    assert "no fine detail" in words(page) and "nan" not in words(page)
    assert "fine detail, one draw has" not in words(page)
