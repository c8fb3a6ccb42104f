"""Every training that was done, a line each in `repeats.csv`: further seeds, other patience, other precision."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, with_config

from dae_core.checkpoints import CHECKPOINTS_FOLDER, Checkpoint, CheckpointError
from dae_core.experiments import Experiment, Number, Precision, Text, Whole

REPEATS_FILE = CHECKPOINTS_FOLDER / "repeats.csv"
VARIED = ("seed", "patience", "precision", "batch_size")


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class Repeat:
    """One training of an experiment. Its name and what is in `VARIED` say which; a second one takes its line.

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
        batch_size: Pictures per step.
    """

    experiment: Text
    seed: Whole
    patience: Whole
    epochs_run: Whole
    best_epoch: Whole
    loss: Number
    val_loss: Number
    test_mse: Number
    trained_with: Text
    precision: Precision
    batch_size: Whole


_LINE = TypeAdapter(Repeat)


def line_of(checkpoint: Checkpoint) -> Repeat:
    """The training that a checkpoint is of, as its manifest tells it."""
    experiment, manifest = checkpoint.experiment, checkpoint.manifest
    return Repeat(
        experiment.name,
        experiment.seed,
        experiment.patience,
        manifest["epochs_run"],
        manifest["best_epoch"],
        manifest["loss"],
        manifest["val_loss"],
        manifest["test_mse"]["keras"],
        versions(manifest["trained_with"]),
        experiment.precision,
        experiment.batch_size,
    )


def versions(trained_with: dict[str, str]) -> str:
    """`keras 3.15.1, jax 0.10.2`."""
    return ", ".join(f"{name} {version}" for name, version in trained_with.items())


def find(repeats: Iterable[Repeat], experiment: Experiment) -> Repeat | None:
    """The line of just this training, if there is one."""
    return next((one for one in repeats if one.seed == experiment.seed and _is_of(one, experiment)), None)


def seeds_of(repeats: Iterable[Repeat], checkpoint: Checkpoint) -> list[Repeat]:
    """All trainings of just the checkpoint's protocol, the shipped one included: one a seed, in ascending order."""
    found = {one.seed: one for one in repeats if _is_of(one, checkpoint.experiment)}
    return [line for _, line in sorted((found | {checkpoint.experiment.seed: line_of(checkpoint)}).items())]


def _is_of(one: Repeat, experiment: Experiment) -> bool:
    """Whether a line is of an experiment, whatever its seed: all that it says is equal, and it ended as that would."""
    equal = all(getattr(one, name) == getattr(experiment, name) for name in VARIED if name != "seed")
    stopped = one.epochs_run == experiment.epochs or one.epochs_run - one.best_epoch >= experiment.patience
    return one.experiment == experiment.name and equal and stopped and one.epochs_run <= experiment.epochs


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
    return {name for name in VARIED if getattr(one, name) != getattr(own, name)}


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
        if reader.fieldnames != [field.name for field in fields(Repeat)]:
            raise ValueError(f"other columns: {reader.fieldnames}")
        return [_LINE.validate_strings(row) for row in rows]
    except (OSError, ValueError, csv.Error) as error:
        raise CheckpointError(
            f"The scores of repeated trainings, {file.name}, are broken: restore them with "
            f"`git checkout -- checkpoints/{file.name}`."
        ) from error


def key_of(one: Repeat) -> tuple[str | int, ...]:
    """What tells one training from another: its experiment, and what is in `VARIED`."""
    return (one.experiment, *(getattr(one, name) for name in VARIED))
