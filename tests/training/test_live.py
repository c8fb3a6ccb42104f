"""Live training: the real process, and the line before it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from dae_core.distortions.strengths import REPORT_CORRUPTION, Corruption
from dae_core.pictures.samples import SAMPLES
from dae_core.training import live, live_queue
from dae_core.training.live import BOUNDS, LiveError, LiveSettings, from_line, patches, to_line, training_pictures
from dae_core.training.live_queue import COMMAND, MAX_WAITING, LiveQueue, LiveTraining

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SHORT = LiveSettings(epochs=5)
REPORT = json.dumps({"epoch": 0, "loss": 0.1, "val_loss": 0.1, "rebuilt": live.encode(np.zeros((64, 64, 3)))})
# Stands for a training that has come as far as epoch 0, and stays there until its input ends.
LASTING = (sys.executable, "-c", f"import sys; print({REPORT!r}, flush=True); sys.stdin.read()")
BROKEN = (sys.executable, "-c", "raise SystemExit(3)")


def wait_until(true: Callable[[], object], *watched: LiveTraining, seconds: float = 60) -> None:
    """Looks after trainings, as a page does, until something is true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        for training in watched:
            training.watch()
        time.sleep(0.05)


def children(command: str = "dae_core.training.live") -> list[psutil.Process]:
    """The training processes that this one has started and that are not dead."""
    found = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in found if command in child.cmdline()]


# Settings.


@pytest.mark.parametrize("name", BOUNDS)
def test_settings_are_taken_to_their_bounds_and_not_beyond(name):
    def change(value):
        if name in asdict(SHORT):
            return replace(SHORT, **{name: value})
        return replace(SHORT, corruption=replace(REPORT_CORRUPTION, **{name: value}))

    low, high = BOUNDS[name]
    change(low), change(high)
    for value in (low - 1, high + 1, float("nan"), float("inf"), None, "8", True, [8], 10**400):
        with pytest.raises(LiveError, match=f"The {name.replace('_', ' ')} must be a .*number from"):
            change(value)


def test_settings_and_picture_survive_the_way_to_the_process(picture):
    settings = LiveSettings(Corruption(cutout=2), 4, 16, 0.01, 60, 7)
    read, held_out = from_line(to_line(settings, picture))
    assert read == settings
    assert np.array_equal(held_out, picture)


@pytest.mark.parametrize("line", ["", "{}", "[]", "nonsense", '{"settings": {"corruption": {}}, "held_out": "AAAA"}'])
def test_a_line_that_is_no_training_gets_a_sentence(line):
    with pytest.raises(LiveError, match="not the settings of a training"):
        from_line(line)


@pytest.mark.parametrize("filters", [4, 16])
@pytest.mark.parametrize("channels", [2, 8])
def test_the_number_of_parameters_is_that_of_the_network(filters, channels):
    settings = LiveSettings(filters=filters, latent_channels=channels)
    model = live.build(settings)
    assert model.count_params() == settings.parameters
    assert model.predict_on_batch(np.zeros((1, 64, 64, 3))).shape == (1, 64, 64, 3)


# What it learns from.


@pytest.fixture
def no_data(monkeypatch, tmp_path):
    monkeypatch.setattr(live, "DATA_FOLDER", tmp_path)


def test_the_held_out_picture_is_not_among_the_training_pictures(no_data, picture):
    pictures = training_pictures(picture, 0)
    assert pictures.shape == (len(SAMPLES) - 1, 64, 64, 3)
    assert not any(np.allclose(one, picture, atol=0.01) for one in pictures)


def test_where_there_is_a_data_folder_its_training_pictures_are_used(monkeypatch, data_folder, picture):
    monkeypatch.setattr(live, "DATA_FOLDER", data_folder)
    monkeypatch.setattr(live, "PICTURES", 10)
    pictures = training_pictures(picture, 0)
    assert pictures.shape == (10, 64, 64, 3)
    assert not np.array_equal(pictures, training_pictures(picture, 1))


def test_patches_are_cut_from_the_distorted_and_the_clean_picture_at_the_same_place(picture):
    distorted, clean = patches(picture[None], Corruption(cutout=3), np.random.default_rng(0), 40)
    assert distorted.shape == clean.shape == (40, 32, 32, 3)
    black = (distorted == 0).all(axis=-1)
    assert np.array_equal(distorted[~black], clean[~black])
    assert 0.05 < black.mean() < 0.2  # Three squares are a tenth of a picture.


# The process.


def test_a_training_ends_with_a_lower_loss_than_it_began_with(picture):
    queue = LiveQueue()
    training = queue.ask(replace(SHORT, epochs=8), picture)
    wait_until(lambda: training.history, training)
    [process] = children()
    assert process.nice() == 10
    wait_until(lambda: training.ended, training)
    assert training.ended == "Done: 8 epochs." and not training.failed
    assert [row["epoch"] for row in training.history] == list(range(9))
    first, last = training.history[0], training.history[-1]
    assert last["loss"] < 0.7 * first["loss"]
    assert last["val_loss"] < 0.7 * first["val_loss"]
    assert training.rebuilt.shape == (64, 64, 3)
    assert np.square(training.rebuilt - picture).mean() == pytest.approx(last["val_loss"], rel=0.05)
    wait_until(lambda: not children())


def test_the_stop_ends_the_process_at_once(picture):
    training = LiveQueue().ask(SHORT, picture)
    wait_until(children, training)
    training.stop()
    wait_until(lambda: not children(), seconds=3)
    wait_until(lambda: training.ended, seconds=3)
    assert training.ended == "You stopped it before the first epoch." and not training.failed


def test_the_process_dies_with_its_parent(picture):
    script = (
        "import time; from dae_core.pictures.dataset import load_sample; from dae_core.training.live_queue import *;"
        "LiveQueue().ask(LiveSettings(), load_sample('owl')); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT) as parent:
        found = psutil.Process(parent.pid)
        wait_until(found.children)
        [process] = found.children()
        time.sleep(3)  # In the middle of importing TensorFlow.
        parent.kill()
    process.wait(timeout=10)


def test_a_killed_process_gets_a_sentence_and_the_next_one_its_turn(picture):
    queue = LiveQueue()
    killed = queue.ask(SHORT, picture)
    queue.command = LASTING
    following = queue.ask(SHORT, picture)
    wait_until(children, killed, following)
    os.kill(children()[0].pid, signal.SIGKILL)
    wait_until(lambda: following.history, killed, following)
    assert killed.failed
    assert killed.ended == "The training process ended before the first epoch (killed by signal 9): try again."
    following.stop()
    wait_until(lambda: following.ended)


def test_the_process_answers_a_wrong_setting_with_a_sentence(picture):
    line = to_line(SHORT, picture).replace('"filters": 8', '"filters": 8000')
    with subprocess.Popen(COMMAND, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdin.write(line)
        process.stdin.flush()  # And not closed: the process would end with it.
        assert process.wait(timeout=60) == 0
        answer = json.load(process.stdout)
    assert answer == {"error": "The filters must be a whole number from 4 to 16, not 8000."}


def test_without_keras_the_process_says_so(picture):
    script = "import sys; sys.modules['keras'] = None; from dae_core.training.live import main; sys.exit(main())"
    training = LiveQueue((sys.executable, "-c", script)).ask(SHORT, picture)
    wait_until(lambda: training.ended, training)
    assert training.failed
    assert training.ended.startswith("Training needs Keras and TensorFlow, which this server does not have")


def test_the_process_writes_no_large_file(tmp_path):
    script = (
        "import sys; from dae_core.training.live import restrain; restrain();"
        f"open({str(tmp_path / 'large')!r}, 'wb').write(bytes(2_000_000))"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE) as process:
        assert process.wait(timeout=60) != 0  # Its input is still open: nothing but the file can have ended it.
    assert (tmp_path / "large").stat().st_size <= live.FILE_BYTES


# The line.


def test_of_two_that_ask_at_once_one_waits_and_then_gets_its_turn(picture):
    queue = LiveQueue(LASTING)
    first, second = queue.ask(SHORT, picture), queue.ask(SHORT, picture)
    wait_until(lambda: first.history, first, second)
    assert (queue.before(first), queue.before(second)) == (0, 1)
    assert not second.started and len(children("-c")) == 1
    first.stop()
    wait_until(lambda: second.history, second)
    assert queue.before(second) == 0 and len(children("-c")) == 1
    second.stop()
    wait_until(lambda: second.ended)
    assert second.ended == "You stopped it after epoch 0."


def test_who_stops_waiting_leaves_the_line(picture):
    queue = LiveQueue(LASTING)
    trainings = [queue.ask(SHORT, picture) for _ in range(3)]
    wait_until(lambda: trainings[0].history, *trainings)
    trainings[1].stop()
    wait_until(lambda: trainings[1].ended, *trainings)
    assert not trainings[1].started
    assert queue.before(trainings[2]) == 1
    for training in trainings:
        training.stop()
        wait_until(lambda training=training: training.ended)


def test_a_training_that_nobody_looks_at_is_stopped(monkeypatch, picture):
    monkeypatch.setattr(live_queue, "UNWATCHED_SECONDS", 1.0)
    training = LiveQueue(LASTING).ask(SHORT, picture)
    wait_until(lambda: training.history, training)
    wait_until(lambda: training.ended, seconds=5)
    assert training.ended == "It was stopped after epoch 0: nobody was looking any more."
    assert not children("-c")


def test_a_training_that_takes_too_long_is_stopped(picture):
    training = LiveQueue(LASTING, seconds=1).ask(SHORT, picture)
    wait_until(lambda: training.ended, training, seconds=5)
    assert training.ended == "It was stopped after epoch 0: 1 seconds are all that one training gets."


@pytest.mark.parametrize("command", [BROKEN, ("/no/such/program",)])
def test_a_process_that_cannot_start_gets_a_sentence_and_frees_the_line(picture, command):
    queue = LiveQueue(command)
    for _ in range(2):
        training = queue.ask(SHORT, picture)
        wait_until(lambda training=training: training.ended, training)
        assert training.failed
        assert "exit status 3" in training.ended or "could not be started" in training.ended


def test_the_line_has_an_end(picture):
    queue = LiveQueue(LASTING)
    trainings = [queue.ask(SHORT, picture) for _ in range(MAX_WAITING + 1)]
    with pytest.raises(LiveError, match="waiting already"):
        queue.ask(SHORT, picture)
    for training in reversed(trainings):
        training.stop()
    wait_until(lambda: all(training.ended for training in trainings))
