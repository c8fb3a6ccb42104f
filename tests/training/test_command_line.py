"""train_models.py, as someone at a keyboard uses it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from dae_core.checkpoints import list_checkpoints
from dae_core.errors import UserError
from dae_core.experiments import EXPERIMENTS
from train_models import select

ROOT = Path(__file__).parents[2]
NAMES = [experiment.name for experiment in EXPERIMENTS]
TRAINING = "bottleneck-0032@5"


def command(*arguments) -> list[str]:
    return [sys.executable, "train_models.py", *map(str, arguments)]


def run(*arguments, **environment) -> subprocess.CompletedProcess:
    return subprocess.run(
        command(*arguments), cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=300
    )


def sentence(process: subprocess.CompletedProcess) -> str:
    """What the person reads last; there must be no traceback before it."""
    assert "Traceback" not in process.stderr
    return process.stderr.strip().splitlines()[-1]


# What is to be trained.


def test_names_and_patterns_choose_experiments_in_their_order():
    assert [experiment.name for experiment in select(["decoder-2", "decoder-1"])] == ["decoder-1", "decoder-2"]
    chosen = [experiment.name for experiment in select(["bottleneck-*", "*-1000", "decoder-1"])]
    assert set(chosen) == {n for n in NAMES if n.startswith("bottleneck-") or n.endswith("-1000") or n == "decoder-1"}
    assert len(chosen) == len(set(chosen))
    assert chosen == sorted(chosen, key=NAMES.index)


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [
        ("decoder1", "decoder-1"),
        ("botleneck-128", "bottleneck-0128"),
        ("convolutional", "convolutional-all"),
        ("decoders-*", "decoder-"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest(wrong, nearest):
    with pytest.raises(UserError, match=rf"^no experiment is called {re.escape(wrong)}: did you mean {nearest}"):
        select(["decoder-1", wrong])


def test_a_wrong_name_ends_with_a_sentence():
    process = run("distortion-al")
    assert process.returncode == 1
    assert sentence(process) == (
        "train_models.py: no experiment is called distortion-al: did you mean distortion-all? --list shows all."
    )


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        *(("--epochs", value) for value in ("0", "-1", "1.5", "many")),
        *(("--batch-size", value) for value in ("0", "-3")),
        *(("--seeds", value) for value in ("-1", "x", str(2**32))),
    ],
)
def test_a_wrong_number_ends_with_a_sentence(flag, value, data_folder, tmp_path):
    process = run("bottleneck-0032", flag, value, "--data", data_folder, "--checkpoints", tmp_path)
    assert process.returncode != 0 and list(tmp_path.iterdir()) == []
    assert re.search(rf"argument {flag}: {re.escape(value)} is not a whole number from [01]", sentence(process))


def test_a_missing_data_folder_ends_with_a_sentence_that_helps(tmp_path):
    process = run("decoder-1", "--data", tmp_path / "nowhere", "--checkpoints", tmp_path / "checkpoints")
    assert process.returncode == 1
    assert "nowhere" in sentence(process) and "--prepare PATH" in sentence(process)
    assert not (tmp_path / "checkpoints").exists()


def test_a_folder_that_cannot_be_written_to_ends_with_a_sentence(data_folder):
    process = run(
        "bottleneck-0032", "--data", data_folder, "--checkpoints", "/proc/lab"
    )  # Not even root may write there.
    assert process.returncode == 1
    assert sentence(process).startswith("train_models.py: /proc/lab cannot be written to")
    assert sentence(process).endswith("choose another folder with --checkpoints.")


def test_help_explains_every_option_and_no_arguments_mean_help():
    process = run("--help")
    assert process.returncode == 0 and run().stdout == process.stdout
    text = " ".join(process.stdout.split())
    for option in ("NAME", "--all", "--list", "--smoke", "--force", "--prepare PATH"):
        assert re.search(rf"{option} +[a-z]+ \S+ ", text), option
    for option, default in {"epochs": 50, "batch-size": 32, "seeds": 2023, "data": "data"}.items():
        assert re.search(rf"--{option} \w+ [^-]+\(default: (its own, mostly )?{default}\)", text), option


# What is there.


def test_the_list_shows_every_experiment_without_waiting_for_keras():
    script = "import sys, train_models; train_models.main(['--list']); sys.exit('keras' in sys.modules)"
    process = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert process.returncode == 0, process.stderr
    lines = process.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["experiment", *NAMES]
    usable, _ = list_checkpoints()
    for line, experiment in zip(lines[1:], EXPERIMENTS, strict=True):
        assert line.endswith(experiment.summary)
        assert ("untrained" in line) == (experiment.name not in usable)
    facts = usable["convolutional-all"]
    assert f"{facts.model_bytes / 1e6:.1f} MB" in lines[1] and f"{facts.manifest['test_mse']['onnx']:.5f}" in lines[1]


def test_the_list_tells_of_broken_checkpoints(tmp_path):
    (tmp_path / "decoder-1").mkdir()
    process = run("--list", "--checkpoints", tmp_path)
    assert process.returncode == 0
    assert process.stdout.splitlines()[-1].startswith("The checkpoint decoder-1 is unavailable: its manifest.json")


# Training.


def test_the_smoke_test_passes_and_leaves_nothing(tmp_path):
    before = sorted((ROOT / "checkpoints").glob("[!.]*"))
    process = run("--smoke", TMPDIR=str(tmp_path))
    assert process.returncode == 0, process.stderr
    assert "convolutional-all, seed 2023, epoch 1/1: loss 0." in process.stdout
    assert process.stdout.endswith("The smoke test passed; its folder is gone again.\n")
    assert list(tmp_path.iterdir()) == [] and sorted((ROOT / "checkpoints").glob("[!.]*")) == before


@pytest.fixture(scope="module")
def interrupted(data_folder, tmp_path_factory):
    """A training stopped by Ctrl-C after an epoch and then repeated: arguments, and what was said each time."""
    folder = tmp_path_factory.mktemp("command-line") / "checkpoints"
    options = ["--data", data_folder, "--checkpoints", folder, "--epochs", 8, "--batch-size", 2, "--seeds", 5]
    options += ["--precision", "float32"]
    arguments = ["bottleneck-0032", *options]
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # What was started in the background ignores Ctrl-C.
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command(*arguments), cwd=ROOT, stdout=pipe, stderr=pipe, text=True, preexec_fn=heard
    ) as process:
        state = folder / ".unfinished" / f"{TRAINING}-float32"
        while process.poll() is None and not any(state.glob("epoch-[0-9]*")):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    stopped = subprocess.CompletedProcess(arguments, process.returncode, output, errors)
    unpublished = not (folder / "bottleneck-0032").exists()
    return folder, arguments, stopped, unpublished, run(*arguments)


@pytest.mark.slow
def test_ctrl_c_stops_with_a_sentence_and_publishes_nothing(interrupted):
    _, _, stopped, unpublished, _ = interrupted
    assert stopped.returncode == 130 and unpublished
    assert sentence(stopped) == "train_models.py: stopped; the same command goes on after the last finished epoch."


@pytest.mark.slow
def test_the_same_command_goes_on_and_publishes_the_checkpoint(interrupted):
    folder, _, stopped, _, continued = interrupted
    assert continued.returncode == 0, continued.stderr
    epochs = [re.findall(r"epoch (\d)/8: loss", process.stdout) for process in (stopped, continued)]
    assert epochs[0][0] == "1" and epochs[1][0] != "1"
    usable, broken = list_checkpoints(folder)
    experiment = usable["bottleneck-0032"].experiment
    assert (experiment.epochs, experiment.batch_size, experiment.seed) == (8, 2, 5) and broken == []
    assert usable["bottleneck-0032"].manifest["epochs_run"] == int(epochs[1][-1])
    score = usable["bottleneck-0032"].manifest["test_mse"]["onnx"]
    assert re.search(rf"^bottleneck-0032, seed 5: \d\.\d MB, test MSE {score:.5f}$", continued.stdout, re.M)
    assert list((folder / ".unfinished").iterdir()) == []


@pytest.mark.slow
def test_force_trains_again_and_throws_unfinished_runs_away(interrupted, data_folder, tmp_path):
    folder = shutil.copytree(interrupted[0], tmp_path / "checkpoints")
    state = folder / ".unfinished" / "bottleneck-0032@2023-float32"
    state.mkdir(parents=True)
    (state / "run.json").write_text('{"experiment": "another"}')
    options = ("--data", data_folder, "--checkpoints", folder, "--epochs", 1, "--precision", "float32")
    process = run("bottleneck-0032", "--force", *options)
    assert process.returncode == 0, process.stderr
    assert list_checkpoints(folder)[0]["bottleneck-0032"].manifest["epochs_run"] == 1
    assert list((folder / ".unfinished").iterdir()) == []
