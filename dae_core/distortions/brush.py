"""Damage that somebody paints: which pixel bears what, as a string of one digit per pixel."""

from dataclasses import dataclass

import numpy as np

from dae_core.pictures.arrays import Floats
from dae_core.pictures.reading import SIDE

NOTHING = "0" * SIDE * SIDE


@dataclass(frozen=True)
class Colour:
    """What a brush leaves behind.

    Attributes:
        title: What it is called.
        rgb: Three values of 0 to 255; none where each pixel has its own, or nothing.
    """

    title: str
    rgb: tuple[int, int, int] | None = None


NOISE = "3"
COLOURS = {
    "1": Colour("Black", (0, 0, 0)),
    "2": Colour("White", (255, 255, 255)),
    "4": Colour("Red", (213, 94, 0)),
    "5": Colour("Blue", (0, 114, 178)),
    "6": Colour("Green", (0, 158, 115)),
    NOISE: Colour("Noise"),
    "0": Colour("Eraser"),
}


def brush_noise(seed: int) -> Floats:
    """What the noise brush uncovers: (64, 64, 3) float32 in [0, 1], each value by itself."""
    return np.random.default_rng(seed).random((SIDE, SIDE, 3), np.float32)


def paint(picture: Floats, strokes: str, seed: int) -> Floats:
    """The picture with what was painted on it.

    Args:
        picture: (64, 64, 3) float32 in [0, 1].
        strokes: 4096 digits, row by row, each one of `COLOURS`; 0 leaves a pixel. It comes from a browser: anything
            else leaves the whole picture as it is.
        seed: Of the noise.

    Returns:
        A new array of the same shape and range.
    """
    if len(strokes) != SIDE * SIDE or set(strokes) - set(COLOURS):
        return picture.copy()
    digits = np.array(list(strokes)).reshape(SIDE, SIDE)
    painted = picture.copy()
    for digit in set(strokes) - {"0"}:
        rgb, where = COLOURS[digit].rgb, digits == digit
        painted[where] = np.divide(rgb, 255, dtype=np.float32) if rgb else brush_noise(seed)[where]
    return painted
