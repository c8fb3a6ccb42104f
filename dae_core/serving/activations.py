"""Activations and latents as pictures."""

from math import ceil, isqrt

import numpy as np

from dae_core.pictures.arrays import Floats

GAP = (0.36, 0.46, 0.56)  # Slate is no value of either scale; it lies between channels, and where a grid is not full.
LOW, MIDDLE, HIGH = (0.835, 0.369, 0.0), (0.96, 0.96, 0.96), (0.0, 0.447, 0.698)  # They are vermilion, white and blue.


def channels(activation: Floats) -> Floats:
    """(H, W, C) -> (C, H, W); plain numbers (N,) -> (1, side, side), line by line, filled up with NaN."""
    if activation.ndim == 3:
        return np.moveaxis(activation, -1, 0)
    side = _side(len(activation))
    grid = np.full(side * side, np.nan, np.float32)
    grid[: len(activation)] = activation
    return grid.reshape(1, side, side)


def stretch(maps: Floats) -> Floats:
    """(pictures, C, H, W) -> the same with each channel in [0, 1] over all of the pictures; a constant one is 0."""
    low, high = (extreme(maps, axis=(0, 2, 3), keepdims=True) for extreme in (np.nanmin, np.nanmax))
    stretched: Floats = (maps - low) / np.where(high > low, high - low, 1)
    return stretched


def sheet(maps: Floats) -> Floats:
    """(C, H, W) -> one (height, width), all channels in a near-square grid, a line of NaN between them."""
    count, height, width = maps.shape
    columns = _side(count)
    rows = ceil(count / columns)
    cells = np.full((rows * columns, height + 1, width + 1), np.nan, np.float32)
    cells[:count, :-1, :-1] = maps
    grid = cells.reshape(rows, columns, height + 1, width + 1).transpose(0, 2, 1, 3)
    return grid.reshape(rows * (height + 1), columns * (width + 1))[:-1, :-1]


def grey(values: Floats) -> Floats:
    """(H, W) in [0, 1] -> a picture (H, W, 3), 0 black, 1 white, NaN slate."""
    return _colour(values, (0, 1), ((0, 0, 0), (1, 1, 1)))


def diverging(values: Floats, limit: float) -> Floats:
    """(H, W) -> a picture (H, W, 3): zero white, `limit` and above blue, `-limit` and below vermilion, NaN slate."""
    return _colour(values, (-limit, 0, limit), (LOW, MIDDLE, HIGH))


def _colour(values: Floats, stops: tuple[float, ...], colours: tuple[tuple[float, ...], ...]) -> Floats:
    bands = [np.interp(values, stops, band) for band in zip(*colours, strict=True)]
    return np.where(np.isnan(values)[..., None], GAP, np.stack(bands, axis=-1)).astype(np.float32)


def _side(count: int) -> int:
    """Of the smallest square that holds so many."""
    return isqrt(count - 1) + 1
