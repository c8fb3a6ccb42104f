"""Training: early stopping, and that nothing is lost when it is cut off, wherever that happens."""

import io
import json
import re
import resource
import shutil
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from dae_core.distortions.apply import corrupt_batch
from dae_core.errors import UserError
from dae_core.experiments import Experiment, ModelSpec, training_corruption
from dae_core.pictures.dataset import as_float
from dae_core.pictures.samples import SAMPLES, load_sample
from dae_core.scores.metrics import mse
from dae_core.training.history import HISTORY_COLUMNS, best_epoch, finished, read_history, write_history
from dae_core.training.locks import state_folder
from dae_core.training.publish import publish
from tests.later import Later

training = Later("dae_core.training.run")
# Keras 3.15 turns TensorFlow's variables into arrays in a way that NumPy is going to drop.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")

# Trains an experiment until it kills itself, or the disk is full, at the given point.
CUT_OFF = """
import json, os, resource, signal, sys
from pathlib import Path
from dae_core.checkpoints import experiment_from
from dae_core.pictures.dataset import load_split
from dae_core.training.batches import CorruptedPictures
from dae_core.training.run import TrainingError, train

data, state, experiment, point = sys.argv[1:]
batches = iter(range(12 + 11))  # Twelve an epoch.

make_batch = CorruptedPictures.__getitem__

def kill_in_epoch_2(pictures, index):
    if next(batches, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)
    return make_batch(pictures, index)

def fill_after_the_model(frame, event, argument):
    if event == "return" and frame.f_code.co_name == "save_model":
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

def act_at(event, arguments):
    if event not in ("open", "shutil.rmtree"):
        return
    if point == "full after the model" and str(arguments[0]).endswith("unfinished/model.keras"):
        sys.setprofile(fill_after_the_model)
    if point == f"{event} {arguments[0]}" and Path(state, "epoch-0002").exists():
        os.kill(os.getpid(), signal.SIGKILL)

if point == "killed in epoch 2":
    CorruptedPictures.__getitem__ = kill_in_epoch_2
else:
    sys.addaudithook(act_at)
splits = [load_split(split, Path(data)) for split in ("train", "val")]
try:
    train(experiment_from(json.loads(experiment)), *splits, Path(state))
except TrainingError as error:
    sys.exit(str(error))
"""


def train_until(point: str, experiment: Experiment, data_folder: Path, state: Path) -> tuple[int, str]:
    """The exit status, and what was said."""
    command = [sys.executable, "-c", CUT_OFF, data_folder, state, json.dumps(asdict(experiment)), point]
    process = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True)
    return process.returncode, process.stderr


@pytest.fixture(scope="module")
def killed(tiny_experiment, data_folder, tmp_path_factory):
    """What `kill -9` in the middle of the second epoch leaves."""
    folder = tmp_path_factory.mktemp("killed") / "state"
    assert train_until("killed in epoch 2", tiny_experiment, data_folder, folder)[0] == -signal.SIGKILL
    assert {path.name for path in folder.iterdir()} == {"run.json", "epoch-0001"}
    return folder


@pytest.fixture
def unfinished(killed, tmp_path):
    """A copy of it for one test."""
    return shutil.copytree(killed, tmp_path / "state")


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def history_of(*val_losses: float) -> list[dict[str, float]]:
    rows = ((epoch, 0.001, 0.1, loss, 1.5) for epoch, loss in enumerate(val_losses, start=1))
    return [dict(zip(HISTORY_COLUMNS, row, strict=True)) for row in rows]


def assert_same_run(run, other) -> None:
    for row, other_row in zip(run.history, other.history, strict=True):
        assert {**row, "seconds": 0} == {**other_row, "seconds": 0}
    np.testing.assert_array_equal(run.replay, other.replay)
    for weight, other_weight in zip(run.model.get_weights(), other.model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, other_weight)
    assert (run.data, run.trained_with) == (other.data, other.trained_with)


def test_a_run_killed_in_the_middle_of_an_epoch_ends_like_an_unbroken_one(
    unfinished, tiny_experiment, tiny_run, splits, capsys
):
    assert_same_run(training.train(tiny_experiment, *splits[:2], unfinished), tiny_run)
    assert re.findall(r"epoch (\d)/4", capsys.readouterr().out) == ["2", "3", "4"]
    assert {path.name for path in unfinished.iterdir()} == {"run.json", "epoch-0004"}
    before = files(unfinished)
    assert_same_run(training.train(tiny_experiment, *splits[:2], unfinished), tiny_run)  # Finished: nothing more to do.
    assert files(unfinished) == before and capsys.readouterr().out == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("point", "left"),
    [
        ("open {}/unfinished/replay.npy", {"run.json", "epoch-0002", "unfinished"}),
        ("shutil.rmtree {}/epoch-0002", {"run.json", "epoch-0002", "epoch-0003"}),
    ],
)
def test_a_run_killed_while_its_state_is_written_ends_like_an_unbroken_one(
    point, left, unfinished, data_folder, tiny_experiment, tiny_run, splits
):
    status, _ = train_until(point.format(unfinished), tiny_experiment, data_folder, unfinished)
    assert status == -signal.SIGKILL
    assert {path.name for path in unfinished.iterdir()} == left
    assert_same_run(training.train(tiny_experiment, *splits[:2], unfinished), tiny_run)


@pytest.mark.slow
def test_a_full_disk_gets_a_sentence_and_leaves_the_last_state_intact(unfinished, tiny_experiment, splits):
    before = files(unfinished)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limit[1]))
    try:
        with pytest.raises(
            training.TrainingError, match=r"^The state after epoch 2 could not be written .*: make room, then"
        ):
            training.train(tiny_experiment, *splits[:2], unfinished)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert before.items() <= files(unfinished).items()
    assert not (unfinished / "epoch-0002").exists()


@pytest.mark.slow
def test_a_disk_that_fills_up_halfway_through_the_state_gets_the_same_sentence(
    unfinished, data_folder, tiny_experiment
):
    before = files(unfinished)
    status, said = train_until("full after the model", tiny_experiment, data_folder, unfinished)
    assert re.search(r"^The state after epoch 2 could not be written .*: make room, then", said, re.M | re.S)
    assert status == 1
    assert before.items() <= files(unfinished).items()
    assert not (unfinished / "epoch-0002").exists()


def test_an_unfinished_run_with_other_settings_or_data_is_refused_and_kept(unfinished, tiny_experiment, splits):
    before = files(unfinished)
    changed = [replace(tiny_experiment, **{key: 9}) for key in ("epochs", "batch_size", "seed", "learning_rate")]
    changed += [replace(tiny_experiment, trained_on=()), replace(tiny_experiment, model=ModelSpec("network-2", 8))]
    for experiment, train_split, val_split in (
        *((experiment, splits[0], splits[1]) for experiment in changed),
        (tiny_experiment, splits[0], splits[2]),
        (tiny_experiment, splits[2], splits[1]),
    ):
        with pytest.raises(
            training.TrainingError, match="an unfinished run of tiny with other settings or other data: repeat"
        ):
            training.train(experiment, train_split, val_split, unfinished)
    assert files(unfinished) == before


def test_a_run_that_was_begun_with_another_backend_is_refused_and_kept(unfinished, tiny_experiment, splits):
    claim = unfinished / "run.json"
    claim.write_text(claim.read_text().replace('"tensorflow"', '"jax"'))
    before = files(unfinished)
    with pytest.raises(training.TrainingError, match=r"begun with jax, .*: set KERAS_BACKEND=jax, or add --force"):
        training.train(tiny_experiment, *splits[:2], unfinished)
    assert files(unfinished) == before


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.slow
def test_training_stops_early_and_gives_the_best_weights_back(tiny_experiment, splits, tmp_path, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    experiment = replace(tiny_experiment, learning_rate=0.02, learning_rate_decay=0.5, patience=2, epochs=30)
    run = training.train(experiment, *splits[:2], tmp_path)
    best = best_epoch(run.history)
    assert len(run.history) == best + 2 < 30
    clean = as_float(splits[1].pictures)
    damaged = corrupt_batch(clean, training_corruption(experiment), np.arange(len(clean)))
    rebuilt = run.model.predict(damaged, verbose=0)
    assert mse(rebuilt, clean).mean() == pytest.approx(run.history[best - 1]["val_loss"], rel=1e-4)
    assert run.history[best - 1]["val_loss"] < run.history[-1]["val_loss"]
    assert [row["learning_rate"] for row in run.history[:3]] == pytest.approx([0.02, 0.01, 0.005])
    shown = r"tiny, seed 7, epoch 1/30: +\d+%\|.{10}\| \d+/24 \[\d\d:\d\d<\d\d:\d\d, +\S+ pictures\S*, loss=0\.\d{5}\]"
    assert re.search(shown, terminal.getvalue())


@pytest.mark.slow
def test_a_state_that_is_saved_seldom_loses_nothing_else(tiny_experiment, tiny_run, splits, tmp_path):
    assert_same_run(training.train(tiny_experiment, *splits[:2], tmp_path, save_every=3600), tiny_run)
    assert {path.name for path in tmp_path.iterdir()} == {"run.json", "epoch-0004"}


def test_the_replay_shows_every_sample_after_every_epoch(tiny_run, tiny_experiment):
    assert tiny_run.replay.shape == (4, len(SAMPLES), 64, 64, 3) and tiny_run.replay.dtype == np.uint8
    samples = np.stack([load_sample(name) for name in SAMPLES])
    damaged = corrupt_batch(samples, training_corruption(tiny_experiment), np.arange(len(samples)))
    rebuilt = tiny_run.model.predict(damaged, verbose=0) * 255
    distances = np.abs(tiny_run.replay - rebuilt).max(axis=(1, 2, 3, 4))
    assert distances[best_epoch(tiny_run.history) - 1] < 1
    assert (np.delete(distances, best_epoch(tiny_run.history) - 1) > 1).all()


def test_the_run_tells_how_it_came_about(tiny_run, splits):
    assert tiny_run.data == {"train": splits[0].digest, "val": splits[1].digest}
    assert set(tiny_run.trained_with) == {"keras", "tensorflow"}
    assert [row["epoch"] for row in tiny_run.history] == [1, 2, 3, 4]
    assert all(tuple(row) == HISTORY_COLUMNS for row in tiny_run.history)


def test_the_best_epoch_is_the_first_with_the_lowest_validation_loss():
    assert best_epoch(history_of(5, 3, 4)) == 2
    assert best_epoch(history_of(5, 3, 3)) == 2
    assert best_epoch(history_of(5, 3, 2.9)) == 3


def test_training_is_finished_after_patience_epochs_without_a_lower_loss(tiny_experiment):
    experiment = replace(tiny_experiment, patience=3, epochs=6)
    for losses in [(), (5,), (5, 6, 7), (5, 6, 7, 4), (5, 6, 7, 4, 5)]:
        assert not finished(history_of(*losses), experiment)
    for losses in [(5, 6, 7, 8), (5, 5, 5, 5), (5, 4, 6, 7, 8), (6, 5, 4, 3, 2, 1)]:
        assert finished(history_of(*losses), experiment)


@pytest.mark.slow
def test_a_full_disk_at_the_end_costs_no_training(tiny_experiment, tiny_run, tiny_state, splits, tmp_path, monkeypatch):
    shutil.copytree(tiny_state, state_folder(tmp_path, tiny_experiment))
    monkeypatch.setattr(training.CorruptedPictures, "__getitem__", None)  # From now on, nothing is trained.
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(UserError, match=r"could not be written .* The training is done and safe: make room"):
            publish(tiny_experiment, splits, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not (tmp_path / "tiny").exists()
    assert publish(tiny_experiment, splits, tmp_path).experiment == tiny_experiment
    assert not state_folder(tmp_path, tiny_experiment).exists()


def test_a_history_is_read_as_it_was_written(tmp_path):
    history = history_of(0.1, 1 / 3, 1e-9)
    write_history(tmp_path / "history.csv", history)
    assert read_history(tmp_path / "history.csv") == history
    assert (tmp_path / "history.csv").read_text().startswith("epoch,learning_rate,loss,val_loss,seconds\n")
