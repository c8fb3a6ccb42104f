"""What is fine and what is coarse in a picture, made visible."""

import cv2
import numpy as np

from dae_core.pictures.arrays import Doubles, Floats

# `spectrum` runs from black to white between these powers of ten, as the shipped faces do.
DARKEST, BRIGHTEST = -2.0, 4.0
NO_DETAIL = 0.0025  # Rounding to 8 bits alone leaves up to 0.002; the shipped faces have 0.04 and more.


def fine_detail(picture: Floats) -> Floats:
    """What a blur of one pixel takes away, four times enlarged, on grey; (H, W, 3) in [0, 1], like the picture."""
    shown: Floats = np.clip(0.5 + 4 * _detail(picture), 0, 1)
    return shown


def sharpness(picture: Floats, original: Floats) -> float:
    """How strong the fine detail of a picture is, right or wrong, as a part of the original's; both (H, W, 3).

    NaN where the original has none, as a wall or a sheet of paper: any noise would be thousands of percent of it.
    """
    own = _detail(original).std()
    return float(_detail(picture).std() / own) if own > NO_DETAIL else np.nan


def _detail(picture: Floats) -> Floats:
    return picture - cv2.GaussianBlur(picture, (0, 0), 1.0)


def power(picture: Floats) -> Doubles:
    """Power of each spatial frequency of the grey picture, the mean in the centre; (H, W, 3) -> (H, W).

    A Hann window keeps the picture's edges from drawing a cross.
    """
    grey = picture.mean(axis=-1)
    window = np.outer(np.hanning(grey.shape[0]), np.hanning(grey.shape[1]))
    return np.abs(np.fft.fftshift(np.fft.fft2((grey - grey.mean()) * window))) ** 2


def radial_power(picture: Floats) -> Doubles:
    """`power` by distance from the centre, the mean over each ring: (H / 2,), from one wave a picture to the finest."""
    found = power(picture)
    down, right = (np.arange(side) - side // 2 for side in found.shape)
    ring = np.rint(np.hypot(down[:, None], right)).astype(int).ravel()
    sums, sizes = np.bincount(ring, found.ravel()), np.bincount(ring)
    return (sums / sizes)[1 : found.shape[0] // 2 + 1]


def spectrum(picture: Floats) -> Floats:
    """`power` on a logarithmic scale from black to white, as a picture: (H, W, 3) in [0, 1].

    Coarse shapes are in the centre; a pattern that repeats every two pixels is at the edges, every four half-way.
    """
    scaled = (np.log10(power(picture) + 1e-12) - DARKEST) / (BRIGHTEST - DARKEST)
    return np.repeat(np.clip(scaled, 0, 1)[..., None], 3, axis=-1).astype(np.float32)


def grid(pictures: Floats) -> float:
    """How much a pattern that repeats every two pixels stands out: its power over that of its neighbours.

    Around 1, it does not; strided transposed convolutions leave more (Odena, Dumoulin and Olah, "Deconvolution and
    checkerboard artifacts", 2016), and repeated pixels leave less.

    Args:
        pictures: (N, H, W, 3) in [0, 1]; their powers are averaged.
    """
    mean = np.mean([power(picture) for picture in pictures], axis=0)
    # A line has a power for each frequency; the first one is that of two pixels.
    lines = [mean.mean(axis=axis) for axis in (0, 1)]
    return float(np.exp(np.mean([np.log(line[0] / line[[2, 3, -2, -3]].mean()) for line in lines])))
