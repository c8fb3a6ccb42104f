"""The app where somebody prepared pictures of other classes, and trained on them or did not yet."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from dae_core.checkpoints import CHECKPOINTS_FOLDER, open_checkpoint, write_checkpoint
from dae_core.pictures.dataset import load_split
from dae_core.scores.rows import BASELINE_METRICS_FILE
from dae_core.serving.latents import LATENTS_FILE, MAPPED
from tests.visitor import ROOT

PAGES = ["app.py", *(f"pages/{page.name}" for page in sorted((ROOT / "pages").glob("*.py")))]
SCRIPT = """
import json, sys
from streamlit.testing.v1 import AppTest

for page in sys.argv[1:]:
    app = AppTest.from_file("app.py", default_timeout=120)
    app.query_params = {"unfold": "true"}  # The cards of the Report.
    app.run()
    app = app if page == "app.py" else app.switch_page(page).run()
    if page == "app.py":
        app.selectbox(key="image").set_value("test").run()
    kinds = ("exception", "error", "info", "caption", "markdown", "header")
    said = {kind: [element.value for element in app.get(kind)] for kind in kinds}
    print("PAGE", json.dumps([page, said]))
"""


def opened(*pages: str, **environment: str) -> dict[str, dict[str, list[str]]]:
    """What stands on each page of an app of its own, with the Playground at the first test picture."""
    command = [sys.executable, "-c", SCRIPT, *pages]
    process = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=600
    )
    assert process.returncode == 0, process.stderr
    return dict(json.loads(line[5:]) for line in process.stdout.splitlines() if line.startswith("PAGE "))


@pytest.fixture(scope="module")
def own_data(data_folder, tmp_path_factory):
    """The made-up data set, of Anna and Ben."""
    folder = shutil.copytree(data_folder, tmp_path_factory.mktemp("own") / "data")
    for split in ("train", "val", "test"):
        (folder / split / "cat").rename(folder / split / "anna")
        (folder / split / "dog").rename(folder / split / "ben")
    return folder


@pytest.fixture(scope="module")
def own_network(own_data):
    """A folder of checkpoints as `train_models.py` leaves it: one network, and what --evaluate measured of it."""
    root = own_data.with_name("checkpoints")
    work = shutil.copytree(CHECKPOINTS_FOLDER / MAPPED, root / ".partial")
    checkpoint = open_checkpoint(CHECKPOINTS_FOLDER / MAPPED)
    for file in (work / "metrics.csv", work / "errors.csv", root / BASELINE_METRICS_FILE.name):
        rows = (file if file.exists() else BASELINE_METRICS_FILE).read_text(encoding="utf-8")
        file.write_text(rows.replace(",cat,", ",anna,").replace(",dog,", ",ben,"), encoding="utf-8")
    data = {split: load_split(split, own_data).digest for split in ("train", "val", "test")}
    manifest = {key: value for key, value in checkpoint.manifest.items() if key != "files"}
    write_checkpoint(
        root / MAPPED, work, checkpoint.manifest["files"], manifest | {"data": data | {"classes": ["anna", "ben"]}}
    )
    return root


def test_a_network_of_other_pictures_is_shown_as_one_on_every_page(own_data, own_network):
    shown = opened(*PAGES, DAE_DATA=str(own_data), DAE_CHECKPOINTS=str(own_network))
    assert list(shown) == PAGES
    for page, said in shown.items():
        assert said["exception"] == [], page
        assert [text for text in said["info"] if text.startswith("The networks here were trained on pictures of anna")]
    playground, report = shown["app.py"], shown["pages/7_Report.py"]
    assert any("Anna of the test set" in text for text in playground["markdown"])
    assert not any("other pictures than those in the data folder" in text for text in playground["caption"])
    (card,) = (text for text in report["markdown"] if "**Data.**" in text)
    assert "Pictures of anna and ben that somebody prepared" in card and "Animal Faces" not in card


def test_before_anything_is_evaluated_each_page_says_so_in_the_places_of_what_is_missing(
    own_data, own_network, tmp_path
):
    shutil.copytree(own_network / MAPPED, tmp_path / "checkpoints" / MAPPED)
    shown = opened(*PAGES, DAE_DATA=str(own_data), DAE_CHECKPOINTS=str(tmp_path / "checkpoints"))
    for page, said in shown.items():
        assert said["exception"] == [], page
        assert all("python train_models.py" in text for text in said["error"])
    assert any("--evaluate" in text for text in shown["pages/8_Beyond.py"]["error"])
    assert "1,000 numbers" in shown["pages/2_Bottleneck.py"]["header"]
    assert any("train_models.py sampler" in text for text in shown["pages/9_Blur.py"]["markdown"])


def test_the_map_of_latents_is_of_the_classes_that_there_are(own_data, own_network, tmp_path):
    root = shutil.copytree(own_network, tmp_path / "checkpoints")
    command = [sys.executable, "train_models.py", "--latents", "--data", own_data, "--checkpoints", root]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, timeout=300).returncode == 0
    assert (root / LATENTS_FILE.name).exists()
    said = opened("pages/4_Inside.py", DAE_DATA=str(own_data), DAE_CHECKPOINTS=str(root))["pages/4_Inside.py"]
    assert said["exception"] == said["error"] == []
    assert "Less anna, more ben" in said["header"] and any(
        "never turns a anna into a ben" in one for one in said["markdown"]
    )


def test_the_shipped_networks_beside_other_pictures(own_data):
    shown = opened("app.py", "pages/4_Inside.py", "pages/8_Beyond.py", DAE_DATA=str(own_data))
    assert all(said["exception"] == said["error"] == said["info"] == [] for said in shown.values())
    assert any("Anna of the test set" in text for text in shown["app.py"]["markdown"])
    assert any("other pictures than those in the data folder" in text for text in shown["app.py"]["caption"])
    assert "Less cat, more dog" in shown["pages/4_Inside.py"]["header"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--evaluate"],
        ["--evaluate", MAPPED],
        ["decoder-1", "--repeat", "--patience", "9"],
        ["decoder-1", "--seeds", "7"],
    ],
)
def test_nothing_is_measured_with_other_pictures_into_a_folder_of_checkpoints(own_data, tmp_path, arguments):
    root = shutil.copytree(CHECKPOINTS_FOLDER / MAPPED, tmp_path / "checkpoints" / MAPPED).parent
    before = {file: file.read_bytes() for file in root.rglob("*") if file.is_file()}
    command = [sys.executable, "train_models.py", *arguments, "--data", own_data, "--checkpoints", root]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert process.returncode == 1 and "Traceback" not in process.stderr
    assert f"{MAPPED} was measured on other pictures than those of --data" in process.stderr
    after = {file: file.read_bytes() for file in root.rglob("*") if file.is_file() and ".locks" not in file.parts}
    assert after == before
