"""How the error grows with the strength of one distortion, as rows: a curve for each method, distortion and company."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dae_core.checkpoints import CHECKPOINTS_FOLDER, Checkpoint, CheckpointError, read_verified
from dae_core.distortions.apply import corrupt_batch
from dae_core.distortions.strengths import KINDS, REPORT_CORRUPTION, Corruption
from dae_core.pictures.arrays import Floats, Seeds
from dae_core.pictures.dataset import Split, as_float
from dae_core.scores.metrics import mse
from dae_core.scores.rows import Row, parse_rows

CURVES_FILE = "strengths.csv"
BASELINE_CURVES_FILE = CHECKPOINTS_FOLDER / CURVES_FILE
CURVE_COLUMNS = ("experiment", "distortion", "strength", "others", "mse", "n")
# Nothing else is done to the pictures, or what the report does.
OTHERS = {"none": Corruption(), "report": REPORT_CORRUPTION}
EVERY = 20  # One test picture in so many is measured: a curve needs no more, and each method has dozens of points.
MOST = 14  # Strengths beyond twice the report's tell little.


def measure_curves(name: str, restore: Callable[[Floats, Corruption, Seeds], Floats], test_split: Split) -> list[Row]:
    """Rows of `CURVE_COLUMNS`: the mean MSE of every 20th test picture, for each strength of each distortion.

    Args:
        name: What is measured: an experiment, a classical denoiser, or `DAMAGED_INPUT`.
        restore: Damaged pictures (N, 64, 64, 3), what damaged them, and their seeds (N,) -> rebuilt ones.
        test_split: The test pictures; each keeps the draw that it has in all scores, its index being the seed.
    """
    seeds = np.arange(0, len(test_split.pictures), EVERY)
    clean = as_float(test_split.pictures[seeds])
    rows: list[Row] = []
    for others, corruption in OTHERS.items():
        for kind in KINDS:
            for strength in strengths(kind, others):
                change: dict[str, Any] = {kind: strength}
                changed = replace(corruption, **change)
                rebuilt = restore(corrupt_batch(clean, changed, seeds), changed, seeds)
                cells = (name, kind, strength, others, float(mse(rebuilt, clean).mean()), len(clean))
                rows.append(dict(zip(CURVE_COLUMNS, cells, strict=True)))
    return rows


def strengths(kind: str, others: str) -> tuple[float, ...]:
    """The strengths at which a distortion is measured; alone, one of no strength would leave nothing to restore."""
    return KINDS[kind].strengths[0 if OTHERS[others].active else 1 : MOST]


def curve(rows: Iterable[Row], name: str, kind: str, others: str) -> dict[float, float]:
    """The MSE by strength; empty if nobody measured it."""
    wanted = {"experiment": name, "distortion": kind, "others": others}
    chosen = (row for row in rows if all(row[column] == cell for column, cell in wanted.items()))
    return {float(row["strength"]): float(row["mse"]) for row in chosen}


def read_curves(checkpoint: Checkpoint) -> list[Row]:
    """What was measured of a checkpoint; nothing of one from before there was such a file.

    Raises:
        CheckpointError: The file is not what the manifest says.
    """
    files: Mapping[str, Any] = checkpoint.manifest["files"]
    return parse_rows(read_verified(checkpoint, CURVES_FILE).decode()) if CURVES_FILE in files else []


def read_baseline_curves(file: Path = BASELINE_CURVES_FILE) -> list[Row]:
    """What was measured of the classical denoisers and of the damaged pictures.

    Raises:
        CheckpointError: The file is missing or broken.
    """
    try:
        return parse_rows(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError) as error:
        raise CheckpointError(
            f"The errors of the classical denoisers by strength, {file.name}, are missing or broken: "
            "restore the file, or run `python train_models.py --evaluate`."
        ) from error
