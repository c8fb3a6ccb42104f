"""Classical denoisers: what one would try before training a network, from OpenCV and scikit-image."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import skimage  # Its parts are imported when they are first used.

from dae_core.checkpoints import CHECKPOINTS_FOLDER, CheckpointError
from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import Corruption
from dae_core.pictures.arrays import Bytes, Flags, Floats
from dae_core.pictures.dataset import as_float

PARAMETERS_FILE = CHECKPOINTS_FOLDER / "baselines.json"

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Baseline:
    """A classical denoiser.

    Attributes:
        title: What to call it.
        denoise: Damaged picture (64, 64, 3) float32 in [0, 1], keyword arguments -> picture of the same shape.
        grid: The values of each argument that `choose_parameters` tries.
        has_help: Whether it is told where the squares are, which no other method here knows.
    """

    title: str
    denoise: Callable[..., Floats]
    grid: dict[str, tuple[float | str, ...]]
    has_help: bool = False


def median(picture: Floats, size: int) -> Floats:
    """The median of each channel in a square of `size` pixels a side."""
    return as_float(np.asarray(cv2.medianBlur(_to_bytes(picture), size), np.uint8))


def gaussian_blur(picture: Floats, sigma: float) -> Floats:
    """A weighted mean, `sigma` pixels wide."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)


def bilateral(picture: Floats, sigma_colour: float, sigma_space: float) -> Floats:
    """A Gaussian blur that leaves out neighbours of another colour (Tomasi and Manduchi, 1998)."""
    return np.asarray(cv2.bilateralFilter(picture, -1, sigma_colour, sigma_space), np.float32)


def non_local_means(picture: Floats, h: float, patch_size: int) -> Floats:
    """The mean of pixels whose surroundings look alike (Buades, Coll and Morel, 2005)."""
    return np.asarray(skimage.restoration.denoise_nl_means(picture, patch_size, 7, h, channel_axis=-1), np.float32)


def total_variation(picture: Floats, weight: float) -> Floats:
    """The picture with the least variation that is still near (Rudin, Osher and Fatemi, 1992; Chambolle, 2004)."""
    return np.asarray(skimage.restoration.denoise_tv_chambolle(picture, weight, channel_axis=-1), np.float32)


def wavelet(picture: Floats, sigma: float, wavelet: str) -> Floats:
    """Small wavelet coefficients set to zero, by BayesShrink (Chang, Yu and Vetterli, 2000)."""
    smooth = skimage.restoration.denoise_wavelet(
        picture, sigma, wavelet, convert2ycbcr=True, rescale_sigma=True, channel_axis=-1
    )
    return np.asarray(smooth, np.float32)


def inpainting(picture: Floats, mask: Flags, method: str) -> Floats:
    """The pixels of `mask`, (64, 64) bool, filled in from around them; the others stay as they are."""
    if method == "biharmonic":
        return skimage.restoration.inpaint_biharmonic(picture, mask, channel_axis=-1) if mask.any() else picture
    flag = {"Telea": cv2.INPAINT_TELEA, "Navier-Stokes": cv2.INPAINT_NS}[method]
    return as_float(np.asarray(cv2.inpaint(_to_bytes(picture), mask.astype(np.uint8), 3, flag), np.uint8))


BASELINES: dict[str, Baseline] = {
    "median": Baseline("Median", median, {"size": (3, 5, 7)}),
    "gaussian-blur": Baseline(
        "Gaussian blur", gaussian_blur, {"sigma": (0.3, 0.5, 0.7, 0.9, 1.2, 1.6, 2.0, 2.5, 3.0, 4.0)}
    ),
    "bilateral": Baseline(
        "Bilateral",
        bilateral,
        {"sigma_colour": (0.05, 0.1, 0.2, 0.4, 0.8, 1.6), "sigma_space": (0.7, 1.0, 1.5, 2.5, 4.0)},
    ),
    "non-local-means": Baseline(
        "Non-local means",
        non_local_means,
        {"h": (0.01, 0.02, 0.04, 0.06, 0.08, 0.12, 0.16, 0.24, 0.4), "patch_size": (3, 5)},
    ),
    "total-variation": Baseline(
        "Total variation", total_variation, {"weight": (0.005, 0.01, 0.03, 0.05, 0.08, 0.12, 0.16, 0.24, 0.4, 0.8)}
    ),
    "wavelet": Baseline(
        "Wavelet",
        wavelet,
        {"sigma": (0.01, 0.02, 0.05, 0.08, 0.12, 0.16, 0.24, 0.4), "wavelet": ("db1", "db2", "sym4")},
    ),
    "inpainting": Baseline(
        "Inpainting", inpainting, {"method": ("Telea", "Navier-Stokes", "biharmonic")}, has_help=True
    ),
}


def restore(name: str, picture: Floats, parameters: Parameters, corruption: Corruption, seed: int) -> Floats:
    """A damaged picture as a classical denoiser rebuilds it.

    Args:
        name: One of `BASELINES`.
        picture: (64, 64, 3) float32 in [0, 1], as `corrupt` gave it.
        parameters: The denoiser's arguments.
        corruption: What `corrupt` was asked for; only a denoiser with help looks at it, to know where the squares are.
        seed: The seed of the draw, for the same reason.

    Returns:
        (64, 64, 3) float32 in [0, 1].
    """
    baseline = BASELINES[name]
    if baseline.has_help:
        squares = corrupt(np.ones_like(picture), corruption.only("cutout"), seed)
        parameters = parameters | {"mask": squares[..., 0] == 0}
    return np.clip(baseline.denoise(picture, **parameters), 0, 1).astype(np.float32)


def load_parameters(file: Path = PARAMETERS_FILE) -> dict[str, dict[str, Parameters]]:
    """What `choose_parameters` found, by denoiser and kind of damage.

    Raises:
        CheckpointError: The file is missing or broken.
    """
    try:
        parameters = json.loads(file.read_text(encoding="utf-8"))
        return {name: dict(parameters[name]) for name in BASELINES}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"The parameters of the classical denoisers, {file.name}, are missing or broken: "
            "restore the file, or run `python train_models.py --evaluate`."
        ) from error


def _to_bytes(picture: Floats) -> Bytes:
    return np.rint(picture * 255).astype(np.uint8)
