"""The rows of every measurement, as they stand in the CSV files of `checkpoints/`."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import overload

from dae_core.checkpoints import CHECKPOINTS_FOLDER, Checkpoint, CheckpointError, read_verified
from dae_core.pictures.dataset import RESERVED

Row = dict[str, str | float]


METRIC_COLUMNS = ("experiment", "corruption", "animals", "metric", "mean", "std", "n")


ERROR_COLUMNS = ("split", "picture", "animals", "mse")


WHOLE_COLUMNS = ("n", "picture", "steps", "averaged")


DAMAGED_INPUT = "damaged input"  # The column `experiment` says this where nothing was reconstructed.


BASELINE_METRICS_FILE = CHECKPOINTS_FOLDER / "baselines.csv"


def baseline_rows(file: Path = BASELINE_METRICS_FILE) -> list[Row]:
    """The rows of `baselines.csv`.

    Raises:
        CheckpointError: The file is missing or broken.
    """
    try:
        return parse_rows(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError) as error:
        raise CheckpointError(
            f"The scores of the classical denoisers, {file.name}, are missing or broken: "
            "restore the file, or run `python train_models.py --evaluate`."
        ) from error


def write_rows(file: Path, rows: list[Row]) -> None:
    """Writes rows as CSV, numbers with six significant digits."""
    with file.open("w", newline="", encoding="utf-8") as table:
        writer = csv.writer(table)
        writer.writerow(rows[0])
        for row in rows:
            writer.writerow(f"{cell:.6g}" if isinstance(cell, float) else cell for cell in row.values())


def parse_rows(text: str) -> list[Row]:
    """The rows that `write_rows` wrote, the numeric columns as numbers."""
    numbers = dict.fromkeys(("mean", "std", "mse", "strength"), float) | dict.fromkeys(WHOLE_COLUMNS, int)
    return [
        {column: numbers.get(column, str)(cell) for column, cell in row.items()}
        for row in csv.DictReader(text.splitlines())
    ]


class Rows(Sequence[Row]):
    """Metric rows, whose means are found at once; each of `METRIC_COLUMNS`."""

    def __init__(self, rows: Iterable[Row] = ()):
        self._rows = tuple(rows)
        keys = ("experiment", "corruption", "animals", "metric")
        # If two rows have the same key, the first one counts, as for somebody who reads from the top.
        self._means = {tuple(row[key] for key in keys): float(row["mean"]) for row in reversed(self._rows)}

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...

    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        return self._rows[index]

    def mean(self, name: str, corruption: str, animals: str = "all", metric: str = "mse") -> float | None:
        """The mean over some pictures, if somebody measured it.

        Args:
            name: A checkpoint, a classical denoiser, or `DAMAGED_INPUT`.
            corruption: A key of `CORRUPTIONS`.
            animals: `all`, one of `class_names`, or `samples`.
            metric: One of `METRICS`.
        """
        return self._means.get((name, corruption, animals, metric))

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        """The classes that were measured apart, `cat` and `dog` of what is shipped; the same where nothing was."""
        known = dict.fromkeys(str(row["animals"]) for row in self._rows)
        return tuple(name for name in known if name not in RESERVED) or ("cat", "dog")


def read_rows(checkpoints: Mapping[str, Checkpoint]) -> Rows:
    """The rows of every checkpoint's `metrics.csv`.

    Raises:
        CheckpointError: A file is not what its manifest says.
    """
    files = (read_verified(checkpoint, "metrics.csv").decode() for checkpoint in checkpoints.values())
    return Rows(row for file in files for row in parse_rows(file))
