"""The kinds of distortion and how strong they can be (report, section 3.1.3); what they do is in `apply`."""

import math
from dataclasses import dataclass, fields, replace
from itertools import combinations
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Kind:
    """A kind of distortion, as people meet it; what it does is in `distortions.apply`.

    Attributes:
        title: Its name.
        short: In one word.
        strength: What its strength is.
        form: How a strength is written, see `telling.placeholders.show`.
        bounds: The weakest and the strongest that the slider offers; 0 is off.
        preset: What networks are trained with, and where the slider begins.
    """

    title: str
    short: str
    strength: str
    form: str
    bounds: tuple[float, float]
    preset: float

    @property
    def noun(self) -> str:
        """Its name within a sentence."""
        return self.title if self.title.startswith("Gaussian") else self.title.lower()

    @property
    def strengths(self) -> tuple[float, ...]:
        """From off to strong, in steps that the slider has, too: all squares, or 21 parts of four fifths of the way."""
        strongest = self.bounds[1]
        if isinstance(strongest, int):
            return tuple(range(strongest + 1))
        return tuple(round(0.8 * strongest * step / 20, 2) for step in range(21))


GAUSSIAN, CUTOUT, SALT_PEPPER = "gaussian_noise", "cutout", "salt_and_pepper"


# The order is that of the controls. The report has three squares; it gives no strengths of its noises: these are ours.
KINDS = {
    GAUSSIAN: Kind(
        title="Gaussian noise",
        short="noise",
        strength="Standard deviation of the noise",
        form="standard deviation {:g}",
        bounds=(0.01, 0.5),
        preset=0.1,
    ),
    CUTOUT: Kind(
        title="Cutout",
        short="cutout",
        strength="Black squares",
        form="1 square|{:g} squares",
        bounds=(1, 10),
        preset=3,
    ),
    SALT_PEPPER: Kind(
        title="Salt and pepper",
        short="salt",
        strength="Part of the values replaced",
        form="{:.0%} of the values",
        bounds=(0.01, 0.5),
        preset=0.05,
    ),
}


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


# The order is that in which they are applied: cutout comes last, so that the squares stay black.
DISTORTIONS = tuple(field.name for field in fields(Corruption) if field.name in KINDS)


def preset(*names: str) -> Corruption:
    """The named distortions, each as strong as networks are trained with."""
    strengths: dict[str, Any] = {name: KINDS[name].preset for name in names}
    return Corruption(**strengths)


REPORT_CORRUPTION = preset("gaussian_noise", "salt_and_pepper", "cutout")


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


def differences(corruption: Corruption, trained: Corruption) -> dict[str, tuple[float, float]]:
    """Where the training of a network differed from what is asked of it.

    Returns:
        By the name of the distortion, the strength that is asked and the one that the network knows; 0 is off.
    """
    both = {name: (getattr(corruption, name), getattr(trained, name)) for name in DISTORTIONS}
    return {name: (asked, known) for name, (asked, known) in both.items() if asked != known}


# These are clean pictures, and the seven distortions of Table 2.
CORRUPTIONS: dict[str, Corruption] = {
    "+".join(names) or "clean": REPORT_CORRUPTION.only(*names)
    for count in range(len(REPORT_CORRUPTION.active) + 1)
    for names in combinations(REPORT_CORRUPTION.active, count)
}


ALL_DAMAGE = "+".join(REPORT_CORRUPTION.active)
