"""The checkpoint folder: write it, list it, verify it.

A checkpoint is a folder `checkpoints/<experiment>/` whose `manifest.json` says what was trained, how it went, and the
size and SHA-256 of every other file.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from dae_core.errors import UserError
from dae_core.experiments import EXPERIMENTS, Experiment, Number, Text, Whole

CHECKPOINTS_FOLDER = Path(os.environ.get("DAE_CHECKPOINTS", Path(__file__).parent.parent / "checkpoints"))
HALVES = ("encoder.onnx", "decoder.onnx")
WHOLE = ("model.onnx",)  # Such a network cannot be cut at a latent.
# The digest of the test pictures of the lab's own data, which its texts are about.
OUR_TEST_PICTURES = "8872cf1399368e6e1ee43eb71c83e222ab3422c4a8533feeecf40e0744921b95"


class CheckpointError(UserError):
    """A checkpoint that cannot be used; the message names it and says what is wrong."""


@dataclass(frozen=True)
class _File:
    bytes: Whole
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class _Parameters:
    trainable: Whole
    fixed: Whole = 0


@dataclass(frozen=True)
class _TestErrors:
    keras: Number
    onnx: Number


@dataclass(frozen=True)
class _Manifest:
    """What a `manifest.json` must say, since pages show it of every checkpoint; it may say more.

    Losses and errors are MSE of pictures in [0, 1]; a sampler's losses, of velocities. Older manifests do not name the
    seeds that theirs was chosen from.
    """

    experiment: Experiment
    parameters: _Parameters
    epochs_run: Whole
    best_epoch: Annotated[Whole, Field(ge=1)]
    loss: Number
    val_loss: Number
    test_mse: _TestErrors
    training_seconds: Number
    trained_with: dict[Text, Text]
    data: dict[str, Any]
    files: dict[Annotated[str, Field(pattern=r"^\w[\w.-]*$")], _File]
    seeds: list[Whole] | None = None

    def __post_init__(self) -> None:
        whole = any(set(files) <= self.files.keys() for files in (HALVES, WHOLE))
        chosen = self.seeds is None or self.experiment.seed in self.seeds
        if not (whole and chosen and self.best_epoch <= self.epochs_run):
            raise ValueError("a network, its seed or its best epoch is not among what there is")


_MANIFEST = TypeAdapter(_Manifest)


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
    def other_classes(self) -> tuple[str, ...]:
        """The classes that it was trained on, if those pictures were not the lab's own; else none."""
        names = self.manifest["data"].get("classes")
        ours = self.manifest["data"].get("test") == OUR_TEST_PICTURES or not isinstance(names, list)
        return () if ours else tuple(map(str, names))

    @property
    def parameters(self) -> int:
        """How many numbers the network consists of: those that training found, and any that were set before it."""
        parameters: dict[str, int] = self.manifest["parameters"]
        return parameters["trainable"] + parameters.get("fixed", 0)

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
        known = _MANIFEST.validate_python(manifest)
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(_sentence(folder, "manifest.json", "is missing or cannot be read")) from error
    for file, facts in known.files.items():
        try:
            found = (folder / file).stat().st_size
        except OSError as error:
            raise CheckpointError(_sentence(folder, file, "is missing")) from error
        if found != facts.bytes:
            raise CheckpointError(_sentence(folder, file, f"has {found:,} bytes instead of {facts.bytes:,}"))
    checkpoint = Checkpoint(folder, known.experiment, manifest)
    for file in known.files.keys() - set(checkpoint.model_files):
        read_verified(checkpoint, file)
    return checkpoint


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


def listing(folder: Path) -> str:
    """A line per experiment, trained or not, and a line per broken checkpoint."""
    trained, broken = list_checkpoints(folder)
    extra = [checkpoint.experiment for name, checkpoint in trained.items() if name not in {e.name for e in EXPERIMENTS}]
    lines = [f"{'experiment':32} {'size':>8} {'test MSE':>9}  what it is"]
    for experiment in (*EXPERIMENTS, *extra):
        size, score = "", "untrained"
        if checkpoint := trained.get(experiment.name):
            size = f"{checkpoint.model_bytes / 1e6:.1f} MB"
            score = f"{checkpoint.manifest['test_mse']['onnx']:.5f}"
        lines.append(f"{experiment.name:32} {size:>8} {score:>9}  {experiment.summary}")
    return "\n".join(lines + broken)


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
    """The experiment that `dataclasses.asdict` and JSON made these fields of.

    Raises:
        ValueError: They are of none; pydantic's error says which is not.
    """
    return TypeAdapter(Experiment).validate_python(fields)


def _rank(name: str) -> tuple[int, str]:
    names = [experiment.name for experiment in EXPERIMENTS]
    return (names.index(name) if name in names else len(names), name)


def _sentence(folder: Path, file: str, what: str) -> str:
    return (
        f"The checkpoint {folder.name} is unavailable: its {file} {what}. "
        f"Restore it with `git checkout -- checkpoints/{folder.name}`, or train it again."
    )
