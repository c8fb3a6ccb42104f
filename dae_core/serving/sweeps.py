"""One picture at every strength of a distortion, computed in one go."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import KINDS, Corruption
from dae_core.pictures.arrays import Floats
from dae_core.serving.denoiser import Denoiser


@dataclass(frozen=True)
class Sweep:
    """A picture at each of a distortion's `strengths`.

    Attributes:
        strengths: (N,) as in `Corruption`.
        distorted: (N, 64, 64, 3) float32 in [0, 1].
        reconstructed: The same shape and range.
    """

    strengths: tuple[float, ...]
    distorted: Floats
    reconstructed: Floats


def strength_sweep(denoiser: Denoiser, picture: Floats, corruption: Corruption, kind: str, seed: int) -> Sweep:
    """What becomes of a picture when one distortion grows and the others stay as they are.

    Args:
        denoiser: The network.
        picture: (64, 64, 3) float32 in [0, 1], undamaged.
        corruption: The other distortions.
        kind: The distortion that grows.
        seed: See `corrupt`; the same for all strengths, so that nothing but the strength changes.
    """
    strengths = KINDS[kind].strengths
    changes: list[dict[str, Any]] = [{kind: strength} for strength in strengths]
    distorted = np.stack([corrupt(picture, replace(corruption, **change), seed) for change in changes])
    return Sweep(strengths, distorted, denoiser.reconstruct(distorted))
