"""Picture files made to do harm, or by programs that do things in their own way."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image

from dae_core.pictures.reading import FORMATS
from tests.pictures.test_refusals import with_size
from tests.visitor import ROOT


def encode(image: Image.Image, form: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, pixels: bytes, before: bytes = b"", depth: int = 8) -> bytes:
    """A PNG in RGB, with chunks of one's own before the pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + before + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b"")


def gif(width: int, height: int, disposal: int) -> bytes:
    """A GIF of a size in 43 bytes: without pixels."""
    control = b"\x21\xf9\4" + bytes([disposal << 2 | 1]) + bytes(4)
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\2\2\x4c\1\0;"
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0" + bytes(6) + control + frame


def tiff(width: int, height: int, pixels: bytes, *fields: tuple[int, int]) -> bytes:
    """A TIFF in RGB compressed by deflate, with fields of one's own; those say where its pixels are by -1."""
    shape = [(256, width), (257, height), (258, 8), (259, 8), (262, 2), (277, 3), (284, 1)]
    start = 8 + 2 + 12 * (len(shape) + len(fields)) + 4
    entries = (
        struct.pack("<HHII", tag, 4, 1, start if value < 0 else value) for tag, value in sorted([*shape, *fields])
    )
    head = b"II*\0" + struct.pack("<IH", 8, len(shape) + len(fields))
    return head + b"".join(entries) + bytes(4) + pixels


def interlaced() -> bytes:
    """A white PNG of 64 x 64 pixels in the seven passes of Adam."""
    passes = [(8, 8), (8, 8), (16, 8), (16, 16), (32, 16), (32, 32), (64, 32)]  # Widths and heights.
    pixels = b"".join((b"\0" + b"\xff" * 3 * width) * height for width, height in passes)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 1))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def jpeg_of_scans(count: int, size: tuple[int, int] = (5000, 5000)) -> bytes:
    """A progressive JPEG, of 25 megapixels if nothing else is said, that repeats its last scan, of 44 bytes."""
    data = encode(Image.new("L", size, 100), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * count + data[-2:]


def floats(*odd: float) -> bytes:
    values = np.linspace(0, 1, 64 * 64, dtype=np.float32).reshape(64, 64)
    values[0, : len(odd)] = odd
    return encode(Image.fromarray(values), "TIFF")


def colours(side: int) -> Image.Image:
    gradient = Image.linear_gradient("L").resize((side, side))
    return Image.merge("RGB", (gradient, gradient.rotate(90), gradient.rotate(180)))


SMALL = png(64, 64, (b"\0" + b"\x80" * 192) * 64)
JPEG = encode(colours(64), "JPEG")
GIF = encode(Image.new("L", (64, 64)), "GIF")
FRAME = GIF.index(b"\x2c\0\0\0\0")
LARGE = (5000, 5000)

PICTURES: dict[str, Callable[[], bytes]] = {
    "large, 16 bits": lambda: encode(Image.new("I;16", LARGE), "PNG"),
    "large, 16 bits and colours": lambda: png(*LARGE, (b"\0" + bytes(30_000)) * 5000, depth=16),
    "large, floating point": lambda: encode(Image.new("F", LARGE), "TIFF", compression="tiff_adobe_deflate"),
    "large, transparent": lambda: encode(Image.new("RGBA", LARGE), "PNG"),
    "large, on its side": lambda: encode(Image.new("RGB", LARGE), "PNG", exif=orientation(6)),
    "large, WebP": lambda: encode(Image.new("RGBA", (4000, 4000)), "WEBP", lossless=True, method=0),
    "large, progressive": lambda: encode(Image.new("RGB", LARGE), "JPEG", progressive=True),
    "long": lambda: encode(Image.new("RGBA", (1_000_000, 16)), "PNG"),
    "more pixels than its size": lambda: png(64, 64, bytes(200_000_000)),
    "of a float that is nothing": lambda: floats(np.nan),
    "of floats without an end": lambda: floats(np.inf, -np.inf, np.nan, -1e38, 3e38),
    "of nothing but nothing": lambda: encode(Image.fromarray(np.full((64, 64), np.nan, np.float32)), "TIFF"),
    "48 megapixels of a phone": lambda: encode(colours(64).resize((8064, 6048)), "JPEG"),
    "200 megapixels": lambda: encode(Image.new("RGB", (14_142, 14_142)), "JPEG"),
    "40 megapixels, progressive": lambda: encode(Image.new("RGB", (8000, 5000)), "JPEG", progressive=True),
    "100 megapixels, CMYK": lambda: encode(Image.new("CMYK", (10_000, 10_000)), "JPEG"),
    "large, AVIF": lambda: encode(colours(64).resize(LARGE), "AVIF", speed=10),
    "CMYK": lambda: encode(colours(64).convert("CMYK"), "JPEG"),
    "interlaced": interlaced,
    "animated": lambda: encode(colours(64), "WEBP", save_all=True, append_images=[colours(64).rotate(90)]),
    "a picture and a page": lambda: JPEG[:2] + segment(0xFE, b"--><script>alert(1)</script><!--") + JPEG[2:],
    "a picture and an archive": lambda: SMALL + b"PK\x05\x06" + bytes(18),
    "a picture and another": lambda: JPEG + SMALL,
}
REFUSED: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "one byte": lambda: b"\xff",
    "a header of gigapixels, PNG": lambda: png(2**31 - 1, 2**31 - 1, b""),
    "a header of gigapixels, TIFF": lambda: tiff(2**31, 2**31, b"", (273, 0), (278, 2**31), (279, 9)),
    "a header of gigapixels, BMP": lambda: (
        b"BM" + struct.pack("<IIIIiiHHIIIIII", 99, 0, 54, 40, *[10**6] * 2, 1, 24, *[0] * 6)
    ),
    "a header of gigapixels, WebP": lambda: webp_header(16_383, 16_383),
    **{f"4 GB in 43 bytes, {n}": lambda n=n: gif(65_535, 65_535, n) for n in range(4)},
    "a tile of 800 MB": lambda: tiff(64, 64, *tile(16_384)),
    "a strip that is cut": lambda: tiff(64, 64, packed(500_000)[:100], (273, -1), (278, 64), (279, 500)),
    "a thousand scans": lambda: jpeg_of_scans(1000),
    "thirty scans of 60 megapixels": lambda: with_size(jpeg_of_scans(50, (640, 480)), 10_000, 6000),
    "eight million comments": lambda: JPEG[:2] + segment(0xFE, b"") * 8_000_000 + JPEG[2:],
    "eight million application segments": lambda: JPEG[:2] + segment(0xE1, b"") * 8_000_000 + JPEG[2:],
    "filled up to forty megabytes": lambda: JPEG[:2] + b"\xff" * 39_900_000 + JPEG[2:],
    "three million chunks": lambda: png(64, 64, bytes(64 * 193), chunk(b"prVt", b"") * 3_200_000),
    "a comment of twenty million parts": lambda: GIF[:FRAME] + b"\x21\xfe" + b"\1a" * 19_900_000 + b"\0" + GIF[FRAME:],
    "texts that unpack to 2 GB": lambda: png(64, 64, b"", chunk(b"zTXt", b"a\0\0" + packed(900_000)) * 2000),
    "a profile that unpacks to 500 MB": lambda: png(64, 64, b"", chunk(b"iCCP", b"a\0\0" + packed(500_000_000))),
    "600,000 strips": lambda: encode_strips(600_000),
    "1 x 100,000": lambda: encode(Image.new("RGB", (1, 100_000)), "PNG"),
    "100,000 x 1": lambda: encode(Image.new("RGB", (100_000, 1)), "PNG"),
    "a page": lambda: b"<!doctype html><script>alert(1)</script>",
    "an archive": lambda: b"PK\x03\x04" + bytes(100),
    **{
        f"{form}, cut after {tenths} tenths": lambda form=form, tenths=tenths: cut(encode(colours(200), form), tenths)
        for form in FORMATS
        if form != "HEIF"
        for tenths in range(1, 10)
    },
    **{
        f"{name}, cut after {tenths} tenths": lambda name=name, tenths=tenths: cut(field(name), tenths)
        for name in ("small.heic", "small.avif")
        for tenths in range(1, 10)
    },
}
# Photos of phones with one byte in a hundred changed: either is fine, as long as it is soon and in little memory.
ODD: dict[str, Callable[[], bytes]] = {
    f"{name}, damaged {seed}": lambda name=name, seed=seed: damaged(field(name), seed)
    for name in ("small.heic", "small.avif", "displayp3.jpg")
    for seed in range(20)
}
GENERATED = PICTURES | REFUSED | ODD


def field(name: str) -> bytes:
    return (ROOT / "tests" / "field" / name).read_bytes()


def damaged(data: bytes, seed: int) -> bytes:
    random = np.random.default_rng(seed)
    odd = np.frombuffer(data, np.uint8).copy()
    where = random.integers(12, len(odd), max(1, len(odd) // 100))  # The first bytes say what it is.
    odd[where] = random.integers(0, 256, len(where))
    return odd.tobytes()


def orientation(value: int) -> Image.Exif:
    exif = Image.Exif()
    exif[274] = value
    return exif


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def packed(size: int) -> bytes:
    return zlib.compress(bytes(size), 9)


def tile(side: int) -> tuple:
    """The pixels of a square tile in RGB, and the fields that describe it."""
    pixels = packed(3 * side**2)
    return pixels, (322, side), (323, side), (324, -1), (325, len(pixels))


def encode_strips(count: int) -> bytes:
    """A TIFF in grey, 16 pixels wide, with a strip for every row; all are the same 16 bytes."""
    numbers = struct.pack("<II", 8, 16)
    shape = [(256, 16), (257, count), (258, 8), (259, 1), (262, 1), (277, 1), (278, 1)]
    start = 8 + 2 + 12 * (len(shape) + 2) + 4
    lists = [(273, start), (279, start + 4 * count)]
    entries = [
        struct.pack("<HHII", tag, 4, 1 if (tag, at) in shape else count, at) for tag, at in sorted(shape + lists)
    ]
    return (
        b"II*\0"
        + struct.pack("<IH", 8, len(entries))
        + b"".join(entries)
        + bytes(4)
        + numbers[:4] * count
        + numbers[4:] * count
    )


def webp_header(width: int, height: int) -> bytes:
    """A lossless WebP that ends after its size."""
    content = b"\x2f" + struct.pack("<I", (height - 1) << 14 | width - 1) + bytes(100)
    chunk = b"VP8L" + struct.pack("<I", len(content)) + content + b"\0"
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def cut(data: bytes, tenths: int) -> bytes:
    return data[: len(data) * tenths // 10]
