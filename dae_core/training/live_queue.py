"""The line in which visitors wait for their live training: one process at a time on the whole server."""

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from dae_core.events import log
from dae_core.pictures.arrays import Floats
from dae_core.pictures.dataset import ROOT
from dae_core.training.live import SECONDS, LiveError, LiveSettings, decode, to_line

COMMAND = (sys.executable, "-m", "dae_core.training.live")
MAX_WAITING = 20
UNWATCHED_SECONDS = 20.0  # A browser asks several times a second; one in the background once in a while.
# TensorFlow gets one thread, does not chatter, and compiles nothing that would have to be written down.
ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass(eq=False)
class LiveTraining:
    """A visitor's training: it waits, runs, and is over; whoever has it looks here for what there is to show.

    Attributes:
        settings: Of the training.
        held_out: The picture that it is shown on, (64, 64, 3) in [0, 1].
        history: `epoch`, `loss`, `val_loss` of each epoch so far, from epoch 0 on.
        rebuilt: What the network makes of the distorted picture after the last of them; None before the first.
        started: Whether its process was started.
        ended: Once it is over, a sentence that says how; empty until then.
        failed: Whether it ended in a way in which it should not.
    """

    settings: LiveSettings
    held_out: Floats
    history: list[dict[str, float]] = field(default_factory=list)
    rebuilt: Floats | None = None
    started: bool = False
    ended: str = ""
    failed: bool = False
    _stopped: bool = False
    _watched: float = field(default_factory=time.monotonic)

    def watch(self) -> None:
        """Says that somebody still looks; without that it is given up, and then looking again comes too late."""
        if not self.given_up:
            self._watched = time.monotonic()

    def stop(self) -> None:
        """Ends it, soon."""
        self._stopped = True

    @property
    def given_up(self) -> str:
        """Why it should not go on, as a sentence; empty if it should."""
        if self._stopped:
            return f"You stopped it {self.when}."
        if time.monotonic() - self._watched > UNWATCHED_SECONDS:
            return f"It was stopped {self.when}: nobody was looking any more."
        return ""

    @property
    def over(self) -> bool:
        """Whether nothing more is to come."""
        return bool(self.ended or self.given_up)

    @property
    def when(self) -> str:
        """How far it has come: `after epoch 3`."""
        return f"after epoch {self.history[-1]['epoch']}" if self.history else "before the first epoch"

    def take(self, report: dict[str, Any]) -> None:
        """Takes in a line of its process: an epoch, or an error."""
        if "error" in report:
            self.end(report["error"], failed=True)
        else:
            self.rebuilt = decode(report.pop("rebuilt"))
            self.history.append(report)

    def end(self, sentence: str, failed: bool = False) -> None:
        """It is over; what was said first stays."""
        if not self.ended:
            self.failed, self.ended = failed, sentence


class LiveQueue:
    """Runs one training after the other, in the order in which they were asked for.

    Args:
        command: What to start for each.
        seconds: What one may take.
    """

    def __init__(self, command: Sequence[str] = COMMAND, seconds: float = SECONDS):
        self.command, self.seconds = command, seconds
        self._line: list[LiveTraining] = []  # The first one is running.
        self._moved = threading.Condition()

    def ask(self, settings: LiveSettings, held_out: Floats) -> LiveTraining:
        """Puts a training at the end of the line.

        Raises:
            LiveError: The line is too long.
        """
        training = LiveTraining(settings, held_out)
        with self._moved:
            if len(self._line) > MAX_WAITING:
                raise LiveError(f"{MAX_WAITING} trainings are waiting already: try again in a few minutes.")
            self._line.append(training)
            log("live training asked for", waiting=len(self._line) - 1)
        threading.Thread(target=self._follow, args=(training,), daemon=True).start()
        return training

    def before(self, training: LiveTraining) -> int:
        """How many are before it in the line, the running one included."""
        with self._moved:
            return self._line.index(training) if training in self._line else 0

    def _follow(self, training: LiveTraining) -> None:
        """Waits for the training's turn and runs it; whatever happens, the next one gets its turn."""
        try:
            with self._moved:
                while self._line[0] is not training and not training.given_up:
                    self._moved.wait(0.2)
            if not training.given_up:
                self._run(training)
            training.end(training.given_up)
        except OSError as error:
            training.end(f"The training process could not be started: {error}.", failed=True)
        finally:
            epochs = len(training.history)
            log("live training ended", how=training.ended, failed=training.failed, epochs=epochs)
            with self._moved:
                self._line.remove(training)
                self._moved.notify_all()

    def _run(self, training: LiveTraining) -> None:
        pipe = subprocess.PIPE
        environment = os.environ | ENVIRONMENT
        with subprocess.Popen(self.command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe) as process:
            assert process.stdin and process.stdout
            training.started = True
            reader = threading.Thread(target=_read, args=(process.stdout, training))
            reader.start()
            try:
                with contextlib.suppress(BrokenPipeError):  # It died at once: how is found out below.
                    os.write(process.stdin.fileno(), to_line(training.settings, training.held_out).encode())
                sentence = self._wait(process, training)
            finally:
                process.kill()
                reader.join()
        if sentence:
            training.end(sentence)
        else:
            _judge(training, process.returncode)

    def _wait(self, process: subprocess.Popen[bytes], training: LiveTraining) -> str:
        """Waits for the process to end; why it has to be ended, if it did not by itself."""
        deadline = time.monotonic() + self.seconds
        while process.poll() is None:
            if training.given_up:
                return training.given_up
            if time.monotonic() > deadline:
                return f"It was stopped {training.when}: {self.seconds:g} seconds are all that one training gets."
            time.sleep(0.1)
        return ""


def _read(stdout: IO[bytes], training: LiveTraining) -> None:
    for line in stdout:
        with contextlib.suppress(ValueError):  # The last line may be cut off when the process is killed.
            training.take(json.loads(line))


def _judge(training: LiveTraining, returncode: int) -> None:
    epochs = training.settings.epochs
    if returncode == 0 and len(training.history) > epochs:
        training.end(f"Done: {epochs} epochs.")
    how = f"killed by signal {-returncode}" if returncode < 0 else f"exit status {returncode}"
    training.end(f"The training process ended {training.when} ({how}): try again.", failed=True)


def unavailable() -> str:
    """Why nothing can be trained live on this server, as a sentence; empty if something can."""
    if os.environ.get("DAE_LIVE_TRAINING", "1") == "0":
        return "Live training is switched off on this server (`DAE_LIVE_TRAINING=0`)."
    missing = [name for name in ("keras", "tensorflow") if importlib.util.find_spec(name) is None]
    if missing:
        return f"Live training needs {' and '.join(missing)}, which is not here: `make train` installs it."
    return ""
