"""Trains many experiments and seeds at once on a graphics processor: `python -m dae_core.training.side_by_side --help`.

It needs Keras with JAX (or TensorFlow), albumentations, opencv-python-headless, Pillow, filelock and tqdm, and of this
repository the folders dae_core/, samples/ and data/. It serves and measures nothing, so it needs neither ONNX nor
Streamlit: `train_models.py --publish` does the rest, where the finished trainings are brought.
"""

import argparse
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from dae_core.distortions.apply import corrupt_batch
from dae_core.errors import UserError
from dae_core.experiments import EXPERIMENTS, PRECISIONS, Experiment, training_corruption
from dae_core.pictures.dataset import SPLITS, Split, as_float, load_split
from dae_core.scores.metrics import mse
from dae_core.training.handover import keep_best_weights, leave
from dae_core.training.locks import alone, discard, label, state_folder, tag

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

# Without these, each process would take all memory of the graphics processor, and compile everything for itself.
SHARED = {
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    "JAX_DEFAULT_MATMUL_PRECISION": "highest",  # Where float32 is asked for, TensorFloat-32 is not what is meant.
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "NO_ALBUMENTATIONS_UPDATE": "1",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Carries out a command line; returns the exit status, 0 when all that was asked for is trained."""
    options = make_parser().parse_args(arguments)
    try:
        jobs = choose(options.names, options.seeds, options.epochs, options.precision)
        load_splits(options.data)  # If they cannot be, one sentence says so, not one for each training.
        how = Leaving(options.out, options.half, options.best, options.save_every)
        failures = train_side_by_side(jobs, options.data, how, options.at_once)
    except (UserError, OSError) as error:
        print(f"side_by_side: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nside_by_side: stopped; the same command goes on where it was.", file=sys.stderr)
        return 130
    if failures:
        print(f"side_by_side: {len(failures)} of {len(jobs)} trainings failed.", *failures, sep="\n", file=sys.stderr)
    return 1 if failures else 0


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dae_core.training.side_by_side",
        description="Train experiments, each with every seed, several at once in processes of their own that share one "
        "graphics processor. A finished training is a folder of its own in --out; the same command goes on where it "
        "was stopped. `train_models.py --publish` makes checkpoints of them.",
    )
    add = parser.add_argument
    add("names", nargs="+", metavar="NAME", help="experiment to train")
    add("--seeds", type=int, nargs="+", default=[Experiment.seed], metavar="N", help="seeds (default: 2023)")
    add("--at-once", type=int, default=2, metavar="N", help="trainings at a time, about as many as there are cores")
    add("--data", type=Path, default=Path("data"), metavar="PATH", help="folder of the pictures (default: data)")
    add("--out", type=Path, default=Path("weights"), metavar="PATH", help="where to (default: weights)")
    add("--half", action="store_true", help="store the weights in 16 bits: half as much to bring home")
    add("--best", action="store_true", help="keep the weights of the best seed only; what the others measure is kept")
    add(
        "--save-every",
        type=float,
        default=30,
        metavar="SECONDS",
        help="how much may be lost: an epoch can take no longer than writing the state after it does (default: 30)",
    )
    add("--epochs", type=int, metavar="N", help="at most so many; for a rehearsal, as it cannot be published")
    add("--precision", choices=PRECISIONS, help="what to compute in (default: the experiment's)")
    return parser


Splits = tuple[Split, ...]
"""The pictures to train on, to validate with and to test with."""


def load_splits(data: Path) -> Splits:
    return tuple(load_split(split, data) for split in SPLITS)


@dataclass(frozen=True)
class Leaving:
    """How trainings are left behind.

    Attributes:
        out: Where finished ones go, see `handover`; the state of unfinished ones is in there, too.
        half: Whether to store the weights of finished ones in 16 bits.
        best: Whether to keep the weights of no seed but the best.
        save_every: Seconds between two states of an unfinished one.
    """

    out: Path
    half: bool = False
    best: bool = False
    save_every: float = 30


def choose(
    names: Sequence[str], seeds: Sequence[int], epochs: int | None = None, precision: str | None = None
) -> list[Experiment]:
    """The trainings, the first seed of all experiments first.

    Raises:
        UserError: An experiment of that name does not exist.
    """
    known = {experiment.name: experiment for experiment in EXPERIMENTS}
    if unknown := [name for name in names if name not in known]:
        raise UserError(f"no experiment is called {', '.join(unknown)}; there are {', '.join(known)}.")
    chosen = [known[name] for name in dict.fromkeys(names)]
    return [
        replace(one, seed=seed, epochs=epochs or one.epochs, precision=precision or one.precision)
        for seed in dict.fromkeys(seeds)
        for one in chosen
    ]


def train_side_by_side(jobs: Sequence[Experiment], data: Path, how: Leaving, at_once: int) -> list[str]:
    """Trains experiments, `at_once` at a time, in this order; those that are finished before are left as they are.

    Args:
        jobs: What to train.
        data: The folder of the pictures.
        how: Where they go.
        at_once: How many processes share the machine.

    Returns:
        A sentence for each training that failed; the others went on.
    """
    os.environ |= SHARED | {"JAX_COMPILATION_CACHE_DIR": str(how.out.absolute() / ".compiled")} | os.environ
    todo = deque(job for job in jobs if not (how.out / tag(job)).exists())
    start, total, failures = time.monotonic(), len(todo), []
    print(f"{len(jobs)} trainings, {len(jobs) - total} of them finished before; {at_once} at once.", flush=True)
    workers = [Worker(data, how) for _ in range(min(at_once, total))]
    try:
        while todo or any(worker.job for worker in workers):
            for worker in workers:
                if todo and worker.job is None:
                    worker.begin(todo.popleft())
            ready = wait([worker.connection for worker in workers if worker.job])
            for worker in [one for one in workers if one.connection in ready]:
                job, sentence = worker.end()
                if sentence:
                    failures.append(f"{label(job)}: {sentence}")
                print(f"{label(job)}: {sentence or 'finished'} ({(time.monotonic() - start) / 60:.1f} min)", flush=True)
    finally:
        for worker in workers:
            worker.process.kill()
            worker.process.join()
    return failures


class Worker:
    """A process that does one training after the other.

    Attributes:
        job: What it trains, or None while it has nothing to do.
        connection: Readable when it has finished or is dead.
    """

    def __init__(self, data: Path, how: Leaving):
        # Each loads the pictures by itself: to be told them, it would have to be up first, one after the other.
        self.arguments = (data, how)
        self.job: Experiment | None = None
        self._start()

    def _start(self) -> None:
        processes = multiprocessing.get_context("spawn")  # A forked one could not use a graphics processor.
        self.connection, theirs = processes.Pipe()
        self.process: BaseProcess = processes.Process(target=work, args=(theirs, *self.arguments), daemon=True)
        self.process.start()
        theirs.close()  # From now on, the death of the process ends the connection.

    def begin(self, job: Experiment) -> None:
        self.job = job
        self.connection.send(job)

    def end(self) -> tuple[Experiment, str]:
        """What it trained, and why that failed, if it did; a dead process is replaced."""
        assert self.job
        job, self.job = self.job, None
        try:
            return job, self.connection.recv()
        except (EOFError, OSError):
            self.process.join()
            status = self.process.exitcode
            self._start()
            return job, (
                f"its process died (status {status}), perhaps for want of memory: run the same command once more, with "
                "fewer --at-once."
            )


def work(connection: Connection, data: Path, how: Leaving) -> None:
    """The process: takes trainings from a connection, and sends a sentence for each, empty if all went well."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the first process, which ends this one.
    # The lock that tqdm makes, between processes, would be left behind when this one is ended.
    tqdm.set_lock(threading.RLock())
    splits = load_splits(data)
    while True:
        try:
            job = connection.recv()
        except EOFError:
            return
        try:
            train_one(job, splits, how)
            sentence = ""
        except Exception as error:  # Whatever it is, the other trainings go on.
            sentence = f"{error}" if isinstance(error, UserError | OSError) else f"{type(error).__name__}: {error}"
        connection.send(sentence)


def train_one(job: Experiment, splits: Splits, how: Leaving) -> None:
    """Trains, or goes on, and leaves the finished training.

    Raises:
        BusyError: Another process trains just this.
        UserError: Training cannot go on; the message says what to do.
    """
    from dae_core.training.run import forget, train  # This imports Keras and its backend.

    with alone(how.out, tag(job)):
        if (how.out / tag(job)).exists():
            return
        forget()
        state = state_folder(how.out, job)
        train_split, val_split, test_split = splits
        run = train(job, train_split, val_split, state, how.save_every)
        leave(job, state, how.out, how.half, measure(job, run.model, test_split))
        discard(state)
    if how.best:
        keep_best_weights(job, how.out)


def measure(job: Experiment, model: Any, test_split: Split) -> float | None:
    """The test MSE of a trained Keras model; None where that is no plain question, to be measured when published."""
    if job.self_ensemble or job.is_sampler:
        return None
    clean = as_float(test_split.pictures)
    damaged = corrupt_batch(clean, training_corruption(job), np.arange(len(clean)))
    return float(mse(model.predict(damaged, verbose=0), clean).mean())


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # `kill` and `timeout` stop it as Ctrl-C does.
    sys.exit(main())
