"""From an experiment to its checkpoint, by one process at a time."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dae_core.checkpoints import Checkpoint, CheckpointError, open_checkpoint
from dae_core.data import Split
from dae_core.errors import UserError
from dae_core.experiments import Experiment

try:
    import fcntl
except ImportError:  # Windows: there, nothing keeps two commands from the same experiment.
    fcntl = None  # type: ignore[assignment]

WAITS = "waits until nobody else trains it"


class BusyError(UserError):
    """Another process trains this experiment."""


def state_folder(checkpoints: Path, experiment: Experiment) -> Path:
    """Where an unfinished training keeps its state."""
    return checkpoints / ".unfinished" / experiment.name


def lock_file(checkpoints: Path, experiment: Experiment) -> Path:
    """What the process that trains an experiment holds; its text says who that is, and who waits for it."""
    return checkpoints / ".locks" / experiment.name


def trained(checkpoints: Path, experiment: Experiment) -> Checkpoint | None:
    """The experiment's checkpoint, if there is one that can be used and no training is on its way to replace it."""
    if state_folder(checkpoints, experiment).exists():
        return None
    try:
        return open_checkpoint(checkpoints / experiment.name)
    except CheckpointError:
        return None


@contextmanager
def alone(checkpoints: Path, experiment: Experiment, wait: bool = False) -> Iterator[None]:
    """Keeps other processes from the same experiment, on this machine and on those that share its storage.

    The lock is the kernel's, so it goes when its holder goes, however that happens, and only then: a process on a node
    that is cut off from the others, but not from the storage, keeps it. Its file stays, as it may be waited for.

    Args:
        checkpoints: The folder of the checkpoints.
        experiment: What nobody else may work on.
        wait: Whether to wait until nobody does.

    Raises:
        BusyError: Somebody does, and `wait` is not set.
    """
    file = lock_file(checkpoints, experiment)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    except OSError as error:
        raise UserError(
            f"{checkpoints} cannot be written to ({error.strerror}): make it writable, or choose another folder with "
            "--checkpoints."
        ) from error
    myself = f"{socket.gethostname()}, process {os.getpid()}"
    with file.open("a+", encoding="utf-8", buffering=1) as lock:
        if fcntl:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if not wait:
                    holder = file.read_text(encoding="utf-8").partition("\n")[0]
                    raise BusyError(
                        f"{experiment.name} is being trained already, by {holder}: let it finish or stop it, "
                        "then run the same command."
                    ) from error
                lock.write(f"{myself}, {WAITS}\n")
                fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        lock.write(f"{myself}\n")
        yield


def start_over(checkpoints: Path, experiment: Experiment) -> None:
    """Throws an unfinished training away; the empty folder says that the checkpoint, if any, is to be replaced.

    Raises:
        BusyError: Another process trains the experiment.
    """
    with alone(checkpoints, experiment):
        state = state_folder(checkpoints, experiment)
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir(parents=True)


def publish(
    experiment: Experiment, splits: tuple[Split, ...], checkpoints: Path, wait_for_others: bool = False
) -> Checkpoint:
    """Trains, exports and publishes an experiment, or goes on where that was cut off.

    Args:
        experiment: What to train.
        splits: The pictures to train on, to validate with and to test with.
        checkpoints: The folder of the checkpoints; the state of the training is in there until the checkpoint is.
        wait_for_others: Whether to wait while another process trains the experiment; what it finishes is returned.

    Raises:
        BusyError: Another process trains the experiment.
        UserError: It cannot be trained or exported; what was trained is kept.
    """
    train_split, val_split, test_split = splits
    with alone(checkpoints, experiment, wait_for_others):
        if checkpoint := trained(checkpoints, experiment):
            return checkpoint
        # These import Keras and its backend, ten seconds that --list and --help need not wait for.
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        from dae_core.export import export
        from dae_core.training import train

        state = state_folder(checkpoints, experiment)
        run = train(experiment, train_split, val_split, state)
        try:
            checkpoint = export(experiment, run, val_split, test_split, checkpoints / experiment.name)
        except OSError as error:
            raise UserError(
                f"The checkpoint of {experiment.name} could not be written ({error}). The training is done and safe: "
                "make room, then run the same command."
            ) from error
        shutil.rmtree(state)
        return checkpoint
