"""Finished trainings in folders of their own, which can travel: left on one machine, published on another.

Each is a folder `<experiment>@<seed>-<precision>/` with `run.json`, `best.npz`, `history.csv` and `replay.npy`.
Weights are large: where `run.json` says as `test_mse` what they measure, those of all but the best seed may be missing.
"""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from dae_core.checkpoints import Checkpoint, experiment_from
from dae_core.errors import UserError
from dae_core.experiments import Experiment
from dae_core.pictures.dataset import Split
from dae_core.scores.repeats import REPEATS_FILE, Repeat, find, read_repeats
from dae_core.training.history import best_epoch, finished, read_history
from dae_core.training.lines import add_line
from dae_core.training.locks import alone, label, tag
from dae_core.training.publish import (
    closeness,
    in_words,
    is_better,
    line_for,
    note_seeds,
    refuse_other_data,
    ship,
    shipped,
)


def leave(experiment: Experiment, state: Path, root: Path, half: bool = False, test_mse: float | None = None) -> Path:
    """Makes the folder of a finished training from the last state of it; it appears only when it is complete.

    Args:
        experiment: What was trained.
        state: The folder that `train` was given.
        root: The folder to make it in.
        half: Whether to store the weights in 16 bits, half as large; `run.json` says so.
        test_mse: What they measure, if that is known.
    """
    last = max(state.glob("epoch-[0-9]*"))
    partial, folder = root / f".{tag(experiment)}", root / tag(experiment)
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for file in ("best.npz", "history.csv", "replay.npy"):
        shutil.copy(last / file, partial)
    run = json.loads((state / "run.json").read_text(encoding="utf-8"))
    if half:
        with np.load(last / "best.npz") as best:
            np.savez(partial / "best.npz", *(weights.astype(np.float16) for weights in best.values()))
        run["weights"] = "float16"
    if test_mse is not None:
        run["test_mse"] = test_mse
    (partial / "run.json").write_text(json.dumps(run, indent=2), encoding="utf-8")
    partial.rename(folder)
    return folder


def keep_best_weights(experiment: Experiment, root: Path) -> None:
    """Removes the weights of all finished seeds of an experiment but the best, where it is known what they measured."""
    with alone(root, experiment.name, wait=True):  # Other seeds may end now, too.
        seeds = root.glob(f"{experiment.name}@*-{experiment.precision}")
        losses = {folder: min(row["val_loss"] for row in read_history(folder / "history.csv")) for folder in seeds}
        for folder in losses.keys() - {min(losses, key=losses.__getitem__)}:
            if "test_mse" in json.loads((folder / "run.json").read_text(encoding="utf-8")):
                (folder / "best.npz").unlink(missing_ok=True)


def publish_finished(folder: Path, splits: Sequence[Split], root: Path) -> list[str]:
    """Publishes all finished trainings in a folder, see `ship`, and prints what became of each; it leaves them there.

    Args:
        folder: A folder `<experiment>@<seed>-<precision>` for each, with what `side_by_side` leaves.
        splits: The pictures that they were trained on and validated with, and those to test with.
        root: The folder of the checkpoints.

    Returns:
        A sentence for each training that was not published.
    """
    found: list[tuple[Experiment, float, Path]] = []
    failures = []
    for file in sorted(folder.glob("[!.]*/run.json")):
        try:
            found.append(check_finished(file.parent, splits))
        except UserError as error:
            failures.append(str(error))
    if not found and not failures:
        raise UserError(f"There is no finished training in {folder}: each is a folder with a run.json in it.")
    # The best seeds come first, so that none is exported to be replaced at once.
    for experiment, val_loss, one in sorted(found, key=lambda each: (-closeness(each[0]), each[1])):
        try:
            checkpoint = _publish_one(experiment, val_loss, one, splits, root)
            print(f"{label(experiment)}, validation MSE {val_loss:.5f}: {in_words(experiment, checkpoint)}", flush=True)
        except (UserError, OSError) as error:
            failures.append(f"{one}: {error}")
    return failures


def check_finished(folder: Path, splits: Sequence[Split]) -> tuple[Experiment, float, Path]:
    """What was trained, its validation MSE, and the folder that it is in.

    Raises:
        UserError: It is not finished, or of another experiment or other pictures than those of today.
    """
    try:
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        experiment, digests = experiment_from(run["experiment"]), run["data"]
        history = read_history(folder / "history.csv")
        if not finished(history, experiment):
            raise UserError(f"{folder} is not finished: go on with the command that began it.")
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError(f"{folder} is not whole: copy it once more, or train it again.") from error
    if not closeness(experiment):
        raise UserError(
            f"{folder} is not of {experiment.name} as it is defined today, whatever the seed and the precision: "
            "train it again."
        )
    if digests != {"train": splits[0].digest, "val": splits[1].digest}:
        raise UserError(f"{folder} was trained on other pictures: give their folder with --data.")
    return experiment, history[best_epoch(history) - 1]["val_loss"], folder


def _publish_one(
    experiment: Experiment, val_loss: float, folder: Path, splits: Sequence[Split], root: Path
) -> Checkpoint:
    _, val_split, test_split = splits
    line, checkpoint = find(read_repeats(root / REPEATS_FILE.name), experiment), shipped(root, experiment)
    if line and line.val_loss != val_loss:
        raise UserError(
            f"{REPEATS_FILE.name} has a line of another training of {label(experiment)}: to publish this one instead, "
            "remove that line."
        )
    if line and checkpoint and not is_better(experiment, val_loss, checkpoint):
        return note_seeds(root, checkpoint)  # It was published before.
    refuse_other_data(root, {"val": val_split, "test": test_split})
    from dae_core.training.run import forget, read_run

    forget()
    try:
        known = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if "test_mse" in known and not (folder / "best.npz").exists():
            history = read_history(folder / "history.csv")
            line = line_for(experiment, history, known["trained_with"], float(known["test_mse"]))
            return _publish_line(experiment, line, checkpoint, root)
        run = read_run(experiment, known, folder)
    except (OSError, ValueError, TypeError, KeyError, EOFError, BadZipFile) as error:
        raise UserError("it is not whole: copy it once more, or train it again.") from error
    return ship(experiment, run, val_split, test_split, root)


def _publish_line(experiment: Experiment, line: Repeat, checkpoint: Checkpoint | None, root: Path) -> Checkpoint:
    if checkpoint is None or is_better(experiment, line.val_loss, checkpoint):
        raise UserError("its weights were left behind for those of a better seed: publish that one first.")
    add_line(root, line)
    return note_seeds(root, checkpoint)
