"""From an experiment to its line in `repeats.csv` and, if no other seed does better, to its checkpoint."""

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dae_core.checkpoints import Checkpoint, CheckpointError, list_checkpoints, note, open_checkpoint
from dae_core.errors import UserError
from dae_core.experiments import EXPERIMENTS, Experiment
from dae_core.pictures.dataset import Split, samples_as_split
from dae_core.scores.repeats import REPEATS_FILE, Repeat, find, line_of, read_repeats, seeds_of, versions
from dae_core.training.history import History, best_epoch
from dae_core.training.lines import add_line
from dae_core.training.locks import alone, discard, label, state_folder, tag

if TYPE_CHECKING:  # It imports Keras and its backend, ten seconds that --list and --help need not wait for.
    from dae_core.training.run import TrainingRun

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow reads it when it is imported, wherever that will be.
REPLACES = "replaces"  # This file in the state of a training begun with --force says which checkpoint it is to replace.


def shipped(root: Path, experiment: Experiment) -> Checkpoint | None:
    """The checkpoint of an experiment, of whatever seed, if there is one that can be used."""
    try:
        return open_checkpoint(root / experiment.name)
    except CheckpointError:
        return None


def trained(root: Path, experiment: Experiment) -> Checkpoint | None:
    """The experiment's checkpoint, if this training, with its seed, is done and published as far as it deserves.

    A training is to be done once more if its line says that it should be the checkpoint, and it is not: its weights
    are lost.
    """
    checkpoint = shipped(root, experiment)
    if checkpoint is None or state_folder(root, experiment).exists():
        return None
    line = find(read_repeats(root / REPEATS_FILE.name), experiment)
    done = checkpoint.experiment == experiment or (line and not is_better(experiment, line.val_loss, checkpoint))
    return checkpoint if done else None


def is_better(experiment: Experiment, val_loss: float, checkpoint: Checkpoint | None) -> bool:
    """Whether a training should be the checkpoint in place of the one that is there.

    Of the same experiment with another seed, the one with the lower validation MSE is. Other trainings cannot be
    compared: of those, the one is that is closer to the experiment as it is defined.
    """
    if checkpoint is None:
        return True
    if replace(experiment, seed=checkpoint.experiment.seed) == checkpoint.experiment:
        return bool(val_loss < checkpoint.manifest["val_loss"])
    return closeness(experiment) > closeness(checkpoint.experiment)


def closeness(experiment: Experiment) -> int:
    """2 if an experiment is one of `EXPERIMENTS` up to its seed, 1 if up to seed and precision, else 0."""
    own = next((one for one in EXPERIMENTS if one.name == experiment.name), None)
    if own is None or replace(experiment, seed=own.seed, precision=own.precision) != own:
        return 0
    return 1 + (experiment.precision == own.precision)


def start_over(root: Path, experiment: Experiment) -> None:
    """Throws an unfinished training away, and notes that the checkpoint that is there now is to be replaced.

    Raises:
        BusyError: Another process does this training.
    """
    with alone(root, tag(experiment)):
        state = state_folder(root, experiment)
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir(parents=True)
        (state / REPLACES).write_text(_fingerprint(shipped(root, experiment)), encoding="utf-8")


def _fingerprint(checkpoint: Checkpoint | None) -> str:
    return checkpoint.version if checkpoint else "none"


def publish(experiment: Experiment, splits: Sequence[Split], root: Path, wait_for_others: bool = False) -> Checkpoint:
    """Trains an experiment with its seed, or goes on where that was cut off; then see `ship`.

    Args:
        experiment: What to train.
        splits: The pictures to train on, to validate with and to test with.
        root: The folder of the checkpoints; the state of the training is in there until it is published.
        wait_for_others: Whether to wait while another process does the same training; what it finishes is returned.

    Raises:
        BusyError: Another process does the same training.
        UserError: It cannot be trained or exported; what was trained is kept.
    """
    train_split, val_split, test_split = splits
    with alone(root, tag(experiment), wait_for_others):
        if checkpoint := trained(root, experiment):
            return checkpoint
        state = state_folder(root, experiment)
        replaces = (state / REPLACES).read_text(encoding="utf-8") if (state / REPLACES).exists() else ""
        if not replaces:
            refuse_other_data(root, {"val": val_split, "test": test_split})
        from dae_core.training.run import train

        run = train(experiment, train_split, val_split, state)
        try:
            checkpoint = ship(experiment, run, val_split, test_split, root, replaces)
        except OSError as error:
            raise UserError(
                f"The checkpoint of {experiment.name} could not be written ({error}). The training is done and safe: "
                "make room, then run the same command."
            ) from error
        discard(state)
        return checkpoint


def refuse_other_data(root: Path, splits: Mapping[str, Split]) -> None:
    """Makes sure that what is measured with these pictures can stand beside the checkpoints of a folder.

    Args:
        root: The folder.
        splits: The pictures, by the names of the splits.

    Raises:
        UserError: A checkpoint was chosen and measured with others.
    """
    digests = {name: split.digest for name, split in splits.items()}
    for checkpoint in list_checkpoints(root)[0].values():
        if not digests.items() <= checkpoint.manifest["data"].items():
            raise UserError(
                f"The checkpoint {checkpoint.name} was measured on other pictures than those of --data, so nothing can "
                "be compared with it: choose another folder with --checkpoints, or train it anew with --force."
            )


def ship(
    experiment: Experiment,
    run: "TrainingRun",
    val_split: Split,
    test_split: Split,
    root: Path,
    replaces: str = "",
) -> Checkpoint:
    """Measures a finished training, adds its line to `repeats.csv`, and makes it the checkpoint if it is the best.

    A kill at any point leaves what a second call completes.

    Args:
        experiment: What was trained.
        run: What training left.
        val_split: The pictures that it was validated with.
        test_split: The pictures that the scores are about.
        root: The folder of the checkpoints.
        replaces: What `start_over` noted of the checkpoint to be replaced even by a worse one, if it is still there.

    Returns:
        The checkpoint of the experiment, new or as it was.
    """
    from dae_core.training.export import export

    line = measured(experiment, run, test_split)
    with alone(root, experiment.name, wait=True):  # Other seeds may end now, too.
        checkpoint = shipped(root, experiment)
        if checkpoint and not find(read_repeats(root / REPEATS_FILE.name), checkpoint.experiment):
            add_line(root, line_of(checkpoint))  # It may be from before every training had a line.
        add_line(root, line)
        forced = replaces == _fingerprint(checkpoint)
        if checkpoint is None or forced or is_better(experiment, line.val_loss, checkpoint):
            checkpoint = export(experiment, run, val_split, test_split, root / experiment.name, line.test_mse)
        return note_seeds(root, checkpoint)


def note_seeds(root: Path, checkpoint: Checkpoint) -> Checkpoint:
    """Writes into the manifest, as `seeds`, out of which seeds a checkpoint was chosen."""
    others = seeds_of(read_repeats(root / REPEATS_FILE.name), checkpoint)
    # After --force, another seed may have been better.
    return note(checkpoint, seeds=[one.seed for one in others if one.val_loss >= checkpoint.manifest["val_loss"]])


def measured(experiment: Experiment, run: "TrainingRun", test_split: Split) -> Repeat:
    """The line of a finished training; its test MSE is that of the Keras model."""
    from dae_core.training.export import keras_mse

    return line_for(experiment, run.history, run.trained_with, keras_mse(experiment, run.model, test_split))


def line_for(experiment: Experiment, history: History, trained_with: dict[str, str], test_mse: float) -> Repeat:
    """The line of a training of which all this is known."""
    best = best_epoch(history)
    return Repeat(
        experiment.name,
        experiment.seed,
        experiment.patience,
        len(history),
        best,
        history[best - 1]["loss"],
        history[best - 1]["val_loss"],
        test_mse,
        versions(trained_with),
        experiment.precision,
        experiment.batch_size,
    )


def repeat(experiment: Experiment, splits: Sequence[Split], root: Path) -> Repeat:
    """Trains a variation of an experiment for its scores, or goes on where that was cut off; its line is the result.

    Args:
        experiment: What to train, with the other patience or precision.
        splits: The pictures to train on, to validate with and to test with.
        root: The folder that `repeats.csv` is in.

    Raises:
        BusyError: Another process does.
        UserError: It cannot be trained; what was trained is kept.
    """
    train_split, val_split, test_split = splits
    with alone(root, tag(experiment)):
        if done := find(read_repeats(root / REPEATS_FILE.name), experiment):
            return done
        refuse_other_data(root, {"val": val_split, "test": test_split})
        from dae_core.training.run import train

        state = state_folder(root, experiment)
        line = measured(experiment, train(experiment, train_split, val_split, state), test_split)
        add_line(root, line)
        discard(state)
        return line


def in_words(experiment: Experiment, checkpoint: Checkpoint) -> str:
    """What became of a training, given the checkpoint that its experiment has now."""
    if checkpoint.experiment == experiment:
        return f"{checkpoint.model_bytes / 1e6:.1f} MB, test MSE {checkpoint.manifest['test_mse']['onnx']:.5f}"
    own = checkpoint.experiment
    why = "does better" if replace(experiment, seed=own.seed) == own else "differs in more than the seed"
    kept = f"that of seed {own.seed} in {own.precision}"
    return f"a line in {REPEATS_FILE.name}; the checkpoint stays {kept}, which {why}"


def smoke(experiments: Sequence[Experiment]) -> None:
    """One epoch each on the shipped pictures, in a folder that is removed."""
    with tempfile.TemporaryDirectory() as folder:
        samples = samples_as_split()
        for experiment in experiments:
            checkpoint = publish(replace(experiment, epochs=1), (samples, samples, samples), Path(folder))
            print(f"{label(experiment)}: {in_words(checkpoint.experiment, checkpoint)}")
    print("The smoke test passed; its folder is gone again.")
