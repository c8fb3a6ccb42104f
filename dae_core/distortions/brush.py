"""Damage that somebody paints: which pixel bears what, as a string of one digit per pixel."""

import numpy as np

from dae_core.pictures.arrays import Floats
from dae_core.pictures.reading import SIDE

NOTHING = "0" * SIDE * SIDE
BLACK, WHITE, NOISE = "1", "2", "3"


def brush_noise(seed: int) -> Floats:
    """What the noise brush uncovers: (64, 64, 3) float32 in [0, 1], each value by itself."""
    return np.random.default_rng(seed).random((SIDE, SIDE, 3), np.float32)


def paint(picture: Floats, strokes: str, seed: int) -> Floats:
    """The picture with what was painted on it.

    Args:
        picture: (64, 64, 3) float32 in [0, 1].
        strokes: 4096 digits, row by row: 0 leaves a pixel, 1 makes it black, 2 white, 3 noise. It comes from a browser:
            anything else leaves the whole picture as it is.
        seed: Of the noise.

    Returns:
        A new array of the same shape and range.
    """
    if len(strokes) != SIDE * SIDE or set(strokes) - set("0123"):
        return picture.copy()
    digits = np.array(list(strokes)).reshape(SIDE, SIDE, 1)
    choices = [digits == BLACK, digits == WHITE, digits == NOISE]
    return np.select(choices, [np.float32(0), np.float32(1), brush_noise(seed)], picture).astype(np.float32)
