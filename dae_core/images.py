"""From any picture a person has to the one form that everything here works on.

A picture is a float32 array (64, 64, 3), RGB, in [0, 1]; a batch of them is (N, 64, 64, 3).
"""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from dae_core.errors import UserError

SIDE = 64
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MAX_BYTES = 10_000_000
MAX_PIXELS = 25_000_000
MIN_SIDE = 16
BROKEN = "This picture is broken or cut short: download or save it again and try that."

# read_picture() has a lower limit than Pillow, and a sentence for what is over it.
Image.MAX_IMAGE_PIXELS = None


class PictureError(UserError):
    """A file that cannot become a picture; the message is a sentence for the person who chose the file."""


def read_picture(file: Path | bytes) -> np.ndarray:
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
        image = Image.open(io.BytesIO(data), formats=FORMATS)  # Reads the header only.
    except UnidentifiedImageError as error:
        raise PictureError("This file is not a picture: choose a JPEG, PNG, WebP, GIF, BMP or TIFF file.") from error
    except Exception as error:  # Whatever a decoder makes of a stranger's bytes, the person gets a sentence.
        raise PictureError(BROKEN) from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise PictureError(
            f"This picture has {width} x {height} pixels, more than the limit of {MAX_PIXELS // 10**6} megapixels: "
            "make it smaller and try again."
        )
    if min(width, height) < MIN_SIDE:
        raise PictureError(
            f"This picture has {width} x {height} pixels: each side must have at least {MIN_SIDE}, choose a larger one."
        )
    try:
        return to_picture(image)
    except Exception as error:
        raise PictureError(BROKEN) from error


def to_picture(image: Image.Image) -> np.ndarray:
    """The centre square of an image of any mode, upright, on white, resized to 64 x 64 with an antialiasing filter.

    Returns:
        (64, 64, 3) float32 in [0, 1].
    """
    image.draft("RGB", (4 * SIDE, 4 * SIDE))  # A JPEG decodes at a fraction of its size, many times faster.
    image = _to_rgb(_upright(image))
    image = ImageOps.fit(image, (SIDE, SIDE), Image.Resampling.LANCZOS)
    return np.asarray(image, np.float32) / 255


def to_image(picture: np.ndarray, scale: int = 1) -> Image.Image:
    """An (H, W, 3) picture as an 8-bit image, each pixel a square of `scale` x `scale`."""
    image = Image.fromarray(np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8))
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # A picture with broken metadata is still a picture.
        return image


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        return _from_deep_grey(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        return white
    return image.convert("RGB")


def _from_deep_grey(image: Image.Image) -> Image.Image:
    """Greys of 16 or 32 bits, which Pillow's own conversion would cut off at 255."""
    values = np.nan_to_num(np.asarray(image, np.float64), posinf=0, neginf=0)
    if image.mode.startswith("I;16"):
        white = 65535.0
    else:  # The file does not say what white is: the smallest usual range that holds the brightest pixel.
        white = min((top for top in (1.0, 255.0, 65535.0) if top >= values.max()), default=values.max())
    return Image.fromarray(np.rint(np.clip(values / white, 0, 1) * 255).astype(np.uint8)).convert("RGB")
