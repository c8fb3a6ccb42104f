"""Trainings side by side: what is killed or stopped goes on, what fails is named, and nothing else is needed for it."""

import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil
import pytest

from dae_core.errors import UserError
from dae_core.experiments import EXPERIMENTS
from dae_core.pictures.dataset import load_split
from dae_core.scores.evaluate import asked, own_errors
from dae_core.training.history import finished, read_history
from dae_core.training.locks import label, lock_file, state_folder, tag
from dae_core.training.side_by_side import choose
from tests.later import Later
from tests.visitor import ROOT

training = Later("dae_core.training.run")
pytestmark = pytest.mark.slow

EPOCHS = 8
KILLED, REFUSED, WELL, ALSO_REFUSED = choose(["bottleneck-0032", "bottleneck-0128"], [3, 4], EPOCHS, "float32")


def start(data_folder: Path, out: Path, *more: str) -> subprocess.Popen:
    options = ["--data", data_folder, "--out", out, "--seeds", 3, 4, "--epochs", EPOCHS, "--precision", "float32"]
    options += ["--save-every", 0]
    command = [sys.executable, "-m", "dae_core.training.side_by_side", *map(str, options), *more, "bottleneck-0032"]
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # What was started in the background ignores Ctrl-C.
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, preexec_fn=heard)


def wait_for_epoch(process: subprocess.Popen, state: Path, number: int) -> None:
    while process.poll() is None and not any(int(one.name[6:]) >= number for one in state.glob("epoch-[0-9]*")):
        time.sleep(0.01)


def test_what_is_killed_or_stopped_goes_on_and_the_others_do_not_mind(data_folder, tmp_path):
    for one in (REFUSED, ALSO_REFUSED):
        refused = state_folder(tmp_path, one)
        refused.mkdir(parents=True)
        (refused / "run.json").write_text('{"experiment": "another"}')
    with start(data_folder, tmp_path, "--at-once", "2", "bottleneck-0128") as process:
        wait_for_epoch(process, state_folder(tmp_path, KILLED), 2)
        holder = re.match(r".+, process (\d+)\n", lock_file(tmp_path, tag(KILLED)).read_text())[1]
        psutil.Process(int(holder)).kill()
        output, errors = process.communicate(timeout=300)
    assert process.returncode == 1 and "Traceback" not in errors
    said = [line for line in errors.splitlines() if line.startswith(("side_by_side", "bottleneck"))]
    assert said[0] == "side_by_side: 3 of 4 trainings failed."
    assert {line.partition(": ")[0] for line in said[1:]} == {label(KILLED), label(REFUSED), label(ALSO_REFUSED)}
    assert f"{label(KILLED)}: its process died (status -9), perhaps for want of memory: run the same command" in errors
    for one in (REFUSED, ALSO_REFUSED):
        refused = state_folder(tmp_path, one)
        assert f"{label(one)}: {refused} holds an unfinished run of {one.name} with other settings" in errors
    assert finished(read_history(tmp_path / tag(WELL) / "history.csv"), WELL)
    run = json.loads((tmp_path / tag(WELL) / "run.json").read_text())
    test_split = load_split("test", data_folder)
    model = training.read_run(WELL, run, tmp_path / tag(WELL)).model
    own = own_errors(WELL, asked(WELL, model.predict), test_split).mean()
    assert run["test_mse"] == pytest.approx(own, rel=1e-5)

    state = state_folder(tmp_path, KILLED)
    saved = max(int(one.name[6:]) for one in state.glob("epoch-[0-9]*"))
    with start(data_folder, tmp_path, "--half", "--best") as process:
        wait_for_epoch(process, state, saved + 1)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and errors.endswith(
        "side_by_side: stopped; the same command goes on where it was.\n"
    )
    assert output.startswith("2 trainings, 1 of them finished before; 2 at once.\n")
    first = re.search(rf"^{label(KILLED)}, epoch (\d)/{EPOCHS}: loss", output, re.M)
    assert first and int(first[1]) == saved + 1
    assert not (tmp_path / tag(KILLED)).exists() and list(state_folder(tmp_path, KILLED).glob("epoch-[0-9]*"))


def test_nothing_that_serves_or_measures_is_imported_and_keras_only_where_training_happens():
    script = """
import sys
import dae_core.training.side_by_side
print({"keras", "jax", "tensorflow"} & sys.modules.keys() or "")
import dae_core.training.run
ours = {name: module for name, module in sys.modules.items() if name.startswith("dae_core.")}
print([name for name, module in ours.items() if hasattr(module, "tensorflow") or hasattr(module, "tf")] or "")
others = {"onnx", "onnxruntime", "tf2onnx", "streamlit", "skimage", "pywt", "plotly", "ray"}
others |= {"dae_core.training.export", "dae_core.scores.evaluate", "dae_core.serving.denoiser"}
print(others & sys.modules.keys() or "")
"""
    process = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert (process.returncode, process.stdout) == (0, "\n\n\n"), process.stderr


def test_the_first_seed_of_every_experiment_comes_first():
    names = ["decoder-2", "decoder-1"]
    jobs = choose(names, [2024, 2023, 2024])
    assert [(job.name, job.seed) for job in jobs] == [(name, seed) for seed in (2024, 2023) for name in names]
    assert all(replace(job, seed=2023) in EXPERIMENTS for job in jobs)
    (job,) = choose(names[:1], [1], epochs=2, precision="float32")
    assert (job.epochs, job.precision) == (2, "float32")
    with pytest.raises(UserError, match="no experiment is called decoder-9; there are "):
        choose(["decoder-1", "decoder-9"], [1])
