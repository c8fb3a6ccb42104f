"""What is no picture, is broken or too large is refused with a sentence."""

import struct

import numpy as np
import pytest
from PIL import Image

from dae_core.pictures.reading import PictureError, read_picture
from dae_core.pictures.writing import to_image
from tests.pictures.test_reading import FIELD, WRITTEN, colourful, encode, png_header


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"a text", b"\0" * 5000, b"GIF89a", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n"),
        *((FIELD / "drawing.svg").read_bytes(), b"\0\0\0\x20ftypisom" + bytes(100)),
    ],
)
def test_what_is_not_a_picture_is_refused(data):
    with pytest.raises(PictureError, match=r"^This file is not a picture that can be read here: choose a JPEG"):
        read_picture(data)


def test_other_formats_are_refused():
    with pytest.raises(PictureError, match="not a picture"):
        read_picture(encode(colourful(), "PPM"))


@pytest.mark.parametrize("form", WRITTEN)
def test_a_truncated_file_is_refused(form, picture):
    data = encode(to_image(picture), form)
    with pytest.raises(PictureError, match=r"^This picture is broken or cut short: .* try that\.$"):
        read_picture(data[: len(data) // 2])


def test_more_than_40_megabytes_are_refused():
    data = encode(colourful())
    read_picture(data.ljust(40_000_000, b"\0"))
    with pytest.raises(PictureError, match=r"^This file has 40\.0 MB, more than the limit of 40 MB: "):
        read_picture(data.ljust(40_000_001, b"\0"))


def test_a_jpeg_may_have_as_many_pixels_as_any_phone_gives_it(picture):
    large = to_image(picture).resize((8064, 6048), Image.Resampling.NEAREST)
    small = to_image(picture, 8).resize((672, 504), Image.Resampling.NEAREST)
    data = encode(large, "JPEG", quality=90)
    np.testing.assert_allclose(read_picture(data), read_picture(encode(small)), atol=0.05)
    with pytest.raises(PictureError, match=r"^This picture has 20000 × 10001 pixels, more than the limit of 200 mega"):
        read_picture(with_size(data, 20_000, 10_001))


@pytest.mark.parametrize(("subsampling", "megapixels"), [("4:4:4", 33), ("4:2:0", 66)])
def test_a_jpeg_that_comes_in_several_scans_may_have_fewer(subsampling, megapixels):
    """It has to be kept whole until the last scan: two bytes for each value."""
    data = encode(colourful(), "JPEG", progressive=True, subsampling=subsampling)
    with pytest.raises(PictureError, match=f"more than the limit of {megapixels} megapixels"):
        read_picture(with_size(data, 10_000, 100 * megapixels + 100))


def with_size(jpeg: bytes, width: int, height: int) -> bytes:
    """A JPEG whose header claims another size."""
    at = next(jpeg.index(marker) for marker in (b"\xff\xc0", b"\xff\xc2") if marker in jpeg)
    return jpeg[: at + 5] + struct.pack(">HH", height, width) + jpeg[at + 9 :]


@pytest.mark.filterwarnings("ignore:Image size:PIL.Image.DecompressionBombWarning")
def test_more_than_25_megapixels_are_refused_by_what_the_header_says():
    with pytest.raises(PictureError, match=r"^This picture has too many pixels, more than the limit of 25 mega"):
        read_picture(png_header(30_000, 30_000))
    with pytest.raises(PictureError, match=r"^This picture has 5001 × 5000 pixels, more than the limit of 25 mega"):
        read_picture(png_header(5001, 5000))


def test_25_megapixels_are_accepted():
    assert read_picture(encode(Image.new("1", (5000, 5000), 1))).min() == 1


def test_a_webp_picture_may_have_16():
    assert read_picture(encode(Image.new("RGB", (4000, 4000), "white"), "WEBP", lossless=True)).min() == 1
    with pytest.raises(PictureError, match=r"^This picture has 4001 × 4000 pixels, more than the limit of 16 mega"):
        read_picture(encode(Image.new("RGB", (4001, 4000), "white"), "WEBP", lossless=True))


@pytest.mark.parametrize("size", [(15, 100), (100, 15), (1, 1)])
def test_fewer_than_16_pixels_a_side_are_refused(size):
    with pytest.raises(PictureError, match=rf"^This picture has {size[0]} × {size[1]} pixels. Each side must have at"):
        read_picture(encode(Image.new("RGB", size)))


def test_16_pixels_a_side_are_accepted():
    assert read_picture(encode(Image.new("L", (16, 500), 255))).min() == 1
