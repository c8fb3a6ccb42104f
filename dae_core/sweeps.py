"""One picture at every strength of a distortion, computed in one go."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dae_core.corruption import Corruption, corrupt
from dae_core.inference import Denoiser

# From off to far more than the networks were trained on; every value is one that the sliders have, too.
STRENGTHS: dict[str, tuple[Any, ...]] = {
    "gaussian_noise": tuple(round(0.02 * step, 2) for step in range(21)),
    "cutout": tuple(range(11)),
    "salt_and_pepper": tuple(round(0.02 * step, 2) for step in range(21)),
}


@dataclass(frozen=True)
class Sweep:
    """A picture at each of a distortion's `STRENGTHS`.

    Attributes:
        strengths: (N,) as in `Corruption`.
        distorted: (N, 64, 64, 3) float32 in [0, 1].
        reconstructed: The same shape and range.
    """

    strengths: tuple[Any, ...]
    distorted: np.ndarray
    reconstructed: np.ndarray


def strength_sweep(denoiser: Denoiser, picture: np.ndarray, corruption: Corruption, kind: str, seed: int) -> Sweep:
    """What becomes of a picture when one distortion grows and the others stay as they are.

    Args:
        denoiser: The network.
        picture: (64, 64, 3) float32 in [0, 1], undamaged.
        corruption: The other distortions.
        kind: The distortion that grows.
        seed: See `corrupt`; the same for all strengths, so that nothing but the strength changes.
    """
    changes: list[dict[str, Any]] = [{kind: strength} for strength in STRENGTHS[kind]]
    distorted = np.stack([corrupt(picture, replace(corruption, **change), seed) for change in changes])
    return Sweep(STRENGTHS[kind], distorted, denoiser.reconstruct(distorted))
