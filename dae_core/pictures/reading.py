"""From any picture a person has to the one form that everything here works on.

A picture is a float32 array (64, 64, 3), RGB, in [0, 1]; a batch of them is (N, 64, 64, 3).
"""

import contextlib
import io
import re
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps, JpegImagePlugin, TiffImagePlugin, UnidentifiedImageError

from dae_core.errors import UserError
from dae_core.pictures.arrays import Doubles, Floats

SIDE = 64
FORMATS = ("JPEG", "PNG", "HEIF", "AVIF", "WEBP", "GIF", "BMP", "TIFF")
MAX_BYTES = 40_000_000
MAX_PIXELS = 25_000_000
MAX_WEBP_PIXELS = 16_000_000  # Its decoder needs four times the memory.
MAX_JPEG_PIXELS = 200_000_000  # It is decoded at an eighth of its size, and a phone's largest have so many.
MAX_COEFFICIENTS = 200_000_000  # A JPEG in several scans is kept whole until the last one: so many bytes.
MIN_SIDE = 16
MAX_PARTS = 100_000  # A file may be read so many times, or have so many tiles; a hostile one has millions of tiny ones.
# A progressive JPEG has about ten scans. One of 40 bytes is a pass over all pixels, too.
MAX_PASSES = 100 * MAX_PIXELS
BROKEN = "This picture is broken or cut short: download or save it again and try that."
TOO_LARGE = "This picture has {}, more than the limit of {} megapixels: make it smaller and try again."

NO_PICTURE = (
    "This file is not a picture that can be read here: choose a JPEG, PNG, HEIC, AVIF, WebP, GIF, BMP or TIFF file, "
    "or take a screenshot of it and choose that."
)
# How HEIC and AVIF files begin: whoever has one that cannot be opened did not choose a wrong file.
PHONE_FILES = tuple(b"ftyp" + brand for brand in (b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"avis"))
SRGB = ImageCms.createProfile("sRGB")

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
        image = _open(data)
    except UnidentifiedImageError as error:
        raise PictureError(BROKEN if data[4:12] in PHONE_FILES else NO_PICTURE) from error
    except Image.DecompressionBombError as error:
        raise PictureError(TOO_LARGE.format("too many pixels", MAX_PIXELS // 10**6)) from error
    except Exception as error:  # Whatever a decoder makes of a stranger's bytes, the person gets a sentence.
        raise PictureError(BROKEN) from error
    width, height = image.size
    limit = _most_pixels(image, data)
    if width * height > limit:
        raise PictureError(TOO_LARGE.format(f"{width} × {height} pixels", limit // 10**6))
    if min(width, height) < MIN_SIDE:
        raise PictureError(
            f"This picture has {width} × {height} pixels. Each side must have at least {MIN_SIDE}: choose a larger one."
        )
    try:
        if _exhausting(image, data):
            raise PictureError(BROKEN)
        return to_picture(image)
    except Exception as error:
        raise PictureError(BROKEN) from error


def to_picture(image: Image.Image) -> Floats:
    """The centre square of an image of any mode: upright, on white, in sRGB, resized with an antialiasing filter.

    Returns:
        (64, 64, 3) float32 in [0, 1].
    """
    profile = image.info.get("icc_profile")
    image.draft("RGB", (4 * SIDE, 4 * SIDE))  # A JPEG decodes at a fraction of its size, many times faster.
    image.load()  # It fails here, if at all: a second attempt at a broken file may give black without a word.
    image = _in_srgb(_middle(_upright(image)), profile)
    image = ImageOps.fit(image, (SIDE, SIDE), Image.Resampling.LANCZOS)
    return np.asarray(image, np.float32) / np.float32(255)


class _Impatient(io.BytesIO):
    """The bytes of a file, for a decoder that may ask `MAX_PARTS` times."""

    reads = 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        if self.reads > MAX_PARTS:
            raise PictureError(BROKEN)
        return super().read(size)


def _open(data: bytes) -> Image.Image:
    """The image of a file, of which only the header has been read."""
    file = _Impatient(data)
    if data.startswith(b"\xff\xd8\xff"):
        return JpegImagePlugin.jpeg_factory(file)  # Not by `Image.open`, whose limit is that of the other formats.
    if data[4:8] != b"ftyp":
        return Image.open(file, formats=[form for form in FORMATS if form != "HEIF"])
    import pi_heif  # Only those who bring such a file wait for it, and Pillow knows its format only then.

    pi_heif.register_heif_opener(thumbnails=False)
    return Image.open(file, formats=FORMATS)


def _most_pixels(image: Image.Image, data: bytes) -> int:
    """How many pixels an image may have to be read within the limits on time and memory."""
    if image.format == "WEBP":
        return MAX_WEBP_PIXELS
    if not isinstance(image, JpegImagePlugin.JpegImageFile):
        return MAX_PIXELS
    first = next(iter(_scans(data)), b"")
    if not image.info.get("progressive") and first[4:5] == bytes([image.layers]):
        return MAX_JPEG_PIXELS
    samples = [horizontal * vertical for _, horizontal, vertical, _ in image.layer]
    return min(MAX_JPEG_PIXELS, MAX_COEFFICIENTS * max(samples) // (2 * sum(samples)))


def _exhausting(image: Image.Image, data: bytes) -> bool:
    """Whether a file would take minutes or gigabytes to decode, which no program writes by itself."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        tags = image.tag_v2
        tile = tags.get(TiffImagePlugin.TILEWIDTH, 0) * tags.get(TiffImagePlugin.TILELENGTH, 0)
        return tile > MAX_PIXELS or len(image.tile) > MAX_PARTS
    if not isinstance(image, JpegImagePlugin.JpegImageFile):
        return False
    return len(_scans(data)) * image.width * image.height > MAX_PASSES


def _scans(data: bytes) -> list[bytes]:
    """The beginnings of the scans of a JPEG: a marker, a length, and the number of components.

    Nothing else in a file looks so, but by chance.
    """
    return re.findall(rb"\xff\xda\0(?:\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)", data)


def _upright(image: Image.Image) -> Image.Image:
    with contextlib.suppress(Exception):  # A picture with broken metadata is still a picture.
        ImageOps.exif_transpose(image, in_place=True)
    return image


def _middle(image: Image.Image) -> Image.Image:
    """The square in the middle of an image and a margin, see `_flat`; of a large one at a fraction of its size.

    A large one is converted in bands, since every copy of all of it takes 100 MB, in floating point 400.
    """
    width, height = image.size
    side = min(image.size)
    white = _white(image)
    factor = side // (8 * SIDE)
    if factor < 2:
        left, top = max(0, width - 2 * side) // 2, max(0, height - 2 * side) // 2
        return _flat(image.crop((left, top, width - left, height - top)), white)
    size = side // factor
    left, top = (width - factor * size) // 2, (height - factor * size) // 2
    small = None
    for row in range(0, size, SIDE):
        rows = min(SIDE, size - row)
        box = (left, top + factor * row, left + factor * size, top + factor * (row + rows))
        band = _flat(image.crop(box), white).reduce(factor)
        small = small or Image.new(band.mode, (size, size))
        small.paste(band, (0, row))
    assert small is not None
    return small


def _flat(image: Image.Image, white: float) -> Image.Image:
    """An image in RGB, in CMYK or in greys of 8 bits, on white."""
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(np.rint(np.clip(_values(image) / white, 0, 1) * 255).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        opaque = Image.new("RGB", image.size, "white")
        opaque.paste(image, mask=image.getchannel("A"))
        return opaque
    return image if image.mode in ("RGB", "CMYK", "L") else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """An image in RGB, in the colours of its profile, as far as that can be used."""
    if profile:
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, own, SRGB, outputMode="RGB")
            assert converted is not None  # It is only None where the image itself is changed.
            return converted
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
