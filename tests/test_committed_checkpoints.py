"""Every committed checkpoint is whole, and what its files say agrees."""

import csv
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from dae_core.checkpoints import (
    list_checkpoints,
    read_verified,
)
from dae_core.experiments import EXPERIMENTS
from dae_core.scores.rows import METRIC_COLUMNS
from tests import sampled
from tests.test_checkpoints import SCORES

COMMITTED, BROKEN = list_checkpoints()
SAMPLERS = COMMITTED.keys() - sampled.COMMITTED.keys()


@pytest.fixture(params=COMMITTED.values(), ids=COMMITTED)
def committed(request):
    return request.param


@pytest.fixture(params=sampled.COMMITTED.values(), ids=sampled.COMMITTED)
def denoiser(request):
    """One that maps a distorted picture to a clean one."""
    return request.param


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as table:
        return list(csv.DictReader(table))


# What is committed.


def test_all_networks_are_there_and_none_is_broken():
    assert BROKEN == []
    assert list(COMMITTED) == [experiment.name for experiment in EXPERIMENTS]


def test_every_file_is_what_the_manifest_says_and_none_is_missing(committed):
    scores = ("history.csv", "metrics.csv", "draws.csv", "replay.webp") if committed.name in SAMPLERS else SCORES
    files = {*committed.model_files, *scores}
    assert set(committed.manifest["files"]) == files
    assert {path.name for path in committed.folder.iterdir()} == {*files, "manifest.json"}
    for file in files:
        content = read_verified(committed, file)
        assert len(content) == committed.manifest["files"][file]["bytes"]


def test_it_holds_the_experiment_of_its_name(committed):
    assert committed.name == committed.folder.name
    (named,) = (experiment for experiment in EXPERIMENTS if experiment.name == committed.name)
    ran = committed.experiment  # The seed with the lowest validation error, on what machine there was.
    # The steps beyond the report were trained before the batch size was found to matter; their pages say so.
    assert ran.batch_size == (64 if named.name.startswith("beyond") else named.batch_size)
    assert replace(ran, seed=named.seed, precision=named.precision, batch_size=named.batch_size) == named


def test_batches_are_free_channels_last_and_outputs_bear_the_names_of_the_blocks(denoiser):
    values = (
        ["picture", "latent", "reconstruction"] if len(denoiser.model_files) == 2 else ["picture", "reconstruction"]
    )
    shapes = {"picture": [64, 64, 3], "reconstruction": [64, 64, 3]}
    for file, source, result in zip(denoiser.model_files, values, values[1:], strict=False):
        session = onnxruntime.InferenceSession(denoiser.folder / file)
        ends = [*session.get_inputs(), *session.get_outputs()]
        assert all(isinstance(end.shape[0], str) and end.type == "tensor(float)" for end in ends)
        assert [end.name for end in session.get_inputs()] == [source]
        outputs = {end.name: end.shape[1:] for end in session.get_outputs()}
        assert session.get_inputs()[0].shape[1:] == shapes.setdefault(source, outputs.get(source))
        assert outputs.pop(result) == shapes.setdefault(result, latent_shape(denoiser))
        assert all(re.fullmatch(r"(encoder|middle|decoder)_block_\d", name) for name in outputs)
        assert all(len(shape) == 3 and shape[0] == shape[1] for shape in outputs.values())


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_sampler_asks_for_picture_state_and_time_and_answers_with_a_velocity(name):
    session = onnxruntime.InferenceSession(COMMITTED[name].folder / "model.onnx")
    ends = {end.name: end.shape[1:] for end in (*session.get_inputs(), *session.get_outputs())}
    picture = [64, 64, 3]
    assert ends == {"picture": picture, "state": picture, "time": [], "velocity": picture}
    assert COMMITTED[name].manifest["parameters"]["trainable"] <= 3_000_000


def latent_shape(checkpoint) -> list[int]:
    model = checkpoint.experiment.model
    return [8, 8, 64] if model.architecture in ("convolutional", "residual") else [model.latent_size]


@pytest.mark.parametrize("name", [name for name in sampled.COMMITTED if not name.startswith("beyond")])
def test_the_blocks_of_the_reports_networks_have_its_sizes(name):
    sides = {"encoder_block_1": 32, "encoder_block_2": 16, "decoder_block_1": 16, "decoder_block_2": 32}
    if COMMITTED[name].experiment.model.architecture != "convolutional":
        sides |= {"encoder_block_3": 8, "decoder_block_0": 8}
    found = {}
    for file in COMMITTED[name].model_files:
        outputs = onnxruntime.InferenceSession(COMMITTED[name].folder / file).get_outputs()
        found |= {end.name: end.shape[1:3] for end in outputs if "_block_" in end.name}
    assert found == {name: [side, side] for name, side in (sides | {"decoder_block_3": 64}).items()}


def test_the_export_is_as_good_as_the_training(committed):
    test_mse = committed.manifest["test_mse"]
    assert 0 < test_mse["onnx"] < 0.04  # A uniform grey has about 0.06.
    assert test_mse["onnx"] == pytest.approx(test_mse["keras"], rel=0.01)


def test_parameters_are_counted(committed):
    parameters = committed.manifest["parameters"]
    if len(committed.model_files) == 2:
        assert parameters["trainable"] == parameters["encoder"] + parameters["decoder"]
    expected = {"decoder-1": 50_704_803, "decoder-2": 50_704_803, "decoder-3": 50_680_971, "convolutional-all": 134_403}
    assert parameters["trainable"] == expected.get(committed.name, parameters["trainable"])


def test_the_history_is_the_one_that_the_manifest_sums_up(committed):
    rows = rows_of(committed.folder / "history.csv")
    manifest = committed.manifest
    assert [int(row["epoch"]) for row in rows] == list(range(1, manifest["epochs_run"] + 1))
    losses = [float(row["val_loss"]) for row in rows]
    assert losses[manifest["best_epoch"] - 1] == min(losses) == manifest["val_loss"]
    assert float(rows[manifest["best_epoch"] - 1]["loss"]) == manifest["loss"]
    experiment = committed.experiment
    waited = manifest["epochs_run"] - manifest["best_epoch"]
    assert waited == experiment.patience or manifest["epochs_run"] == experiment.epochs
    for row in rows:
        assert float(row["learning_rate"]) == pytest.approx(experiment.learning_rate_in(int(row["epoch"])))


def test_the_metrics_are_about_this_checkpoint_and_the_damaged_input(committed):
    rows = rows_of(committed.folder / "metrics.csv")
    damages = 2 if committed.name in SAMPLERS else 8
    assert tuple(rows[0]) == METRIC_COLUMNS and len(rows) == 2 * damages * 4 * 3
    assert {row["experiment"] for row in rows} == {committed.name, "damaged input"}
    trained_on = "+".join(
        sorted(committed.experiment.trained_on, key=["gaussian_noise", "salt_and_pepper", "cutout"].index)
    )
    (row,) = [
        row
        for row in rows
        if (row["experiment"], row["corruption"], row["animals"], row["metric"])
        == (committed.name, trained_on or "clean", "all", "mse")
    ]
    assert float(row["mean"]) == pytest.approx(committed.manifest["test_mse"]["onnx"], rel=1e-4)


def test_the_errors_are_those_of_every_validation_and_test_picture(denoiser):
    rows = rows_of(denoiser.folder / "errors.csv")
    for split, count, mean in (
        ("val", 1000, denoiser.manifest["val_loss"]),
        ("test", 984, denoiser.manifest["test_mse"]["onnx"]),
    ):
        errors = [float(row["mse"]) for row in rows if row["split"] == split]
        assert len(errors) == count
        if split == "test" or not denoiser.experiment.blind:  # Which was validated on any strength.
            assert sum(errors) / count == pytest.approx(mean, rel=0.01)  # Validation was measured before the 8 bits.
    for split, measured in (("clean", denoiser.experiment.blind), ("once", denoiser.experiment.self_ensemble)):
        assert sum(row["split"] == split for row in rows) == (984 if measured else 0)


def test_the_replay_has_a_row_per_epoch_and_a_column_per_sample(committed):
    with Image.open(committed.folder / "replay.webp") as image:
        assert image.size == (9 * 64, committed.manifest["epochs_run"] * 64)
        rows = np.asarray(image).reshape(-1, 64, 9 * 64, 3)
    assert not np.array_equal(rows[0], rows[-1])


def test_files_are_small_enough_for_a_repository(committed):
    assert max(path.stat().st_size for path in committed.folder.iterdir()) < 60_000_000
    everything = [path.stat().st_size for one in COMMITTED.values() for path in one.folder.iterdir()]
    assert sum(everything) < 300_000_000
