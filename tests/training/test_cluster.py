"""A sweep over the nodes of a Ray cluster, one of which is lost in the middle; and what stands in the way of one."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from dae_core.experiments import EXPERIMENTS
from dae_core.training.cluster import ClusterError, needs
from dae_core.training.history import read_history
from dae_core.training.locks import BusyError, alone, label, lock_file, state_folder, tag
from dae_core.training.publish import start_over
from tests.visitor import ROOT

pytestmark = pytest.mark.slow

NAME, FAILING = "bottleneck-0032", "bottleneck-0128"
SEED, EPOCHS = 5, 8
OWN, OTHER = (
    replace(next(e for e in EXPERIMENTS if e.name == name), seed=SEED, precision="float32") for name in (NAME, FAILING)
)
QUIET = {"RAY_USAGE_STATS_ENABLED": "0"}


def command(*arguments) -> list[str]:
    return [sys.executable, "train_models.py", NAME, *map(str, arguments)]


def sentence(process: subprocess.CompletedProcess) -> str:
    assert "Traceback" not in process.stderr
    return process.stderr.strip().splitlines()[-1]


@contextmanager
def node(*options):
    """A node of a cluster, in processes of its own; at the end they are killed."""
    ray = Path(sys.executable).with_name("ray")
    process = subprocess.Popen(
        [ray, "start", *options, "--node-ip-address=127.0.0.1", "--object-store-memory=100000000", "--block"],
        env=os.environ | QUIET,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        shown = ""
        while "Ray runtime started" not in shown:
            line = process.stdout.readline()
            assert line, f"the node did not start: {shown}"
            shown += line
        yield process
    finally:
        kill(process)
        process.stdout.close()


def kill(process: subprocess.Popen) -> None:
    """`kill -9` for a node: all of its processes."""
    if process.poll() is None:
        for one in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
            with suppress(psutil.NoSuchProcess):  # Some end by themselves when they have lost another.
                one.kill()
        process.wait()


@pytest.fixture(scope="module")
def cluster():
    """The address of a cluster, and its two nodes with a core each; the head has none."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tempfile.mkdtemp(prefix="ray-")  # pytest's own would be too long for the name of a socket.
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        options = ["--head", f"--port={port}", "--num-cpus=0", "--include-dashboard=false", f"--temp-dir={folder}"]
        stack.enter_context(node(*options))
        nodes = [stack.enter_context(node(f"--address=127.0.0.1:{port}", "--num-cpus=1")) for _ in range(2)]
        yield f"127.0.0.1:{port}", nodes


def holder(checkpoints: Path) -> psutil.Process:
    """The process that trains, as its lock says."""
    text = lock_file(checkpoints, tag(OWN)).read_text()
    return psutil.Process(int(re.match(r".+, process (\d+)\n", text)[1]))


def test_what_a_killed_node_trained_goes_on_elsewhere_and_ends_as_without_ray_while_another_fails(
    cluster, data_folder, tmp_path
):
    address, nodes = cluster
    options = ["--data", data_folder, "--epochs", EPOCHS, "--batch-size", 2, "--seeds", SEED, "--precision", "float32"]
    one_thread = os.environ | {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    pipes = {"cwd": ROOT, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    checkpoints = tmp_path / "shared"
    plain_options = [*options, "--checkpoints", tmp_path / "plain"]
    failing = state_folder(checkpoints, OTHER)
    failing.mkdir(parents=True)
    (failing / "run.json").write_text('{"experiment": "another"}')
    options += ["--checkpoints", checkpoints, "--ray", address]
    with (
        subprocess.Popen(command(*plain_options), env=one_thread, **pipes) as plain,
        subprocess.Popen(command(FAILING, *options), **pipes) as sweep,
    ):
        state = state_folder(checkpoints, OWN)
        while sweep.poll() is None and not any(int(one.name[6:]) >= 2 for one in state.glob("epoch-[0-9]*")):
            time.sleep(0.02)
        trainer = holder(checkpoints)
        lost = next(one for one in nodes if one.pid in {parent.pid for parent in trainer.parents()})
        kill(lost)
        output, errors = sweep.communicate(timeout=300)
        _, plain_errors = plain.communicate(timeout=120)

    assert sweep.returncode == 1 and "Traceback" not in errors
    why = f"{failing} holds an unfinished run of {FAILING} with other settings or other data"
    assert re.search(rf"^{label(OTHER)} +FAILED: {re.escape(why)}", output, re.M)
    assert f"train_models.py: 1 of 2 trainings failed.\n{label(OTHER)}: {why}" in errors
    rows = [line.removeprefix(label(OWN)).strip() for line in output.splitlines() if line.startswith(label(OWN))]
    assert re.fullmatch(r"starts on .+, process \d+", rows[0])
    gone_on = [int(row.split()[4]) for row in rows if row.startswith("goes on after epoch")]
    assert len(gone_on) == 1 and 2 <= gone_on[0] < EPOCHS
    assert "(raylet)" not in output + errors
    epochs = [row.split()[0] for row in rows if re.match(r"\d", row)]
    assert epochs == [f"{epoch}/{EPOCHS}" for epoch in range(1, EPOCHS + 1)]
    assert re.fullmatch(r"trained: \d\.\d MB, test MSE 0\.\d{5}", rows[-1])
    assert list((checkpoints / ".unfinished").iterdir()) == [failing]

    assert plain.returncode == 0, plain_errors
    for file in ("metrics.csv", "errors.csv", "strengths.csv", "replay.webp"):
        assert (checkpoints / NAME / file).read_bytes() == (tmp_path / "plain" / NAME / file).read_bytes()
    histories = [read_history(folder / NAME / "history.csv") for folder in (checkpoints, tmp_path / "plain")]
    for row, row_without_ray in zip(*histories, strict=True):
        assert {**row, "seconds": 0} == {**row_without_ray, "seconds": 0}

    before = (checkpoints / NAME / "manifest.json").read_bytes()
    again = subprocess.run(command(*options), cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (again.returncode, again.stdout) == (0, f"{NAME} is trained already; --force trains it again.\n")
    assert (checkpoints / NAME / "manifest.json").read_bytes() == before


# What stands in the way.


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("127.0.0.1:{port}", "no Ray cluster answers at 127.0.0.1:{port}: is that the address that `ray start --head`"),
        ("nonsense", "--ray nonsense is not HOST:PORT of a cluster's head, and not auto."),
        ("ray://127.0.0.1:{port}", "--ray ray://127.0.0.1:{port} is not HOST:PORT of a cluster's head, and not auto."),
    ],
)
def test_a_wrong_address_gets_a_sentence_and_throws_nothing_away(address, said, data_folder, tmp_path):
    state = state_folder(tmp_path, OWN)
    state.mkdir(parents=True)
    with socket.socket() as listens:  # To people who wait for an answer, in vain.
        listens.bind(("127.0.0.1", 0))
        listens.listen()
        address, said = (text.format(port=listens.getsockname()[1]) for text in (address, said))
        arguments = command("--force", "--ray", address, "--data", data_folder, "--checkpoints", tmp_path)
        process = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert process.returncode == 1 and sentence(process).startswith(f"train_models.py: {said}")
    assert state.exists() and list(tmp_path.iterdir()) == [tmp_path / ".unfinished"]


def test_without_ray_a_sentence_says_what_to_install(data_folder, tmp_path):
    script = "import sys, train_models; sys.modules['ray'] = None; sys.exit(train_models.main(sys.argv[1:]))"
    options = ["--ray", "auto", "--data", data_folder, "--checkpoints", tmp_path]
    arguments = [sys.executable, "-c", script, NAME, *map(str, options)]
    process = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True)
    assert process.returncode == 1
    assert sentence(process) == (
        "train_models.py: --ray needs Ray: run `pip install -r requirements-ray.txt`, here and on every node."
    )


@pytest.mark.parametrize(
    ("nodes", "cores", "expected"),
    [
        ([{"CPU": 64.0}, {"CPU": 8.0}], None, (4, 0)),
        ([{"CPU": 64.0}, {"CPU": 2.0}, {}], None, (2, 0)),
        ([{"CPU": 64.0}, {"CPU": 2.0}], 16, (16, 0)),
        ([{"CPU": 16.0, "GPU": 8.0}, {"CPU": 1.0}], None, (2, 1)),
        ([{"CPU": 4.0, "GPU": 8.0}], None, (1, 1)),
        ([{"CPU": 16.0, "GPU": 8.0}], 3, (3, 1)),
    ],
)
def test_a_task_takes_four_cores_or_what_a_small_node_has_and_one_gpu_if_there_are_any(nodes, cores, expected):
    assert tuple(needs(nodes, cores).values()) == expected


@pytest.mark.parametrize("nodes", [[{}], [{"CPU": 8.0}], [{"CPU": 64.0}, {"CPU": 4.0, "GPU": 1.0}]])
def test_more_cores_than_any_node_has_are_refused(nodes):
    with pytest.raises(ClusterError, match=r"^no node of the cluster has 9 cores for an experiment; the most .+ \d\.$"):
        needs(nodes, 9)


# Nobody else at the same time.


def test_an_experiment_is_trained_by_one_process_at_a_time(data_folder, tmp_path):
    options = ["--data", data_folder, "--checkpoints", tmp_path, "--seeds", SEED, "--precision", "float32"]
    with alone(tmp_path, tag(OWN)):
        process = subprocess.run(command(*options), cwd=ROOT, capture_output=True, text=True)
        with pytest.raises(BusyError):
            start_over(tmp_path, OWN)
    assert process.returncode == 1
    assert sentence(process) == (
        f"train_models.py: {NAME}@5-float32 is being trained already, by {socket.gethostname()}, "
        f"process {os.getpid()}: let it finish or stop it, then run the same command."
    )
    assert not state_folder(tmp_path, OWN).exists()


def test_who_waits_gets_the_experiment_when_its_holder_is_killed(tmp_path):
    script = f"""
import sys, time
from pathlib import Path
from dae_core.training.locks import alone
with alone(Path(sys.argv[1]), "{NAME}", wait=True):
    print("mine", flush=True)
    time.sleep(60)
"""
    run = [sys.executable, "-c", script, tmp_path]
    with subprocess.Popen(run, cwd=ROOT, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout.readline() == "mine\n"
        with subprocess.Popen(run, cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
            while len(holders := lock_text(tmp_path).splitlines()) < 2:
                assert other.poll() is None
                time.sleep(0.02)
            assert holders[1] == f"{socket.gethostname()}, process {other.pid}, waits until nobody else trains it"
            one.kill()
            assert other.stdout.readline() == "mine\n"
            assert lock_text(tmp_path) == f"{socket.gethostname()}, process {other.pid}\n"
            other.kill()


def test_what_a_killed_holder_had_started_does_not_keep_its_lock(tmp_path):
    script = f"""
import os, sys, time
from pathlib import Path
from dae_core.training.locks import alone
with alone(Path(sys.argv[1]), "{NAME}"):
    if not os.fork():
        print(os.getpid(), flush=True)  # It has begun, so it has let go of what it does not own.
    time.sleep(60)
"""
    run = [sys.executable, "-c", script, tmp_path]
    with subprocess.Popen(run, cwd=ROOT, stdout=subprocess.PIPE, text=True) as first:
        child = psutil.Process(int(first.stdout.readline()))
        with pytest.raises(BusyError, match=f"{NAME} is being trained already, by .+, process {first.pid}: "):
            alone(tmp_path, NAME).__enter__()
        first.kill()
        first.wait()
        with alone(tmp_path, NAME):
            assert child.is_running()
        child.kill()


def lock_text(checkpoints: Path) -> str:
    file = lock_file(checkpoints, NAME)
    return file.read_text() if file.exists() else ""
