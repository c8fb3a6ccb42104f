"""The same experiments with another seed, patience or precision, for their scores: how much is luck."""

import csv
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import get_type_hints

from dae_core.checkpoints import CHECKPOINTS_FOLDER, Checkpoint, CheckpointError
from dae_core.data import Split
from dae_core.evaluation import asked, own_errors
from dae_core.experiments import PRECISIONS, Experiment
from dae_core.history import best_epoch
from dae_core.publishing import alone, state_folder

REPEATS_FILE = CHECKPOINTS_FOLDER / "repeats.csv"


@dataclass(frozen=True)
class Repeat:
    """One training more of an experiment: all as in its checkpoint but for the seed, the patience or the precision.

    Attributes:
        experiment: Its name.
        seed: Of this training.
        patience: Its early stopping's.
        epochs_run: How long it went.
        best_epoch: The one with the lowest validation loss, whose weights the losses are of.
        loss: MSE on the training pictures, while that epoch trained.
        val_loss: MSE on the validation pictures.
        test_mse: MSE on the test pictures, damaged as in training.
        trained_with: Keras and its backend, with their versions.
        precision: What it computed in, see `Experiment`.
    """

    experiment: str
    seed: int
    patience: int
    epochs_run: int
    best_epoch: int
    loss: float
    val_loss: float
    test_mse: float
    trained_with: str
    precision: str


def repeat(experiment: Experiment, splits: tuple[Split, ...], checkpoints: Path) -> Repeat:
    """Trains an experiment for its scores, or goes on where that was cut off; a line of `repeats.csv` is the result.

    Args:
        experiment: What to train, with the other seed, patience or precision.
        splits: The pictures to train on, to validate with and to test with.
        checkpoints: The folder that `repeats.csv` is in.

    Raises:
        BusyError: Another process does.
        UserError: It cannot be trained; what was trained is kept.
    """
    file = checkpoints / REPEATS_FILE.name
    train_split, val_split, test_split = splits
    changed = f"seed-{experiment.seed}-patience-{experiment.patience}-{experiment.precision}"
    named = replace(experiment, name=f"{experiment.name}-{changed}")
    with alone(checkpoints, named):
        if done := find(read_repeats(file), experiment):
            return done
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        from dae_core.training import train  # Keras and its backend: ten seconds.

        state = state_folder(checkpoints, named)
        run = train(named, train_split, val_split, state)
        best = best_epoch(run.history)
        result = Repeat(
            experiment.name,
            experiment.seed,
            experiment.patience,
            len(run.history),
            best,
            run.history[best - 1]["loss"],
            run.history[best - 1]["val_loss"],
            float(own_errors(experiment, asked(experiment, run.model.predict), test_split).mean()),
            ", ".join(f"{name} {version}" for name, version in run.trained_with.items()),
            experiment.precision,
        )
        with alone(checkpoints, replace(experiment, name=file.name), wait=True):  # Other repeats may end now, too.
            _append(file, result)
        shutil.rmtree(state)
        return result


def find(repeats: list[Repeat], experiment: Experiment) -> Repeat | None:
    """The repeat of just this experiment, if there is one."""
    wanted = (experiment.name, experiment.seed, experiment.patience, experiment.precision)
    return next(
        (one for one in repeats if (one.experiment, one.seed, one.patience, one.precision) == wanted),
        None,
    )


def reseeded(repeats: Iterable[Repeat], checkpoints: Mapping[str, Checkpoint]) -> list[Repeat]:
    """Those that differ from their checkpoint, if it is there, in nothing but the seed."""
    return [one for one in repeats if _changes(one, checkpoints) == {"seed"}]


def prolonged(repeats: Iterable[Repeat], checkpoints: Mapping[str, Checkpoint]) -> list[Repeat]:
    """Those that differ from their checkpoint, if it is there, in nothing but more patience."""
    others = [one for one in repeats if _changes(one, checkpoints) == {"patience"}]
    return [one for one in others if one.patience > checkpoints[one.experiment].experiment.patience]


def recomputed(repeats: Iterable[Repeat], checkpoints: Mapping[str, Checkpoint]) -> list[Repeat]:
    """Those that differ from their checkpoint, if it is there, in nothing but the precision."""
    return [one for one in repeats if _changes(one, checkpoints) == {"precision"}]


def _changes(one: Repeat, checkpoints: Mapping[str, Checkpoint]) -> set[str]:
    if one.experiment not in checkpoints:
        return set()
    own = checkpoints[one.experiment].experiment
    return {name for name in ("seed", "patience", "precision") if getattr(one, name) != getattr(own, name)}


def read_repeats(file: Path = REPEATS_FILE) -> list[Repeat]:
    """The lines of `repeats.csv`; none, if there is no such file.

    Raises:
        CheckpointError: The file is broken.
    """
    if not file.exists():
        return []
    try:
        with file.open(newline="", encoding="utf-8") as table:
            reader = csv.DictReader(table, strict=True)
            rows = list(reader)
        kinds = get_type_hints(Repeat)
        if reader.fieldnames != list(kinds):
            raise ValueError(f"other columns: {reader.fieldnames}")
        if any(row["precision"] not in PRECISIONS or None in row for row in rows):  # Columns too few or too many.
            raise ValueError("a line is not whole")
        return [Repeat(**{name: kind(row[name]) for name, kind in kinds.items()}) for row in rows]
    except (OSError, ValueError, TypeError, KeyError, csv.Error) as error:
        raise CheckpointError(
            f"The scores of repeated trainings, {file.name}, are broken: restore them with "
            f"`git checkout -- checkpoints/{file.name}`."
        ) from error


def _append(file: Path, result: Repeat) -> None:
    """Writes the file anew, so that a full disk or a kill leaves the old one."""
    partial = file.with_suffix(".partial")
    with partial.open("w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, [field.name for field in fields(Repeat)])
        writer.writeheader()
        writer.writerows(asdict(one) for one in [*read_repeats(file), result])
    partial.replace(file)
