"""The checkpoint folder: write it, list it, verify it.

A checkpoint is a folder `checkpoints/<experiment>/` whose `manifest.json` says what was trained, how it went, and the
size and SHA-256 of every other file.
"""

import hashlib
import json
import math
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dae_core.errors import UserError
from dae_core.experiments import EXPERIMENTS, LOSS_TITLES, PRECISIONS, Experiment, ModelSpec

CHECKPOINTS_FOLDER = Path(__file__).parent.parent / "checkpoints"
HALVES = ("encoder.onnx", "decoder.onnx")
WHOLE = ("model.onnx",)  # Of a network that cannot be cut at a latent.


class CheckpointError(UserError):
    """A checkpoint that cannot be used; the message names it and says what is wrong."""


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint whose manifest could be read, whose files are there in full length, the small ones as published.

    Attributes:
        folder: Where it is.
        experiment: What was trained.
        manifest: The whole `manifest.json`.
    """

    folder: Path
    experiment: Experiment
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        return self.experiment.name

    @cached_property
    def version(self) -> str:
        """What changes when any of its files does, for whoever remembers something about it."""
        return hashlib.sha256(json.dumps([self.name, self.manifest["files"]]).encode()).hexdigest()

    @property
    def parameters(self) -> int:
        """How many numbers the network consists of: those that training found, and any that were set before it."""
        return self.manifest["parameters"]["trainable"] + self.manifest["parameters"].get("fixed", 0)

    @property
    def model_files(self) -> tuple[str, ...]:
        """Names of the files that are the network: its two halves, or all of it."""
        return HALVES if set(HALVES) <= set(self.manifest["files"]) else WHOLE

    @property
    def model_bytes(self) -> int:
        """Size of the model files on disk."""
        return sum(self.manifest["files"][file]["bytes"] for file in self.model_files)


def open_checkpoint(folder: Path) -> Checkpoint:
    """Reads a manifest and verifies the other files; of the networks, which take long, only the length.

    Raises:
        CheckpointError: The manifest is missing or broken, a file is missing, of another length or, if it is no
            network, of another content.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        experiment = experiment_from(manifest["experiment"])
        sizes = {file: facts["bytes"] for file, facts in manifest["files"].items()}
        checkpoint = Checkpoint(folder, experiment, manifest)
        if not set(checkpoint.model_files) <= set(sizes):
            raise KeyError("files")
        _use_what_is_shown(experiment, manifest)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as error:
        raise CheckpointError(_sentence(folder, "manifest.json", "is missing or cannot be read")) from error
    for file, size in sizes.items():
        try:
            found = (folder / file).stat().st_size
        except (OSError, ValueError) as error:  # ValueError: nothing can have such a name.
            raise CheckpointError(_sentence(folder, file, "is missing")) from error
        if found != size:
            raise CheckpointError(_sentence(folder, file, f"has {found:,} bytes instead of {size:,}"))
    for file in sizes.keys() - set(checkpoint.model_files):
        read_verified(checkpoint, file)
    return checkpoint


def _use_what_is_shown(experiment: Experiment, manifest: dict[str, Any]) -> None:
    """Fails here, where the error becomes a sentence, if any of what pages show of every checkpoint is no good."""
    files = manifest["files"]
    texts = (experiment.name, experiment.summary, experiment.optimizer, *manifest["trained_with"].values())
    wholes = [experiment.model.latent_size, experiment.batch_size, experiment.epochs, experiment.patience]
    wholes += [experiment.seed, manifest["parameters"]["trainable"], manifest["parameters"].get("fixed", 0)]
    wholes += [manifest["best_epoch"], manifest["epochs_run"]]
    numbers = [experiment.learning_rate, experiment.learning_rate_decay, manifest["training_seconds"]]
    numbers += [manifest["loss"], manifest["val_loss"], manifest["test_mse"]["keras"], manifest["test_mse"]["onnx"]]
    if not (
        all(isinstance(text, str) and text.isprintable() for text in texts)
        and all(type(whole) is int and whole >= 0 for whole in (*wholes, *(facts["bytes"] for facts in files.values())))
        and all(type(number) in (int, float) and math.isfinite(number) for number in numbers)
        and all(re.fullmatch("[0-9a-f]{64}", facts["sha256"]) for facts in files.values())
        and all(Path(file).name == file for file in files)
        and 1 <= manifest["best_epoch"] <= manifest["epochs_run"]
        and experiment.loss in LOSS_TITLES
        and experiment.precision in PRECISIONS
        and isinstance(experiment.blind, bool)
        and isinstance(experiment.self_ensemble, bool)
        and isinstance(manifest["data"], dict)
        and _are_seeds(manifest.get("seeds", [experiment.seed]), experiment.seed)
    ):
        raise ValueError("a value of another kind or size")


def _are_seeds(seeds: Any, shipped: int) -> bool:
    """Whether these can be the seeds that the shipped one was chosen from; older manifests name none."""
    return isinstance(seeds, list) and all(type(seed) is int and seed >= 0 for seed in seeds) and shipped in seeds


def read_verified(checkpoint: Checkpoint, file: str) -> bytes:
    """The content of one of a checkpoint's files, if it is what the manifest says.

    Raises:
        CheckpointError: The file is missing, or its SHA-256 is another one.
    """
    if file not in checkpoint.manifest["files"]:
        raise CheckpointError(
            f"The checkpoint {checkpoint.name} has no {file}: "
            f"run `python train_models.py --evaluate {checkpoint.name}`."
        )
    try:
        content = (checkpoint.folder / file).read_bytes()
    except OSError as error:
        raise CheckpointError(_sentence(checkpoint.folder, file, "cannot be read")) from error
    if hashlib.sha256(content).hexdigest() != checkpoint.manifest["files"][file]["sha256"]:
        raise CheckpointError(_sentence(checkpoint.folder, file, "is not the file that was published"))
    return content


def list_checkpoints(root: Path = CHECKPOINTS_FOLDER) -> tuple[dict[str, Checkpoint], list[str]]:
    """The usable checkpoints by name, in the order of `EXPERIMENTS`, others last; and a sentence per broken one."""
    usable, broken = {}, []
    for folder in sorted(root.glob("[!.]*/"), key=lambda folder: _rank(folder.name)):
        try:
            usable[folder.name] = open_checkpoint(folder)
        except CheckpointError as error:
            broken.append(str(error))
    return usable, broken


def write_checkpoint(folder: Path, source: Path, files: Iterable[str], manifest: dict[str, Any]) -> Checkpoint:
    """Makes a checkpoint of files in `source`, in place of an older one of that name.

    The folder appears only when it is complete: it is filled under another name and renamed.

    Args:
        folder: The checkpoint to make.
        source: A folder on the same file system; it becomes the checkpoint.
        files: The names of the files in it that belong to the checkpoint.
        manifest: Everything but the entry `files`, which is made here.
    """
    facts = {}
    for file in files:
        content = (source / file).read_bytes()
        facts[file] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (source / "manifest.json").write_text(json.dumps(manifest | {"files": facts}, indent=2) + "\n", encoding="utf-8")
    open_checkpoint(source)
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    source.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return open_checkpoint(folder)


def note(checkpoint: Checkpoint, **entries: Any) -> Checkpoint:
    """The same checkpoint with entries added to its manifest, or changed; a kill leaves the one or the other."""
    manifest = checkpoint.manifest | entries
    if manifest == checkpoint.manifest:
        return checkpoint
    partial = checkpoint.folder / "manifest.partial"
    partial.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    partial.replace(checkpoint.folder / "manifest.json")
    return open_checkpoint(checkpoint.folder)


def experiment_from(fields: dict[str, Any]) -> Experiment:
    """The experiment that `dataclasses.asdict` and JSON made these fields of."""
    return Experiment(**fields | {"model": ModelSpec(**fields["model"]), "trained_on": tuple(fields["trained_on"])})


def _rank(name: str) -> tuple[int, str]:
    names = [experiment.name for experiment in EXPERIMENTS]
    return (names.index(name) if name in names else len(names), name)


def _sentence(folder: Path, file: str, what: str) -> str:
    return (
        f"The checkpoint {folder.name} is unavailable: its {file} {what}. "
        f"Restore it with `git checkout -- checkpoints/{folder.name}`, or train it again."
    )
