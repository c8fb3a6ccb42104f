"""The page Beyond: every step shows what its network makes of the picture, and what it is said to add to."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import REPORT_CORRUPTION
from dae_core.experiments import TITLES
from dae_core.pictures.samples import SAMPLES, load_sample
from dae_core.scores.curves import curve, read_curves
from dae_core.scores.metrics import psnr
from dae_core.scores.repeats import read_repeats
from dae_core.serving.denoiser import load_denoiser
from dae_core.telling.steps import LADDER, RECOMMENDED
from dae_core.telling.texts import read_texts
from tests.apptest.opened import open_page
from tests.sampled import COMMITTED

STEPS = [name for name in LADDER if name in COMMITTED]


@pytest.fixture
def page() -> AppTest:
    return open_page("pages/8_Beyond.py")


def film_strip(page: AppTest) -> dict[str, np.ndarray]:
    """The first row of pictures by title, back at one value per pixel: (64, 64, 3) uint8 each."""
    images = [element.proto.imgs[0] for element in page.get("image")[: len(STEPS) + 2]]
    files = [io.BytesIO(base64.b64decode(image.url.partition(",")[2])) for image in images]
    titles = ["Distorted", *(TITLES[name] for name in STEPS), "Original"]
    return {title: np.asarray(Image.open(file))[1::3, 1::3] for title, file in zip(titles, files, strict=True)}


def test_the_film_strip_is_what_the_networks_make_of_the_picture_on_screen(page):
    page.selectbox(key="image").set_value("owl")
    page.number_input(key="seed").set_value(7).run()
    shown = film_strip(page)
    original = load_sample("owl")
    distorted = corrupt(original, REPORT_CORRUPTION, 7)
    expected = {TITLES[name]: load_denoiser(COMMITTED[name]).reconstruct(distorted) for name in STEPS}
    for title, picture in ({"Distorted": distorted, "Original": original} | expected).items():
        np.testing.assert_array_equal(shown[title], np.rint(picture * 255).astype(np.uint8), err_msg=title)


def test_each_idea_is_explained_beside_what_it_was_added_to(page):
    titles = {TITLES[name]: name for name in STEPS[1:]}
    for title, name in titles.items():
        page.button_group(key="idea").set_value(title).run()
        said = next(element.value for element in page.markdown if element.value.startswith(f"**{title}.**"))
        assert read_texts("steps").entries[name][0].text in said
        assert ("not trained here" in said) == (LADDER[name] not in STEPS)
        assert ("Asked once" in said) == COMMITTED[name].experiment.self_ensemble
        precisions = {COMMITTED[one].experiment.precision for one in (name, LADDER[name])}
        assert ("It was trained in" in said) == (len(precisions) > 1)
    assert titles


def test_what_another_precision_costs_is_below_the_table(page):
    (tried,) = [one for one in read_repeats() if one.experiment == "beyond-unet"]
    said = next(element.value for element in page.caption if "Lowest error first" in element.value)
    assert f"U-Net, trained in bfloat16 instead of float32, has an MSE of {tried.test_mse:.5f}." in said


def test_the_table_has_a_line_for_every_way_of_denoising_with_its_cost(page):
    table = page.table[0].value
    names = set(table.iloc[:, 0])
    assert {TITLES[name] for name in STEPS} | {TITLES["distortion-all"], "Median", "Inpainting (told where)"} <= names
    assert (table["Milliseconds"].astype(float) > 0).all() and (table["MSE"].astype(float) > 0).all()


def test_either_cost_can_be_drawn_beside_the_error(page):
    assert '"Milliseconds"' in page.get("plotly_chart")[0].proto.spec
    page.button_group(key="cost").set_value("Parameters").run()
    assert '"Parameters"' in page.get("plotly_chart")[0].proto.spec


def test_the_network_that_draws_is_compared_with_the_best_and_with_a_perfect_one(page):
    assert "A network that draws instead of averaging" in [header.value for header in page.header]
    said = " ".join(element.value for element in page.markdown)
    assert f"times the error of {TITLES[RECOMMENDED]}, the mean of 16 draws" in said
    assert "and the mean of 16 1.06 times" in said
    answers = [list(table.value.iloc[:, 0]) for table in page.table]
    assert any(names[0] == "One draw" and names[-1] == TITLES[RECOMMENDED] for names in answers)


def test_error_against_strength_is_what_was_measured_of_the_networks(page):
    page.button_group(key="kind").set_value("Cutout").run()
    figure = json.loads(page.get("plotly_chart")[1].proto.spec)
    names = {TITLES[name]: name for name in ("beyond-unet", "beyond-blind", RECOMMENDED)}
    assert [trace["name"] for trace in figure["data"]] == list(names)
    for trace in figure["data"]:
        measured = curve(read_curves(COMMITTED[names[trace["name"]]]), names[trace["name"]], "cutout", "report")
        assert len(measured) > 5 and trace["x"] == list(measured) and trace["y"] == list(measured.values())


def test_failures_on_clean_pictures_are_told_of_the_networks_that_should_leave_them_alone(page):
    page.button_group(key="failing_on").set_value("Clean").run()
    assert "The shipped pictures, worst first, each with its PSNR." in [caption.value for caption in page.caption]
    labels = [image.caption for element in page.get("image") for image in element.proto.imgs]
    originals = np.stack([load_sample(sample) for sample in SAMPLES])
    rebuilt = load_denoiser(COMMITTED[RECOMMENDED]).reconstruct(originals)
    worst = sorted(psnr(one, other) for one, other in zip(rebuilt, originals, strict=True))
    assert [label for label in labels if label.endswith(" dB")][:9] == [f"{score:.1f} dB" for score in worst]
    page.button_group(key="failing").set_value("Fully convolutional").run()
    assert "The shipped pictures, worst first, each with its MSE." in [caption.value for caption in page.caption]
