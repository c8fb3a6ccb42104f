"""Where trainings that are not finished keep their state, and how no two processes get into each other's way."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import AcquireReturnProxy, FileLock, Timeout

from dae_core.errors import UserError
from dae_core.experiments import Experiment

SECONDS = 0.2  # Whoever waits looks again after so long.
WAITS = "waits until nobody else trains it"


class BusyError(UserError):
    """Another process does the same training."""


def tag(experiment: Experiment) -> str:
    """The name of one training of an experiment, for folders and locks: `decoder-1@2023-mixed_bfloat16`."""
    return f"{experiment.name}@{experiment.seed}-{experiment.precision}"


def label(experiment: Experiment) -> str:
    """The same for people: `decoder-1, seed 2023`."""
    return f"{experiment.name}, seed {experiment.seed}"


def state_folder(root: Path, experiment: Experiment) -> Path:
    """Where an unfinished training keeps its state."""
    return root / ".unfinished" / tag(experiment)


def lock_file(root: Path, what: str) -> Path:
    """The text that says who works on something, and who waits for it."""
    return root / ".locks" / what


@contextmanager
def alone(root: Path, what: str, wait: bool = False) -> Iterator[None]:
    """Keeps other processes from the same work, on this machine and on those that share its storage.

    The lock is the kernel's, so it goes when its holder goes, however that happens, and only then: a process on a node
    that is cut off from the others, but not from the storage, keeps it.

    Args:
        root: The folder that is written to.
        what: What nobody else may work on: the `tag` of a training, or a file or checkpoint in `root`.
        wait: Whether to wait until nobody does.

    Raises:
        BusyError: Somebody does, and `wait` is not set.
        UserError: The folder cannot be written to.
    """
    file = lock_file(root, what)
    myself = f"{socket.gethostname()}, process {os.getpid()}"
    try:
        held = _take(file, myself, wait)
    except OSError as error:
        raise UserError(
            f"{root} cannot be written to ({error.strerror}): make it writable, or choose another folder with "
            "--checkpoints."
        ) from error
    with held:
        file.write_text(f"{myself}\n", encoding="utf-8")
        yield


def _take(file: Path, myself: str, wait: bool) -> AcquireReturnProxy[FileLock]:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    # It lies beside the text, as Windows lets nobody read a locked file, and stays, as somebody may wait for it.
    lock = FileLock(f"{file}.lock", poll_interval=SECONDS, preserve_lock_file=True)
    try:
        return lock.acquire(blocking=False)
    except Timeout as error:
        if not wait:
            holder = file.read_text(encoding="utf-8").partition("\n")[0]
            raise BusyError(
                f"{file.name} is being trained already, by {holder}: let it finish or stop it, "
                "then run the same command."
            ) from error
    with file.open("a", encoding="utf-8") as text:
        text.write(f"{myself}, {WAITS}\n")
    return lock.acquire()


def discard(state: Path) -> None:
    """Removes the state of a training; a kill leaves either all of it or nothing that would be taken for a state."""
    gone = state.with_name(f".{state.name}")
    shutil.rmtree(gone, ignore_errors=True)
    state.rename(gone)
    shutil.rmtree(gone)
