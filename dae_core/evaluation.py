"""Scores of a checkpoint on the test pictures, as rows."""

import csv
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np

from dae_core.corruption import DISTORTIONS, REPORT_CORRUPTION, Corruption, corrupt_batch
from dae_core.data import CLASSES, Split, as_float
from dae_core.inference import Denoiser
from dae_core.metrics import METRICS, scores

Row = dict[str, str | float]
METRIC_COLUMNS = ("experiment", "corruption", "animals", "metric", "mean", "std", "n")
DAMAGED_INPUT = "damaged input"  # What stands in the column `experiment` where nothing was reconstructed.
BATCH = 82

# Clean, and the seven of Table 2.
CORRUPTIONS: dict[str, Corruption] = {
    "+".join(names) or "clean": REPORT_CORRUPTION.only(*names)
    for count in range(len(DISTORTIONS) + 1)
    for names in combinations(DISTORTIONS, count)
}


def evaluate(experiment: str, denoiser: Denoiser, split: Split) -> list[Row]:
    """Rows of `METRIC_COLUMNS`: the checkpoint and the damaged input under each of `CORRUPTIONS`.

    Every picture keeps one fixed draw of the distortions, its index in the split being the seed. Means and standard
    deviations are over pictures, for cats and dogs together (`all`) and apart.
    """
    clean = as_float(split.pictures)
    rows = []
    for corruption_name, corruption in CORRUPTIONS.items():
        damaged = corrupt_batch(clean, corruption, np.arange(len(clean)))
        rebuilt = reconstruct_all(denoiser, damaged)
        for name, pictures in ((experiment, rebuilt), (DAMAGED_INPUT, damaged)):
            table = [scores(picture, reference) for picture, reference in zip(pictures, clean, strict=True)]
            for animals in ("all", *CLASSES):
                chosen = split.classes == animals if animals != "all" else np.ones(len(clean), bool)
                for metric in METRICS:
                    values = np.array([row[metric] for row in table])[chosen]
                    cells: tuple[str | float, ...] = (
                        name,
                        corruption_name,
                        animals,
                        metric,
                        *_mean_and_std(values),
                        len(values),
                    )
                    rows.append(dict(zip(METRIC_COLUMNS, cells, strict=True)))
    return rows


def reconstruct_all(denoiser: Denoiser, pictures: np.ndarray) -> np.ndarray:
    """`Denoiser.reconstruct` in batches, for any number of pictures."""
    return np.concatenate([denoiser.reconstruct(batch) for batch in _batches(pictures)])


def write_metrics(file: Path, rows: list[Row]) -> None:
    """Writes rows of `METRIC_COLUMNS` as CSV, numbers with six significant digits."""
    with file.open("w", newline="") as table:
        writer = csv.writer(table)
        writer.writerow(METRIC_COLUMNS)
        for row in rows:
            writer.writerow(f"{cell:.6g}" if isinstance(cell, float) else cell for cell in row.values())


def _batches(pictures: np.ndarray) -> Iterator[np.ndarray]:
    return (pictures[start : start + BATCH] for start in range(0, len(pictures), BATCH))


def _mean_and_std(values: np.ndarray) -> tuple[float, float]:
    if np.isinf(values).any():  # The PSNR of a picture that was not damaged; it has no spread to speak of.
        return float("inf"), 0.0
    return float(values.mean()), float(values.std())
