"""How a checkpoint is written and read, and that a broken one spoils nothing but itself."""

import hashlib
import json
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from dae_core.checkpoints import (
    CHECKPOINTS_FOLDER,
    HALVES,
    CheckpointError,
    experiment_from,
    list_checkpoints,
    open_checkpoint,
    read_verified,
    write_checkpoint,
)
from dae_core.experiments import EXPERIMENTS

SCORES = ("history.csv", "metrics.csv", "errors.csv", "strengths.csv", "replay.webp")
FILES = (*HALVES, *SCORES)  # Of most.


@pytest.fixture
def root(tmp_path):
    """A folder with copies of two checkpoints that a test may spoil."""
    for name in ("one", "two"):
        shutil.copytree(CHECKPOINTS_FOLDER / "convolutional-all", tmp_path / name)
    return tmp_path


# What is broken.


@pytest.mark.parametrize("file", [*FILES, "manifest.json"])
@pytest.mark.parametrize("damage", ["missing", "truncated"])
def test_a_missing_or_truncated_file_makes_one_checkpoint_unavailable(file, damage, root):
    path = root / "one" / file
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-100])
    usable, broken = list_checkpoints(root)
    assert list(usable) == ["two"]
    (sentence,) = broken
    assert sentence.startswith(f"The checkpoint one is unavailable: its {file} ")
    assert sentence.endswith("Restore it with `git checkout -- checkpoints/one`, or train it again.")


@pytest.mark.parametrize("file", FILES)
def test_one_altered_byte_is_found_when_the_file_is_read(file, root):
    usable, _ = list_checkpoints(root)
    content = bytearray((root / "one" / file).read_bytes())
    content[len(content) // 2] ^= 1
    (root / "one" / file).write_bytes(content)
    with pytest.raises(CheckpointError, match=rf"^The checkpoint one is unavailable: its {file} is not the file that"):
        read_verified(usable["one"], file)
    for other in FILES:
        read_verified(usable["two"], other)


def test_a_file_that_vanishes_after_listing_is_named(root):
    checkpoint = open_checkpoint(root / "one")
    (root / "one" / "decoder.onnx").unlink()
    with pytest.raises(CheckpointError, match=r"^The checkpoint one is unavailable: its decoder.onnx cannot be read"):
        read_verified(checkpoint, "decoder.onnx")


@pytest.mark.parametrize("content", [b"", b"no JSON", b"\xff\xfe", b"[]", b"{}", b"null", b'"a text"', b'{"files": 3}'])
def test_a_manifest_that_is_no_manifest_is_named(content, root):
    (root / "one" / "manifest.json").write_bytes(content)
    usable, broken = list_checkpoints(root)
    assert list(usable) == ["two"]
    assert broken[0].startswith("The checkpoint one is unavailable: its manifest.json ")


WRONG_MANIFESTS = {
    "no experiment": lambda manifest: manifest.pop("experiment"),
    "no model": lambda manifest: manifest["experiment"].pop("model"),
    "unknown field": lambda manifest: manifest["experiment"].update(unknown=1),
    "model of another type": lambda manifest: manifest["experiment"].update(model=[]),
    "unknown architecture": lambda manifest: manifest["experiment"]["model"].update(architecture="network-9"),
    "unknown precision": lambda manifest: manifest["experiment"].update(precision="float8"),
    "unknown distortion": lambda manifest: manifest["experiment"].update(trained_on=["rain"]),
    "no files": lambda manifest: manifest.pop("files"),
    "files of another type": lambda manifest: manifest.update(files=[]),
    "no encoder": lambda manifest: manifest["files"].pop("encoder.onnx"),
    "no hash": lambda manifest: manifest["files"]["encoder.onnx"].pop("sha256"),
    "null size": lambda manifest: manifest["files"]["encoder.onnx"].update(bytes=None),
    "size in words": lambda manifest: manifest["files"]["encoder.onnx"].update(bytes="many"),
    "no parameters": lambda manifest: manifest.pop("parameters"),
    "no epochs": lambda manifest: manifest.pop("epochs_run"),
    "no score": lambda manifest: manifest.update(test_mse={}),
    "no exact score": lambda manifest: manifest["test_mse"].pop("keras"),
    "no loss": lambda manifest: manifest.pop("loss"),
    "seeds in words": lambda manifest: manifest.update(seeds="2023"),
    "one seed": lambda manifest: manifest.update(seeds=2023),
    "seeds of which one is none": lambda manifest: manifest.update(seeds=[manifest["experiment"]["seed"], 0.5]),
    "seeds without the shipped one": lambda manifest: manifest.update(seeds=[1]),
    "score in words": lambda manifest: manifest.update(test_mse={"onnx": "little"}),
}


@pytest.mark.parametrize("change", WRONG_MANIFESTS)
def test_a_manifest_of_another_shape_is_named_before_anything_uses_it(change, root):
    file = root / "one" / "manifest.json"
    manifest = json.loads(file.read_text())
    WRONG_MANIFESTS[change](manifest)
    file.write_text(json.dumps(manifest))
    usable, broken = list_checkpoints(root)
    assert list(usable) == ["two"]
    assert broken[0].startswith("The checkpoint one is unavailable: its manifest.json ")


def test_hidden_folders_and_stray_files_are_no_checkpoints(root):
    (root / ".unfinished" / "one").mkdir(parents=True)
    (root / ".two.old").mkdir()
    (root / "README.md").write_text("stray")
    usable, broken = list_checkpoints(root)
    assert list(usable) == ["one", "two"] and broken == []


def test_a_folder_without_a_manifest_is_a_broken_checkpoint(root):
    (root / "empty").mkdir()
    assert len(list_checkpoints(root)[1]) == 1


def test_no_folder_means_no_checkpoints(tmp_path):
    assert list_checkpoints(tmp_path / "nowhere") == ({}, [])


def test_checkpoints_come_in_the_order_of_the_experiments_and_others_last(root):
    for name in ("bottleneck-0032", "another", "decoder-1", "distortion-all"):
        shutil.copytree(root / "one", root / name)
    assert list(list_checkpoints(root)[0]) == [
        *("distortion-all", "decoder-1", "bottleneck-0032"),
        *("another", "one", "two"),
    ]


# How it is written.


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.name)
def test_an_experiment_survives_json(experiment):
    assert experiment_from(json.loads(json.dumps(asdict(experiment)))) == experiment


def source_of(root: Path) -> tuple[Path, dict]:
    """A folder with the files of a checkpoint and a manifest for them, ready to be written."""
    manifest = json.loads((root / "two" / "manifest.json").read_text())
    (root / "two" / "manifest.json").unlink()
    return (root / "two").rename(root / ".work"), {**manifest, "epochs_run": 1234, "files": {}}


def test_write_checkpoint_hashes_the_files_and_replaces_the_older_one(root):
    source, manifest = source_of(root)
    (source / "history.csv").write_text("another")
    written = write_checkpoint(root / "one", source, FILES, manifest)
    assert written.manifest["epochs_run"] == open_checkpoint(root / "one").manifest["epochs_run"] == 1234
    facts = {"bytes": 7, "sha256": hashlib.sha256(b"another").hexdigest()}
    assert written.manifest["files"]["history.csv"] == facts
    assert [path.name for path in root.iterdir()] == ["one"]


def test_write_checkpoint_makes_a_new_one(root):
    source, manifest = source_of(root)
    assert write_checkpoint(root / "three", source, FILES, manifest).folder == root / "three"
    assert set(list_checkpoints(root)[0]) == {"one", "three"}


def test_a_checkpoint_that_cannot_be_completed_leaves_the_older_one(root):
    source, manifest = source_of(root)
    before = (root / "one" / "manifest.json").read_bytes()
    with pytest.raises(CheckpointError):
        write_checkpoint(root / "one", source, FILES, {**manifest, "experiment": None})
    (source / "replay.webp").unlink()
    with pytest.raises(FileNotFoundError):
        write_checkpoint(root / "one", source, FILES, manifest)
    assert (root / "one" / "manifest.json").read_bytes() == before
    assert list(list_checkpoints(root)[0]) == ["one"]


def test_what_a_killed_replacement_left_does_not_hinder_the_next(root):
    source, manifest = source_of(root)
    shutil.copytree(root / "one", root / ".one.old")
    assert write_checkpoint(root / "one", source, FILES, manifest).manifest["epochs_run"] == 1234
    assert [path.name for path in root.iterdir()] == ["one"]
