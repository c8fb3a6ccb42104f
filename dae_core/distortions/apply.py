"""The report's three distortions (section 3.1.3), each with a strength, on Albumentations."""

import math
import threading
from dataclasses import dataclass, fields, replace
from typing import Any

import albumentations as A
import numpy as np

from dae_core.experiments import KINDS, Experiment


@dataclass(frozen=True)
class Corruption:
    """How strongly a picture is distorted; zero is off.

    Attributes:
        gaussian_noise: Standard deviation, as a fraction of the range of a pixel value.
        salt_and_pepper: Fraction of the channel values replaced, half of them by 0, half by 1, each channel by itself.
        cutout: Number of black squares; they may overlap.
        cutout_size: Their side in pixels.
    """

    gaussian_noise: float = 0.0
    salt_and_pepper: float = 0.0
    cutout: int = 0
    cutout_size: int = 12

    def only(self, *names: str) -> "Corruption":
        """The same with every distortion that is not named switched off."""
        return replace(self, **{name: 0 for name in DISTORTIONS if name not in names})

    @property
    def active(self) -> tuple[str, ...]:
        """Names of the distortions that are on, in the order in which they are applied."""
        return tuple(name for name in DISTORTIONS if getattr(self, name) > 0)


# In the order in which they are applied, so that the squares stay black.
DISTORTIONS = tuple(field.name for field in fields(Corruption) if field.name in KINDS)
DRAWS = 3  # Of each seed.


def preset(*names: str) -> Corruption:
    """The named distortions, each as strong as networks are trained with."""
    strengths: dict[str, Any] = {name: KINDS[name].preset for name in names}
    return Corruption(**strengths)


REPORT_CORRUPTION = preset("gaussian_noise", "salt_and_pepper", "cutout")


def training_corruption(experiment: Experiment) -> Corruption:
    """What an experiment was trained on, at the report's strength: that which its scores are about."""
    return preset(*experiment.trained_on)


@dataclass(frozen=True)
class AnyStrength:
    """Each of the named distortions on in half of the draws, at any strength from zero to twice the report's.

    One strength in eight is from all that the slider has instead, so that no position of it is new to a network.
    """

    names: tuple[str, ...]

    def draw(self, seed: int) -> Corruption:
        """One of them, the same for the same seed."""
        random = np.random.default_rng(seed)
        drawn: dict[str, Any] = {}
        for name in self.names:
            on, wide, part = random.random() < 0.5, random.random() < 1 / 8, random.random()
            strength = part * (KINDS[name].bounds[1] if wide else 2 * KINDS[name].preset)
            drawn[name] = on * (math.ceil(strength) if isinstance(KINDS[name].preset, int) else strength)
        return Corruption(**drawn)


def training_damage(experiment: Experiment) -> Corruption | AnyStrength:
    """What distorts an experiment's training and validation pictures."""
    return AnyStrength(experiment.trained_on) if experiment.blind else training_corruption(experiment)


class GaussianNoise(A.ImageOnlyTransform):
    """Additive noise; Albumentations' own GaussNoise knows 65,536 draws, and its first value is never noisy."""

    def __init__(self, std: float, p: float = 1.0):
        super().__init__(p=p)
        self.std = std

    def apply(self, img: np.ndarray, **params) -> np.ndarray:
        """Adds to an (H, W, C) float32 image in [0, 1], and clips."""
        noise = self.random_generator.standard_normal(img.shape, dtype=np.float32)
        return np.clip(img + np.float32(self.std) * noise, 0, 1)


class ChannelwiseSaltAndPepper(A.ImageOnlyTransform):
    """Black and white channel values; Albumentations' own SaltAndPepper hits the same pixels in every channel."""

    def __init__(self, amount: float, p: float = 1.0):
        super().__init__(p=p)
        self.amount = amount

    def apply(self, img: np.ndarray, **params) -> np.ndarray:
        """Replaces values of an (H, W, C) float32 image in [0, 1]."""
        draw = self.random_generator.random(img.shape, dtype=np.float32)
        pepper = draw < self.amount / 2
        salt = draw >= 1 - self.amount / 2
        return np.where(pepper, np.float32(0), np.where(salt, np.float32(1), img))


def corrupt(picture: np.ndarray, corruption: Corruption, seed: int) -> np.ndarray:
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
        # One seed would make equal draws, and so correlated noise, in every distortion.
        transform.set_random_seed(DRAWS * seed + KINDS[name].draw)
        result = transform(image=result)["image"]
    return result


def corrupt_batch(pictures: np.ndarray, corruption: Corruption | AnyStrength, seeds: np.ndarray) -> np.ndarray:
    """Each of the (N, 64, 64, 3) pictures distorted with its own seed."""
    drawn = [corruption.draw(int(seed)) if isinstance(corruption, AnyStrength) else corruption for seed in seeds]
    return np.stack([corrupt(*each) for each in zip(pictures, drawn, map(int, seeds), strict=True)])


_local = threading.local()  # A transform keeps its random state in itself, so no two threads may share one.


def _transform(name: str, corruption: Corruption) -> A.BasicTransform:
    """Building a transform takes longer than applying it, so each thread keeps its last one of each kind."""
    strength = (getattr(corruption, name), corruption.cutout_size)
    kept = _local.__dict__.setdefault("transforms", {})
    if name not in kept or kept[name][0] != strength:
        kept[name] = (strength, _build(name, corruption))
    return kept[name][1]


def _build(name: str, corruption: Corruption) -> A.BasicTransform:
    if name == "gaussian_noise":
        return GaussianNoise(corruption.gaussian_noise)
    if name == "salt_and_pepper":
        return ChannelwiseSaltAndPepper(corruption.salt_and_pepper)
    count, side = corruption.cutout, corruption.cutout_size
    return A.CoarseDropout((count, count), (side, side), (side, side), fill=0, p=1)


def differences(corruption: Corruption, trained: Corruption) -> list[str]:
    """How the training of a model differed from what is asked of it, as phrases; empty if it did not."""
    phrases = []
    for name in DISTORTIONS:
        asked, known = getattr(corruption, name), getattr(trained, name)
        noun = f"{name.replace('_', ' ')}".replace("gaussian", "Gaussian")
        if asked and not known:
            phrases.append(f"without {noun}")
        elif known and not asked:
            phrases.append(f"with {noun}")
        elif asked != known:
            phrases.append(f"with {noun} of {known:g} instead of {asked:g}")
    return phrases
