"""Latents: a map of them, the way from one to another, and what is left when a part of one is switched off."""

import zipfile
from dataclasses import asdict, dataclass, fields
from io import BytesIO
from pathlib import Path

import numpy as np

from dae_core.checkpoints import CHECKPOINTS_FOLDER, Checkpoint, CheckpointError
from dae_core.pictures.arrays import Bytes, Doubles, Floats, Words
from dae_core.pictures.dataset import Split, as_float
from dae_core.serving.denoiser import Denoiser, load_denoiser

LATENTS_FILE = CHECKPOINTS_FOLDER / "latents.npz"
MAPPED = "bottleneck-1000"  # Its latents are mapped; it was trained on clean pictures.
BATCH = 82


@dataclass(frozen=True)
class LatentMap:
    """The two directions in which the latents of the training pictures differ most, and what lies where.

    Attributes:
        mean: (numbers,) float32, of all training pictures.
        components: (2, numbers) float32, the directions, each of length 1.
        explained: (2,), the part of the variance that each of them carries, in [0, 1].
        fitted_on: The number of training pictures.
        kinds: (K,) str, the classes: `cat` and `dog`, or what somebody prepared.
        means: (K, numbers) float32, the mean of each class among the training pictures.
        told_apart: The part of the test pictures that are nearest to the mean of their own class, in [0, 1].
        test_points: (N, 2) float32, where the test pictures lie, in the order of `dataset.load_split`.
        test_classes: (N,) str, the class of each.
        test_digest: The digest of the test pictures.
        encoder_sha256: Of the encoder that made the latents.
    """

    mean: Floats
    components: Floats
    explained: Floats
    fitted_on: int
    kinds: Words
    means: Floats
    told_apart: float
    test_points: Floats
    test_classes: Words
    test_digest: str
    encoder_sha256: str

    def project(self, latents: Floats) -> Floats:
        """Latents (..., numbers) -> points on the map (..., 2)."""
        return ((latents - self.mean) @ self.components.T).astype(np.float32)

    def lift(self, points: Floats) -> Floats:
        """Points (..., 2) of the map -> latents (..., numbers) float32 that are there and nowhere else off the mean."""
        return (self.mean + points @ self.components).astype(np.float32)


def principal_components(latents: Floats, count: int = 2) -> tuple[Doubles, Doubles, Doubles]:
    """Mean (numbers,), first directions (count, numbers) and their parts of the variance (count,) of (N, numbers)."""
    mean = latents.mean(axis=0, dtype=np.float64)
    centred = latents - mean
    # The covariance has the directions of the latents themselves, and is a tenth of their size.
    _, variances, directions = np.linalg.svd(centred.T @ centred)
    return mean, directions[:count], variances[:count] / variances.sum()


def make_map(checkpoint: Checkpoint, train_split: Split, test_split: Split) -> LatentMap:
    """Fits the map to the training pictures, and finds the test pictures on it.

    Raises:
        CheckpointError: A file of the checkpoint is not what the manifest says.
    """
    denoiser = load_denoiser(checkpoint)
    train, test = encode_all(denoiser, train_split.pictures), encode_all(denoiser, test_split.pictures)
    mean, components, explained = (part.astype(np.float32) for part in principal_components(train))
    kinds = np.array(train_split.class_names)
    means = np.stack([train[train_split.classes == kind].mean(axis=0) for kind in kinds])
    nearest = kinds[np.argmin([np.linalg.norm(test - mean_of_kind, axis=1) for mean_of_kind in means], axis=0)]
    return LatentMap(
        mean,
        components,
        explained,
        len(train),
        kinds,
        means,
        float((nearest == test_split.classes).mean()),
        ((test - mean) @ components.T).astype(np.float32),
        test_split.classes,
        test_split.digest,
        checkpoint.manifest["files"]["encoder.onnx"]["sha256"],
    )


def encode_all(denoiser: Denoiser, pictures: Bytes) -> Floats:
    """Pictures (N, 64, 64, 3) uint8 -> latents (N, numbers), in batches, for any number of pictures."""
    starts = range(0, len(pictures), BATCH)
    return np.concatenate([denoiser.encode(as_float(pictures[start : start + BATCH])) for start in starts])


def write_map(latent_map: LatentMap, file: Path = LATENTS_FILE) -> None:
    """Writes the map, 50 kB."""
    np.savez(file, **asdict(latent_map))


def load_map(checkpoint: Checkpoint, file: Path = LATENTS_FILE) -> LatentMap:
    """The map that `write_map` wrote.

    Raises:
        CheckpointError: The file is missing or broken, or was made with another encoder than the checkpoint's.
    """
    try:
        with np.load(BytesIO(file.read_bytes()), allow_pickle=False) as stored:  # NumPy leaves a broken file open.
            parts = {field.name: stored[field.name] for field in fields(LatentMap)}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise CheckpointError(_sentence(file, "is missing or broken: restore the file, or run")) from error
    latent_map = LatentMap(**{name: part if part.ndim else part.item() for name, part in parts.items()})
    if latent_map.encoder_sha256 != checkpoint.manifest["files"]["encoder.onnx"]["sha256"]:
        raise CheckpointError(_sentence(file, f"was made with another encoder than that of {checkpoint.name}: run"))
    return latent_map


def _sentence(file: Path, what: str) -> str:
    return f"The map of the latents, {file.name}, {what} `python train_models.py --latents`."


WAY = np.linspace(0, 1, 21)  # At these parts of a way, a picture is made.


def way_between(start: Floats, end: Floats) -> Floats:
    """The points at `WAY` of the straight line between two latents, or two pictures: (21, ...) float32."""
    part = WAY.astype(np.float32).reshape(-1, *[1] * start.ndim)
    return (1 - part) * start + part * end


def resting_value(latents: Floats) -> Floats:
    """What a number of a latent is when it says nothing.

    Args:
        latents: (N, numbers) or (N, 8, 8, channels), of any few pictures.

    Returns:
        float32 that broadcasts to one of them.
    """
    # A dense latent leaves batch normalization, so that zero is close to its mean over all training pictures; the mean
    # of nine pictures is further off (half of distortion-all switched off: test MSE 0.0190 with zero, 0.0211 with it).
    # The convolutional latent takes the maximum of four after its normalization, which shifts every channel; there,
    # the mean of a channel over nine pictures is known well enough (0.0274 with zero, 0.0225 with it).
    return latents.mean(axis=(0, 1, 2)) if latents.ndim == 4 else np.zeros(1, latents.dtype)


def switch_off(latent: Floats, part: float, seed: int, rest: Floats) -> Floats:
    """Sets a random part of a latent to `rest`; with the same seed, a larger part takes in the smaller one.

    Args:
        latent: Of any shape.
        part: In [0, 1].
        seed: Any integer >= 0.
        rest: What `resting_value` gave.

    Returns:
        A new array of the same shape and type.
    """
    order = np.random.default_rng(seed).permutation(latent.size).reshape(latent.shape)
    return np.where(order < round(part * latent.size), rest, latent).astype(latent.dtype)
