"""The report's three distortions (section 3.1.3), each with a strength, on Albumentations."""

import hashlib
import threading

import albumentations
import numpy as np

from dae_core.distortions.strengths import CUTOUT, GAUSSIAN, SALT_PEPPER, AnyStrength, Corruption
from dae_core.pictures.arrays import Floats, Seeds

# The first three distortions share a seed's draws in this way for ever: every address that was ever shared shows them.
FIRST_DRAWS = {GAUSSIAN: 0, SALT_PEPPER: 1, CUTOUT: 2}


class GaussianNoise(albumentations.ImageOnlyTransform):  # type: ignore[misc]  # Albumentations has no types.
    """Additive noise; Albumentations' own GaussNoise knows 65,536 draws, and its first value is never noisy."""

    def __init__(self, std: float, p: float = 1.0):
        super().__init__(p=p)
        self.std = std

    def apply(self, img: Floats, **_: object) -> Floats:
        """Adds to an (H, W, C) float32 image in [0, 1], and clips."""
        noise = self.random_generator.standard_normal(img.shape, dtype=np.float32)
        noisy: Floats = np.clip(img + np.float32(self.std) * noise, 0, 1)
        return noisy


class ChannelwiseSaltAndPepper(albumentations.ImageOnlyTransform):  # type: ignore[misc]  # Albumentations has no types.
    """Black and white channel values; Albumentations' own SaltAndPepper hits the same pixels in every channel."""

    def __init__(self, amount: float, p: float = 1.0):
        super().__init__(p=p)
        self.amount = amount

    def apply(self, img: Floats, **_: object) -> Floats:
        """Replaces values of an (H, W, C) float32 image in [0, 1]."""
        draw = self.random_generator.random(img.shape, dtype=np.float32)
        pepper = draw < self.amount / 2
        salt = draw >= 1 - self.amount / 2
        return np.where(pepper, np.float32(0), np.where(salt, np.float32(1), img))


def corrupt(picture: Floats, corruption: Corruption, seed: int) -> Floats:
    """The distorted picture: a pure function of its arguments, so an address shows the same pixels anywhere.

    The draws of the three distortions do not depend on each other: switching one off leaves the others as they were.

    Args:
        picture: (H, W, 3) float32 in [0, 1].
        corruption: What to do to it.
        seed: Any integer >= 0.

    Returns:
        A new array of the same shape and type, clipped to [0, 1].
    """
    result = picture.copy()
    for name in corruption.active:
        transform = _transform(name, corruption)
        transform.set_random_seed(_seed(name, seed))
        result = transform(image=result)["image"]
    return result


def _seed(name: str, seed: int) -> int:
    """The seed of one distortion; with the same for all, they would make equal draws, and so correlated noise."""
    if name in FIRST_DRAWS:
        return len(FIRST_DRAWS) * seed + FIRST_DRAWS[name]
    return int.from_bytes(hashlib.sha256(f"{seed} {name}".encode()).digest()[:4])


def corrupt_batch(pictures: Floats, corruption: Corruption | AnyStrength, seeds: Seeds) -> Floats:
    """Each of the (N, 64, 64, 3) pictures distorted with its own seed."""
    drawn = [corruption.draw(int(seed)) if isinstance(corruption, AnyStrength) else corruption for seed in seeds]
    return np.stack([corrupt(*each) for each in zip(pictures, drawn, map(int, seeds), strict=True)])


_local = threading.local()  # A transform keeps its random state in itself, so no two threads may share one.


def _transform(name: str, corruption: Corruption) -> albumentations.BasicTransform:
    """Building a transform takes longer than applying it, so each thread keeps its last one of each kind."""
    strength = (getattr(corruption, name), corruption.cutout_size)
    kept = _local.__dict__.setdefault("transforms", {})
    if name not in kept or kept[name][0] != strength:
        kept[name] = (strength, _build(name, corruption))
    return kept[name][1]


def _build(name: str, corruption: Corruption) -> albumentations.BasicTransform:
    if name == "gaussian_noise":
        return GaussianNoise(corruption.gaussian_noise)
    if name == "salt_and_pepper":
        return ChannelwiseSaltAndPepper(corruption.salt_and_pepper)
    count, side = corruption.cutout, corruption.cutout_size
    return albumentations.CoarseDropout((count, count), (side, side), (side, side), fill=0, p=1)
