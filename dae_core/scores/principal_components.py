"""Principal components of pictures: the best that any linear network can do with so many numbers."""

import csv
from pathlib import Path

import numpy as np

from dae_core.checkpoints import CHECKPOINTS_FOLDER, CheckpointError
from dae_core.networks.linear import principal_components
from dae_core.pictures.dataset import Split, as_float
from dae_core.scores.metrics import mse

COMPONENTS_FILE = CHECKPOINTS_FOLDER / "components.csv"
COUNTS = (32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1000, 1500, 2048, 3000, 4096)


def component_errors(train_split: Split, val_split: Split, counts: tuple[int, ...] = COUNTS) -> dict[int, float]:
    """The MSE of validation pictures, rebuilt from so many components of the training pictures."""
    mean, components = principal_components(as_float(train_split.pictures), max(counts))
    pictures = as_float(val_split.pictures)
    numbers = (pictures.reshape(len(pictures), -1) - mean) @ components.T
    errors = {}
    for count in counts:
        rebuilt = np.clip(numbers[:, :count] @ components[:count] + mean, 0, 1).reshape(pictures.shape)
        errors[count] = float(mse(rebuilt, pictures).mean())
    return errors


def write_component_errors(root: Path, train_split: Split, val_split: Split) -> None:
    """Writes `components.csv`."""
    with (root / COMPONENTS_FILE.name).open("w", newline="", encoding="utf-8") as table:
        rows = csv.writer(table)
        rows.writerow(("components", "val_mse"))
        rows.writerows((count, f"{error:.6g}") for count, error in component_errors(train_split, val_split).items())


def read_component_errors(file: Path = COMPONENTS_FILE) -> dict[int, float]:
    """The validation MSE by the number of components; nothing, if there is no such file.

    Raises:
        CheckpointError: The file is broken.
    """
    if not file.exists():
        return {}
    try:
        with file.open(newline="", encoding="utf-8") as table:
            return {int(row["components"]): float(row["val_mse"]) for row in csv.DictReader(table, strict=True)}
    except (OSError, ValueError, TypeError, KeyError, csv.Error) as error:
        raise CheckpointError(
            f"The scores of principal components, {file.name}, are broken: "
            "restore the file, or run `python train_models.py --evaluate`."
        ) from error
