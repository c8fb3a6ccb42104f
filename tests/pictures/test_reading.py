"""Any picture a person has becomes a picture, or gets a sentence."""

import io
import struct
import subprocess
import sys
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from dae_core.pictures.reading import FORMATS, PictureError, read_picture
from dae_core.pictures.writing import to_image
from tests.visitor import ROOT

FIELD = ROOT / "tests" / "field"  # Small files of the kinds that phones make.
WRITTEN = tuple(form for form in FORMATS if form != "HEIF")  # Its encoder has another licence; phones have it.

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
GREYS = (0.0, 0.25, 0.5, 1.0)


def encode(image: Image.Image, form: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def quadrants(colours, dtype=np.uint8, side: int = 128) -> np.ndarray:
    """A square of four flat quarters: top left, top right, bottom left, bottom right."""
    return np.kron(np.array(colours, dtype).reshape(2, 2, -1), np.ones((side // 2, side // 2, 1), dtype)).squeeze()


def middles(picture: np.ndarray) -> np.ndarray:
    """The (4, 3) colours in the middles of the quarters."""
    return picture[[16, 16, 48, 48], [16, 48, 16, 48]]


def colourful() -> Image.Image:
    return Image.fromarray(quadrants((RED, GREEN, BLUE, WHITE)))


def grey(dtype, white: float) -> Image.Image:
    return Image.fromarray(quadrants([level * white for level in GREYS], dtype))


def assert_colours(picture: np.ndarray, colours, tolerance: float = 0.01) -> None:
    np.testing.assert_allclose(
        middles(picture), np.broadcast_to(np.array(colours).reshape(4, -1), (4, 3)), 0, tolerance
    )


def png_header(width: int, height: int) -> bytes:
    """The beginning of a PNG file that claims this size; there is not one pixel in it."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">II", zlib.crc32(header), 9) + b"IDAT"


@pytest.mark.parametrize("form", WRITTEN)
def test_every_format_is_read_from_bytes_and_from_a_path(form, tmp_path):
    data = encode(colourful(), form)
    picture = read_picture(data)
    assert picture.shape == (64, 64, 3) and picture.dtype == np.float32
    assert picture.min() >= 0 and picture.max() <= 1
    assert_colours(picture, np.array((RED, GREEN, BLUE, WHITE)) / 255, 0.03)
    (tmp_path / "picture").write_bytes(data)
    np.testing.assert_array_equal(read_picture(tmp_path / "picture"), picture)


@pytest.mark.parametrize("name", ["small.heic", "small.avif"])
@pytest.mark.parametrize("called", ["photo.jpg", "photo.heic", "photo"])
def test_what_phones_save_is_read_whatever_it_is_called(name, called, tmp_path):
    """Both show what `displayp3.jpg` shows, which came from the same picture."""
    (tmp_path / called).write_bytes((FIELD / name).read_bytes())
    np.testing.assert_allclose(read_picture(tmp_path / called), read_picture(FIELD / "displayp3.jpg"), atol=0.15)


@pytest.mark.parametrize("form", WRITTEN)
def test_the_first_picture_of_a_process_may_be_of_any_format(form, tmp_path):
    (tmp_path / "picture").write_bytes(encode(colourful(), form))
    script = "import sys; from pathlib import Path; from dae_core.pictures.reading import read_picture; "
    script += "assert read_picture(Path(sys.argv[1])).shape == (64, 64, 3)"
    subprocess.run([sys.executable, "-c", script, tmp_path / "picture"], cwd=ROOT, check=True)


@pytest.mark.parametrize("name", ["small.heic", "small.avif"])
def test_what_phones_save_is_refused_when_it_is_cut_short(name):
    data = (FIELD / name).read_bytes()
    for tenths in range(1, 10):
        with pytest.raises(PictureError):
            read_picture(data[: len(data) * tenths // 10])


def display_p3() -> bytes:
    with Image.open(FIELD / "displayp3.jpg") as image:
        return image.info["icc_profile"]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_colours_are_those_of_the_profile(form):
    profile = display_p3()
    wide = Image.fromarray(quadrants([(184, 50, 41), (120, 160, 70), (60, 90, 170), (128, 128, 128)]))
    own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    expected = np.asarray(ImageCms.profileToProfile(wide, own, ImageCms.createProfile("sRGB")))[::64, ::64]
    assert np.abs(expected[0, 0].astype(int) - (200, 30, 30)).max() < 3  # So red it was.
    picture = read_picture(encode(wide, form, icc_profile=profile, quality=100))
    assert_colours(picture, expected.reshape(4, 3) / 255, 3 / 255)


def test_cmyk_has_the_colours_of_its_profile_and_a_broken_profile_is_passed_over():
    inks = colourful().convert("CMYK")
    plain = read_picture(encode(inks, "JPEG", quality=95))
    for nonsense in (b"nonsense", display_p3()):  # The latter is for RGB.
        odd = read_picture(encode(inks, "JPEG", quality=95, icc_profile=nonsense))
        np.testing.assert_array_equal(odd, plain)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_an_animation_the_first_frame_counts(form):
    frames = [Image.new("RGB", (64, 64), colour) for colour in (GREEN, RED, BLUE)]
    data = encode(frames[0], form, save_all=True, append_images=frames[1:])
    assert_colours(read_picture(data), [(0, 1, 0)] * 4, 0.03)


@pytest.mark.parametrize(
    ("image", "form"),
    [
        (grey(np.uint8, 255), "JPEG"),
        (grey(np.uint8, 255), "PNG"),
        (grey(np.uint8, 255).convert("LA"), "PNG"),
        (grey(np.uint8, 255).convert("LA"), "TIFF"),
        (grey(np.uint16, 65535), "PNG"),
        (grey(np.uint16, 65535), "TIFF"),
        (grey(np.int32, 65535), "TIFF"),
        (grey(np.float32, 1), "TIFF"),
        (grey(np.float32, 255), "TIFF"),
        (grey(np.float32, 1000_000), "TIFF"),
    ],
    ids=lambda value: getattr(value, "mode", value),
)
def test_greys_of_every_depth_keep_their_brightness(image, form):
    assert_colours(read_picture(encode(image, form)), GREYS)


def test_dark_sixteen_bit_grey_stays_dark():
    dark = grey(np.uint16, 6553)
    assert_colours(read_picture(encode(dark)), np.array(GREYS) * 0.1)


def test_nothing_and_infinity_in_a_float_image_do_no_harm():
    values = quadrants(GREYS, np.float32)
    values[0, :4] = np.nan, np.inf, -np.inf, -1
    assert_colours(read_picture(encode(Image.fromarray(values), "TIFF")), GREYS)


@pytest.mark.parametrize(
    ("image", "form"),
    [
        (colourful().convert("P", palette=Image.Palette.ADAPTIVE), "PNG"),
        (colourful().convert("P", palette=Image.Palette.ADAPTIVE), "BMP"),
        (colourful().convert("RGBA"), "PNG"),
        (colourful().convert("RGBA"), "WEBP"),
        (colourful().convert("CMYK"), "JPEG"),
        (colourful().convert("CMYK"), "TIFF"),
        (colourful().convert("YCbCr"), "TIFF"),
    ],
    ids=lambda value: getattr(value, "mode", value),
)
def test_colours_of_every_mode_are_kept(image, form):
    assert_colours(read_picture(encode(image, form)), np.array((RED, GREEN, BLUE, WHITE)) / 255, 0.03)


def test_sixteen_bit_colours_are_kept():
    deep = quadrants(np.array((BLUE, GREEN, RED, WHITE)) * 257, np.uint16)  # OpenCV's order is BGR.
    assert_colours(read_picture(cv2.imencode(".png", deep)[1].tobytes()), np.array((RED, GREEN, BLUE, WHITE)) / 255)


@pytest.mark.parametrize("form", ["PNG", "BMP", "GIF", "TIFF"])
def test_one_bit_images_are_black_and_white(form):
    assert_colours(read_picture(encode(grey(np.uint8, 255).point(lambda v: v > 100, "1"), form)), (0, 0, 1, 1))


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
def test_transparency_goes_onto_white_in_proportion(form):
    alphas = [(255, 0, 0, 0), (255, 0, 0, 255), (0, 0, 0, 128), (0, 0, 0, 64)]
    picture = read_picture(encode(Image.fromarray(quadrants(alphas)), form, lossless=True))
    assert_colours(picture, [(1, 1, 1), (1, 0, 0), (0.5, 0.5, 0.5), (0.75, 0.75, 0.75)])


def test_transparent_grey_goes_onto_white():
    assert_colours(
        read_picture(encode(Image.fromarray(quadrants([(0, 0), (0, 255), (128, 255), (0, 128)])))), (1, 0, 0.5, 0.5)
    )


@pytest.mark.parametrize("form", ["PNG", "GIF"])
def test_the_transparent_colour_of_a_palette_becomes_white(form):
    indexed = Image.fromarray(quadrants((0, 1, 2, 3)))
    indexed.putpalette((*RED, *GREEN, *BLUE, 0, 0, 0))
    picture = read_picture(encode(indexed, form, transparency=1))
    assert_colours(picture, [(1, 0, 0), (1, 1, 1), (0, 0, 1), (0, 0, 0)])


def test_the_transparent_colour_of_an_rgb_image_becomes_white():
    assert_colours(read_picture(encode(colourful(), transparency=RED)), [(1, 1, 1), (0, 1, 0), (0, 0, 1), (1, 1, 1)])


STORED_AS = {  # EXIF 2.3, tag 274: how an upright picture is stored under each orientation.
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.transpose(1, 0, 2),
    6: lambda upright: upright.transpose(1, 0, 2)[::-1],
    7: lambda upright: upright.transpose(1, 0, 2)[::-1, ::-1],
    8: lambda upright: upright.transpose(1, 0, 2)[:, ::-1],
}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", STORED_AS)
def test_every_exif_orientation_gives_the_upright_picture(orientation, form):
    upright = np.concatenate([quadrants((RED, GREEN, BLUE, WHITE)), np.zeros((64, 128, 3), np.uint8)])
    exif = Image.Exif()
    exif[274] = orientation
    stored = Image.fromarray(np.ascontiguousarray(STORED_AS[orientation](upright)))
    picture = read_picture(encode(stored, form, exif=exif))
    np.testing.assert_allclose(picture[8, [16, 48]], [(1, 0, 0), (0, 1, 0)], atol=0.03)
    np.testing.assert_allclose(picture[32, [16, 48]], [(0, 0, 1), (1, 1, 1)], atol=0.03)
    np.testing.assert_allclose(picture[60, [16, 48]], 0, atol=0.03)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data:UserWarning")
def test_broken_metadata_do_not_make_a_broken_picture():
    picture = read_picture(encode(colourful(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff"))
    assert_colours(picture, np.array((RED, GREEN, BLUE, WHITE)) / 255, 0.03)


@pytest.mark.parametrize("upright", [False, True])
def test_the_centre_square_of_an_oblong_picture_is_kept(upright):
    stripes = np.repeat(np.array([[RED, GREEN, BLUE]], np.uint8), 90, 0).repeat(90, 1)
    picture = read_picture(encode(Image.fromarray(stripes.transpose(1, 0, 2) if upright else stripes)))
    np.testing.assert_allclose(picture[2:-2, 2:-2], np.broadcast_to((0, 1, 0), (60, 60, 3)), atol=0.01)


def test_fine_patterns_turn_grey_instead_of_aliasing():
    checks = np.indices((640, 640)).sum(0) % 2 * np.uint8(255)
    np.testing.assert_allclose(read_picture(encode(Image.fromarray(checks.astype(np.uint8)))), 0.5, atol=0.02)


def test_the_shortcut_for_large_jpegs_does_no_harm(picture):
    large = to_image(picture, scale=63)  # 4032 x 4032
    shortcut = read_picture(encode(large, "JPEG", quality=95, subsampling=0))
    np.testing.assert_allclose(shortcut, read_picture(encode(large, compress_level=1)), atol=0.05)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "CMYK", "P", "I;16", "F"])
def test_a_large_picture_becomes_what_a_small_one_becomes(mode, picture):
    """Large ones are read in bands: nothing may be lost, twice there or moved where two of them meet."""
    image = to_image(picture, 4).crop((0, 0, 256, 200))
    if mode in ("I;16", "F"):
        grey = np.asarray(image.convert("L"))
        image = Image.fromarray(grey * np.uint16(257) if mode == "I;16" else grey.astype(np.float32))
    else:
        image = image.convert(mode)
    if mode == "RGBA":
        image.putalpha(Image.radial_gradient("L").resize(image.size))
    large = image.resize((9 * image.width, 9 * image.height), Image.Resampling.NEAREST)
    small, again = (read_picture(encode(one, "TIFF", compression="tiff_adobe_deflate")) for one in (image, large))
    np.testing.assert_allclose(again, small, atol=0.03)


def test_small_pictures_are_enlarged():
    assert_colours(
        read_picture(encode(Image.fromarray(quadrants((RED, GREEN, BLUE, WHITE), side=16)))),
        np.array((RED, GREEN, BLUE, WHITE)) / 255,
        0.05,
    )


def test_to_image_enlarges_each_pixel_to_a_square(picture):
    image = to_image(picture, scale=3)
    assert image.size == (192, 192)
    np.testing.assert_array_equal(np.asarray(image)[1::3, 1::3], np.rint(picture * 255))
    np.testing.assert_array_equal(np.asarray(image)[::3, 2::3], np.rint(picture * 255))
