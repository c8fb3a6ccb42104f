"""From any picture a person has to the one form that everything here works on.

A picture is a float32 array (64, 64, 3), RGB, in [0, 1]; a batch of them is (N, 64, 64, 3).
"""

import contextlib
import io
import re
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, TiffImagePlugin, UnidentifiedImageError

from dae_core.errors import UserError
from dae_core.pictures.arrays import Doubles, Floats

SIDE = 64
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MAX_BYTES = 10_000_000
MAX_PIXELS = 25_000_000
MAX_WEBP_PIXELS = 16_000_000  # Its decoder needs four times the memory.
MIN_SIDE = 16
MAX_PARTS = 100_000  # A file may be read so many times, or have so many tiles; a hostile one has millions of tiny ones.
MAX_SCANS = 100  # A progressive JPEG has about ten; each may be 40 bytes long, and costs a pass over all pixels.
BROKEN = "This picture is broken or cut short: download or save it again and try that."
TOO_LARGE = "This picture has {}, more than the limit of {} megapixels: make it smaller and try again."

# Some decoders ask for memory before they say how large a picture is: for them Pillow keeps the limit.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


class PictureError(UserError):
    """A file that cannot become a picture; the message is a sentence for the person who chose the file."""


def read_picture(file: Path | bytes) -> Floats:
    """A picture from an image file, or from the bytes of one.

    Returns:
        (64, 64, 3) float32 in [0, 1]; see `to_picture`.

    Raises:
        PictureError: Not a picture, truncated, or outside the limits on bytes, pixels and sides.
        OSError: The path cannot be read.
    """
    data = file.read_bytes() if isinstance(file, Path) else file
    if len(data) > MAX_BYTES:
        raise PictureError(
            f"This file has {len(data) / 1e6:.1f} MB, more than the limit of {MAX_BYTES // 10**6} MB: "
            "save a smaller copy of the picture and try that."
        )
    try:
        image = Image.open(_Impatient(data), formats=FORMATS)  # This reads the header only.
    except UnidentifiedImageError as error:
        raise PictureError("This file is not a picture: choose a JPEG, PNG, WebP, GIF, BMP or TIFF file.") from error
    except Image.DecompressionBombError as error:
        raise PictureError(TOO_LARGE.format("too many pixels", MAX_PIXELS // 10**6)) from error
    except Exception as error:  # Whatever a decoder makes of a stranger's bytes, the person gets a sentence.
        raise PictureError(BROKEN) from error
    width, height = image.size
    limit = MAX_WEBP_PIXELS if image.format == "WEBP" else MAX_PIXELS
    if width * height > limit:
        raise PictureError(TOO_LARGE.format(f"{width} x {height} pixels", limit // 10**6))
    if min(width, height) < MIN_SIDE:
        raise PictureError(
            f"This picture has {width} x {height} pixels: each side must have at least {MIN_SIDE}, choose a larger one."
        )
    try:
        if _exhausting(image, data):
            raise PictureError(BROKEN)
        return to_picture(image)
    except Exception as error:
        raise PictureError(BROKEN) from error


def to_picture(image: Image.Image) -> Floats:
    """The centre square of an image of any mode, upright, on white, resized to 64 x 64 with an antialiasing filter.

    Returns:
        (64, 64, 3) float32 in [0, 1].
    """
    image.draft("RGB", (4 * SIDE, 4 * SIDE))  # A JPEG decodes at a fraction of its size, many times faster.
    image.load()  # It fails here, if at all: a second attempt at a broken file may give black without a word.
    image = ImageOps.fit(_middle(_upright(image)), (SIDE, SIDE), Image.Resampling.LANCZOS)
    return np.asarray(image, np.float32) / np.float32(255)


class _Impatient(io.BytesIO):
    """The bytes of a file, for a decoder that may ask `MAX_PARTS` times."""

    reads = 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        if self.reads > MAX_PARTS:
            raise PictureError(BROKEN)
        return super().read(size)


def _exhausting(image: Image.Image, data: bytes) -> bool:
    """Whether a file would take minutes or gigabytes to decode, which no program writes by itself."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        tags = image.tag_v2
        tile = tags.get(TiffImagePlugin.TILEWIDTH, 0) * tags.get(TiffImagePlugin.TILELENGTH, 0)
        return tile > MAX_PIXELS or len(image.tile) > MAX_PARTS
    if image.format not in ("JPEG", "MPO"):
        return False
    # A scan begins with a marker, its length and its number of components. Nothing else in 10 MB looks so by chance.
    scans = re.findall(rb"\xff\xda\0(?:\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)", data)
    return len(scans) > MAX_SCANS


def _upright(image: Image.Image) -> Image.Image:
    with contextlib.suppress(Exception):  # A picture with broken metadata is still a picture.
        ImageOps.exif_transpose(image, in_place=True)
    return image


def _middle(image: Image.Image) -> Image.Image:
    """The square in the middle of an image and a margin, in RGB; of a large one at a fraction of its size.

    A large one is converted in bands, since every copy of all of it takes 100 MB, in floating point 400.
    """
    width, height = image.size
    side = min(image.size)
    white = _white(image)
    factor = side // (8 * SIDE)
    if factor < 2:
        left, top = max(0, width - 2 * side) // 2, max(0, height - 2 * side) // 2
        return _to_rgb(image.crop((left, top, width - left, height - top)), white)
    small = Image.new("RGB", (side // factor, side // factor))
    left, top = (width - factor * small.width) // 2, (height - factor * small.height) // 2
    for row in range(0, small.height, SIDE):
        rows = min(SIDE, small.height - row)
        box = (left, top + factor * row, left + factor * small.width, top + factor * (row + rows))
        small.paste(_to_rgb(image.crop(box), white).reduce(factor), (0, row))
    return small


def _to_rgb(image: Image.Image, white: float) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(np.rint(np.clip(_values(image) / white, 0, 1) * 255).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        opaque = Image.new("RGB", image.size, "white")
        opaque.paste(image, mask=image.getchannel("A"))
        return opaque
    return image.convert("RGB")


def _white(image: Image.Image) -> float:
    """What white is in greys of 16 or 32 bits, which Pillow's own conversion would cut off at 255; else 255."""
    if image.mode.startswith("I;16"):
        return 65535.0
    if not image.mode.startswith(("I", "F")):
        return 255.0
    # The file does not say what white is, so it is the end of the smallest usual range that holds the brightest pixel.
    rows = max(1, 10**6 // image.width)
    bands = (image.crop((0, top, image.width, min(top + rows, image.height))) for top in range(0, image.height, rows))
    brightest = max(_values(band).max() for band in bands)
    return min((top for top in (1.0, 255.0, 65535.0) if top >= brightest), default=brightest)


def _values(image: Image.Image) -> Doubles:
    """The greys of an image, (height, width) float64; nothing and infinity are black."""
    return np.nan_to_num(np.asarray(image, np.float64), posinf=0, neginf=0)
