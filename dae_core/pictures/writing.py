"""Pictures as files and addresses."""

import base64
import io
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dae_core.pictures.arrays import Floats


def as_bytes(picture: Floats) -> bytes:
    """A picture in [0, 1], a byte per value."""
    return _to_uint8(picture).tobytes()


def _to_uint8(picture: Floats) -> NDArray[np.uint8]:
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def to_image(picture: Floats, scale: int = 1) -> Image.Image:
    """An (H, W, 3) picture as an 8-bit image, each pixel a square of `scale` x `scale`."""
    image = Image.fromarray(_to_uint8(picture))
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)


SCALE = 6  # A pixel of the picture has so many of the screen; the browser would smooth what it enlarges.


def png(picture: Floats, scale: int = SCALE) -> bytes:
    """An (H, W, 3) picture in [0, 1] as a PNG file, every pixel a square."""
    file = io.BytesIO()
    to_image(picture, scale).save(file, "PNG", compress_level=1)  # It travels a few metres and is never kept.
    return file.getvalue()


def data_url(picture: Floats, scale: int = SCALE) -> str:
    """The PNG inside its own address: it comes with the page's other news, so no picture is ever missing or late."""
    return _data_url(picture.tobytes(), picture.shape, picture.dtype.str, scale)


@lru_cache(maxsize=256)  # Some 30 KB each; most of what a page shows anew was there before.
def _data_url(values: bytes, shape: tuple[int, ...], kind: str, scale: int) -> str:
    return "data:image/png;base64," + base64.b64encode(png(np.frombuffer(values, kind).reshape(shape), scale)).decode()


def sheet_url(pictures: Floats, columns: int) -> str:
    """Pictures (N, 64, 64, 3) in [0, 1] in the rows of one small WebP, inside its own address."""
    cells = np.pad(pictures, [(0, -len(pictures) % columns), (0, 0), (0, 0), (0, 0)])
    sheet = np.vstack([np.hstack(list(cells[start : start + columns])) for start in range(0, len(cells), columns)])
    file = io.BytesIO()
    # This is a fifth of a PNG, and thumbnails are only looked at.
    to_image(sheet, 1).save(file, "WEBP", quality=85, method=0)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()
