"""A sweep on several machines: every training, an experiment with a seed, is a task of a Ray cluster."""

import logging
import os
import socket
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from dae_core.checkpoints import CheckpointError, open_checkpoint
from dae_core.errors import UserError
from dae_core.experiments import Experiment
from dae_core.pictures.dataset import Split
from dae_core.training.history import History, best_epoch, read_history
from dae_core.training.locks import WAITS, label, lock_file, state_folder, tag
from dae_core.training.publish import in_words, publish, start_over

if TYPE_CHECKING:
    from ray import ObjectRef

    Task = ObjectRef[tuple[bool, str]]

INSTALL = "--ray needs Ray: run `pip install -r requirements-ray.txt`, here and on every node."
CORES = 4  # A task gets so many where the nodes have them.
LOST_NODES = 5  # A task is begun again so many times; then it is likely that the task is what ends its nodes.
SECONDS = 5  # A cluster has so long to answer.


class ClusterError(UserError):
    """The cluster cannot be used; the message says what to do."""


def sweep(
    experiments: Sequence[Experiment],
    splits: tuple[Split, ...],
    checkpoints: Path,
    address: str,
    cores: int | None = None,
    force: bool = False,
) -> list[str]:
    """Trains and publishes experiments on the nodes of a Ray cluster, and prints how they get on.

    The checkpoints' folder must be on storage that this machine and all nodes share, under the same path; it holds the
    state of every training, so a task whose node is lost goes on elsewhere after its last finished epoch. The pictures
    travel with the tasks.

    Args:
        experiments: What to train, each with its seed, in this order as far as there is room.
        splits: The pictures to train on, to validate with and to test with.
        checkpoints: The folder of the checkpoints.
        address: `HOST:PORT` of the head, or `auto` on a machine that runs a single node.
        cores: Processor cores for each task; `CORES`, or fewer on small nodes, if None.
        force: Whether to throw unfinished trainings away first.

    Returns:
        A sentence for each training that failed.

    Raises:
        ClusterError: Ray is not installed, does not answer, or no node has so many cores.
        BusyError: An experiment is to start over that another process trains.
    """
    checkpoints = checkpoints.absolute()
    with connected(address) as ray, marked(checkpoints) as mark:
        resources = needs([node["Resources"] for node in ray.nodes() if node["Alive"]], cores)
        if force:
            for experiment in experiments:
                start_over(checkpoints, experiment)
        share = resources_in_words(resources)
        print(f"{len(experiments)} trainings, each with {share}, on {address}:\n{HEADINGS}", flush=True)
        progress = {experiment: Progress(checkpoints, experiment) for experiment in experiments}
        running = begun(ray, experiments, splits, checkpoints, resources, mark)
        return watched(ray, running, progress)


def begun(
    ray: ModuleType,
    experiments: Sequence[Experiment],
    splits: tuple[Split, ...],
    checkpoints: Path,
    resources: dict[str, int],
    mark: Path,
) -> "dict[Task, Experiment]":
    """Hands the trainings to the cluster, see `train_here`; the tasks, and the experiment of each."""
    task = ray.remote(max_calls=1, max_retries=LOST_NODES, **resources)(train_here)
    pictures, backend = ray.put(splits), os.environ.get("KERAS_BACKEND")
    return {
        task.remote(experiment, pictures, checkpoints, resources["num_cpus"], backend, mark): experiment
        for experiment in experiments
    }


def watched(ray: ModuleType, running: "dict[Task, Experiment]", progress: "dict[Experiment, Progress]") -> list[str]:
    """Shows how the running tasks get on until all have ended, or ends them; a sentence for each that failed."""
    failures = []
    try:
        while running:
            finished, _ = ray.wait(list(running), timeout=1)
            for experiment in running.values():
                progress[experiment].show()
            for reference in finished:
                experiment = running.pop(reference)
                succeeded, sentence = outcome(ray, reference)
                progress[experiment].end(succeeded, sentence)
                if not succeeded:
                    failures.append(f"{label(experiment)}: {sentence}")
    finally:
        for reference in running:
            ray.cancel(reference, force=True)
    return failures


@contextmanager
def connected(address: str) -> Iterator[ModuleType]:
    """Ray, connected to the cluster at an address.

    Raises:
        ClusterError: Ray is not installed, or no cluster of the same versions answers there.
    """
    os.environ["RAY_DEDUP_LOGS_SKIP_REGEX"] = "^"  # Otherwise Ray writes pages on a lost node into the table.
    try:
        import grpc
        import ray
    except ImportError as error:
        raise ClusterError(INSTALL) from error
    host, _, port = address.rpartition(":")
    if address != "auto" and not (host and "/" not in host and port.isdecimal()):
        raise ClusterError(f"--ray {address} is not HOST:PORT of a cluster's head, and not auto.")
    # Where nobody answers, Ray itself would try for minutes.
    if address != "auto":
        with grpc.insecure_channel(address, [("grpc.enable_http_proxy", 0)]) as channel:
            try:
                grpc.channel_ready_future(channel).result(SECONDS)
            except grpc.FutureTimeoutError as error:
                raise ClusterError(
                    f"no Ray cluster answers at {address}: is that the address that `ray start --head` showed, and "
                    "does it run?"
                ) from error
    try:
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise ClusterError(
            f"the Ray cluster at {address} cannot be used from here ({first_line(error)}): run this on one of its "
            "nodes, with the Ray and the Python that they have."
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()


@contextmanager
def marked(folder: Path) -> Iterator[Path]:
    """A file in a folder, for the time being; whoever sees it sees the same folder."""
    mark = folder / ".locks" / f"sweep-{uuid.uuid4()}"
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(socket.gethostname(), encoding="utf-8")
    try:
        yield mark
    finally:
        mark.unlink()


def needs(nodes: Sequence[dict[str, float]], cores: int | None) -> dict[str, int]:
    """What a task takes of its node: cores and, if any node has one, a graphics processor.

    >>> needs([{"CPU": 16.0}, {"CPU": 8.0}], None), needs([{"CPU": 16.0, "GPU": 8.0}], None)
    ({'num_cpus': 4, 'num_gpus': 0}, {'num_cpus': 2, 'num_gpus': 1})

    Raises:
        ClusterError: No node has so many cores.
    """
    gpus = int(any(node.get("GPU", 0) >= 1 for node in nodes))
    usable = [node for node in nodes if node.get("CPU", 0) >= 1 and node.get("GPU", 0) >= gpus]
    shares = [max(1, int(node["CPU"] // max(1, node.get("GPU", 0)))) for node in usable]
    wanted = cores or min([CORES, *shares])
    if not any(node["CPU"] >= wanted for node in usable):
        largest = max((int(node["CPU"]) for node in usable), default=0)
        raise ClusterError(
            f"no node of the cluster has {wanted} cores for an experiment; the most that one has is {largest}."
        )
    return {"num_cpus": wanted, "num_gpus": gpus}


def resources_in_words(resources: dict[str, int]) -> str:
    cores = resources["num_cpus"]
    return f"{cores} core{'s' * (cores > 1)}" + " and a graphics processor" * resources["num_gpus"]


def train_here(
    experiment: Experiment, splits: tuple[Split, ...], checkpoints: Path, cores: int, backend: str | None, mark: Path
) -> tuple[bool, str]:
    """The task, in a process of its own on some node: whether the experiment is trained now, and a sentence."""
    # TensorFlow takes all cores that it sees, not those that its task was given.
    os.environ |= {"TF_NUM_INTRAOP_THREADS": str(cores), "TF_NUM_INTEROP_THREADS": str(cores)}
    if backend:
        os.environ["KERAS_BACKEND"] = backend
    if not mark.exists():
        return False, (
            f"{checkpoints} of {socket.gethostname()} is another folder than where the sweep was started: put it on "
            "storage that all nodes share, under the same path."
        )
    try:
        checkpoint = publish(experiment, splits, checkpoints, wait_for_others=True)
    except (UserError, OSError) as error:
        return False, f"{error} (on {socket.gethostname()})"
    return True, in_words(experiment, checkpoint)


def outcome(ray: ModuleType, reference: "Task") -> tuple[bool, str]:
    """What `train_here` returned, or what became of it instead."""
    try:
        result: tuple[bool, str] = ray.get(reference)
        return result
    except ray.exceptions.RayError as error:
        cause = getattr(error, "cause", None) or error
        where = "its node's logs, or the same command without --ray, show where"
        return False, f"{type(cause).__name__}: {first_line(cause)} ({where})"


def first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")


HEADINGS = f"{'training':42} {'epoch':>7} {'training':>9} {'validation':>10} {'best':>5} {'seconds':>7}"


class Progress:
    """The rows of one training in the table, read from what its task leaves on the storage."""

    def __init__(self, checkpoints: Path, experiment: Experiment):
        self.checkpoints, self.experiment = checkpoints, experiment
        self.holder, self.epochs = self._read_holder(), len(self._read_history())

    def show(self) -> None:
        """Prints what is new: who trains it, and a row for every epoch."""
        history = self._read_history()
        holder = self._read_holder()
        if holder not in ("", self.holder):  # It is empty for a moment while the next holder writes its name.
            self.holder = holder
            after = f"goes on after epoch {len(history)}" if history else "starts"
            self._print(holder if holder.endswith(WAITS) else f"{after} on {holder}")
        self._print_epochs(history)

    def end(self, succeeded: bool, sentence: str) -> None:
        """Prints the last rows."""
        if succeeded:
            self._print_epochs(self._read_published())
        self._print(f"{'trained' if succeeded else 'FAILED'}: {sentence}")

    def _read_published(self) -> History:
        """The whole history, if this training has become the checkpoint."""
        try:
            checkpoint = open_checkpoint(self.checkpoints / self.experiment.name)
            return read_history(checkpoint.folder / "history.csv") if checkpoint.experiment == self.experiment else []
        except (OSError, CheckpointError):  # Another seed takes its place just now.
            return []

    def _read_holder(self) -> str:
        try:
            file = lock_file(self.checkpoints, tag(self.experiment))
            return file.read_text(encoding="utf-8").strip().split("\n")[-1]
        except OSError:
            return ""

    def _read_history(self) -> History:
        try:
            states = state_folder(self.checkpoints, self.experiment).glob("epoch-[0-9]*")
            return read_history(max(states) / "history.csv")
        except (OSError, ValueError):  # There is none yet, or the next took its place just now.
            return []

    def _print_epochs(self, history: History) -> None:
        for row in history[self.epochs :]:
            epoch = f"{row['epoch']}/{self.experiment.epochs}"
            best = best_epoch(history[: int(row["epoch"])])
            losses = f"{row['loss']:>9.5f} {row['val_loss']:>10.5f}"
            self._print(f"{epoch:>7} {losses} {best:>5} {row['seconds']:>7.0f}")
        self.epochs = max(self.epochs, len(history))

    def _print(self, text: str) -> None:
        print(f"{label(self.experiment):42} {text}", flush=True)
