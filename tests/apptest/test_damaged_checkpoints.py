"""A damaged file costs its own network only: every page names it and shows what the others can."""

import os
import shutil
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import ui.parts.beyond_ladder
import ui.shelf.networks
import ui.shelf.scores
from dae_core.checkpoints import CHECKPOINTS_FOLDER, list_checkpoints
from dae_core.experiments import TITLES
from dae_core.scores.rows import baseline_rows
from tests.apptest.opened import open_page
from ui.frame.page import linked


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A copy of all checkpoints, which the app takes for its own."""
    copy = shutil.copytree(
        CHECKPOINTS_FOLDER, tmp_path / "checkpoints", copy_function=os.link, ignore=shutil.ignore_patterns(".*")
    )
    monkeypatch.setattr(ui.shelf.networks, "list_checkpoints", partial(list_checkpoints, copy))
    clear()
    yield copy
    clear()


def clear() -> None:
    """Nothing is known of any checkpoint, nor of what a sampler has drawn before its file was altered."""
    shelf = ui.shelf.networks
    for cached in (shelf.found, shelf._not_loaded, shelf.denoiser, shelf.sampler, shelf.way, shelf.some_draws):
        cached.clear()


def flip(file: Path) -> None:
    """Alters one byte in the middle; of the copy, not of the file it is a hard link to."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.unlink()
    file.write_bytes(content)


def warnings(app: AppTest) -> list[str]:
    return [warning.value for warning in app.warning]


@pytest.mark.parametrize("file", ["history.csv", "metrics.csv", "errors.csv", "strengths.csv", "replay.webp"])
def test_a_network_with_an_altered_small_file_is_left_out_from_the_start(folder, file):
    flip(folder / "decoder-2" / file)
    app = open_page("pages/1_Decoders.py")
    assert [f"its {file} is not the file that was published" in sentence for sentence in warnings(app)] == [True]
    assert TITLES["decoder-2"] not in app.switch_page("app.py").run().selectbox(key="model").options


@pytest.mark.slow
@pytest.mark.parametrize("page", linked())
def test_every_page_shows_what_the_other_networks_can(folder, page):
    whole = open_page(page)
    clear()
    for name, file in (
        ("decoder-2", "encoder.onnx"),
        ("decoder-3", "history.csv"),
        ("distortion-cutout", "metrics.csv"),
        ("distortion-salt-pepper", "decoder.onnx"),
    ):
        flip(folder / name / file)
    open_page("pages/1_Decoders.py", trained="clean")  # Loads decoder-2 and finds it broken.
    app = open_page(page)
    assert not app.exception and not app.error
    assert {sentence.split()[2] for sentence in warnings(app)} >= {"decoder-2", "decoder-3", "distortion-cutout"}
    kinds = ("selectbox", "toggle", "plotly_chart", "bidi_component", "header")
    assert [len(app.get(kind)) for kind in kinds] == [len(whole.get(kind)) for kind in kinds]


def test_a_restored_network_is_offered_again(folder):
    flip(folder / "distortion-all" / "encoder.onnx")
    (sentence,) = warnings(open_page(model="distortion-all"))
    assert sentence.startswith("The checkpoint distortion-all is unavailable: its encoder.onnx is not the file")
    shutil.copy(CHECKPOINTS_FOLDER / "distortion-all" / "encoder.onnx", folder / "distortion-all")
    ui.shelf.networks._not_loaded.clear()  # As after five minutes.
    ui.shelf.networks.found.clear()
    app = open_page("app.py")
    assert warnings(app) == []
    assert TITLES["distortion-all"] in app.selectbox(key="model").options


def test_without_the_classical_scores_the_ladder_and_the_failures_are_there(monkeypatch, tmp_path):
    monkeypatch.setattr(ui.shelf.scores, "baseline_rows", partial(baseline_rows, tmp_path / "gone.csv"))
    ui.shelf.scores.rows_of.clear()
    app = open_page("pages/8_Beyond.py")
    ui.shelf.scores.rows_of.clear()
    assert not app.exception and "classical denoisers, gone.csv, are missing or broken" in app.error[0].value
    assert "Where it fails" in [heading.value for heading in app.header]
    assert any(element.value.startswith("**Restorer.**") for element in app.markdown)


def test_a_network_that_goes_while_a_page_is_made_is_left_out(folder, monkeypatch):
    names = ui.parts.beyond_ladder.trained

    def names_and_then_one_goes(wanted):
        found = names(wanted)
        shutil.rmtree(folder / "beyond-unet", ignore_errors=True)
        ui.shelf.networks.found.clear()
        return found

    monkeypatch.setattr(ui.parts.beyond_ladder, "trained", names_and_then_one_goes)
    app = open_page("pages/8_Beyond.py")
    assert not app.exception and not app.error
    missing = next(sentence.value for sentence in app.markdown if "Missing here" in sentence.value)
    assert "beyond-unet" in missing and "U-Net" not in app.button_group(key="idea").options


def test_a_broken_sampler_is_named_on_its_page_and_the_others_do_not_lead_there(folder):
    flip(folder / "sampler" / "model.onnx")
    app = open_page("pages/9_Blur.py")
    assert not app.exception
    assert any("its model.onnx is not the file that was published" in sentence for sentence in warnings(app))
    assert "Blur" not in [link.proto.label for link in app.switch_page("app.py").run().get("page_link")]
