"""The history of a training, epoch by epoch: what stands in a checkpoint's `history.csv`."""

import csv
from pathlib import Path

from dae_core.experiments import Experiment

HISTORY_COLUMNS = ("epoch", "learning_rate", "loss", "val_loss", "seconds")

History = list[dict[str, float]]
"""One dict per epoch; its keys are `HISTORY_COLUMNS`. Losses: MSE of pictures in [0, 1], a sampler's of velocities."""


def best_epoch(history: History) -> int:
    """The epoch, counted from 1, with the lowest validation loss; of equals the first."""
    return 1 + min(range(len(history)), key=lambda index: history[index]["val_loss"])


def finished(history: History, experiment: Experiment) -> bool:
    """Whether all epochs are run, or the last `patience` of them brought nothing."""
    if not history:
        return False
    return len(history) >= experiment.epochs or len(history) - best_epoch(history) >= experiment.patience


def parse_history(text: str) -> History:
    """The history in the text of a `history.csv`."""
    return [
        {key: int(value) if key == "epoch" else float(value) for key, value in row.items()}
        for row in csv.DictReader(text.splitlines())
    ]


def read_history(file: Path) -> History:
    """The history in a `history.csv`."""
    return parse_history(file.read_text(encoding="utf-8"))


def write_history(file: Path, history: History) -> None:
    """Writes what `read_history` reads."""
    with file.open("w", newline="", encoding="utf-8") as table:
        rows = csv.DictWriter(table, HISTORY_COLUMNS)
        rows.writeheader()
        rows.writerows(history)
