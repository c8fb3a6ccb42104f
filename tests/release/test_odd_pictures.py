"""Odd, broken and hostile files become pictures or get their sentences, soon and in little memory. Linux only."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import PIL
import pytest
from playwright.sync_api import expect

from tests.release.made_pictures import GENERATED, ODD, PICTURES, field
from tests.visitor import ROOT, changed, settle, shown

SECONDS, MEGABYTES = 2, 300
SENTENCE = re.compile(r"This (file|picture) [^\n]+(: |, )[^\n]+[a-z]\.?")
# Reads every file of a folder; a line for each: what became of it, processor time, and the memory it took at most.
READ_ALL = """
import io, json, resource, sys, time
from pathlib import Path
import numpy as np
from PIL import Image
from dae_core.pictures.reading import PictureError, read_picture

def memory(kind):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(kind))

resource.setrlimit(resource.RLIMIT_AS, (2**33, 2**33))  # For the machine's sake, should a bomb go off.
first = io.BytesIO()
Image.new("RGB", (64, 64)).save(first, "PNG")
read_picture(first.getvalue())  # What Pillow imports for its first picture is nobody's fault.

def measure(file):
    Path("/proc/self/clear_refs").write_text("5")  # The peak starts anew; what Python keeps counts once.
    before, start = memory("VmRSS"), time.process_time()
    try:
        picture = read_picture(file)
        good = picture.shape == (64, 64, 3) and picture.dtype == np.float32
        result = "picture" if good and 0 <= picture.min() and picture.max() <= 1 else "nonsense"  # NaN is neither.
    except PictureError as error:
        result = str(error)
    return result, time.process_time() - start, memory("VmHWM") - before

for file in sorted(path for path in Path(sys.argv[1]).rglob("*") if path.is_file()):
    result, seconds, megabytes = measure(file)
    if seconds > 1:  # What goes on beside this slows it: the quicker of two.
        seconds = min(seconds, measure(file)[1])
    print(json.dumps([file.relative_to(sys.argv[1]).as_posix(), result, seconds, megabytes]), flush=True)
"""


def read_all(folder: Path) -> dict[str, tuple[str, float, float]]:
    """For each file in a folder: `picture` or the sentence, processor seconds, megabytes."""
    process = subprocess.run([sys.executable, "-c", READ_ALL, folder], cwd=ROOT, capture_output=True, text=True)
    assert process.returncode == 0, process.stderr
    return {name: (result, *cost) for name, result, *cost in map(json.loads, process.stdout.splitlines())}


def assert_harmless(result: str, seconds: float, megabytes: float) -> None:
    assert result == "picture" or SENTENCE.fullmatch(result), result
    assert seconds < SECONDS and megabytes < MEGABYTES


# The test files of Pillow, odd and broken ones of three decades.


@pytest.fixture(scope="module")
def corpus(request, tmp_path_factory) -> Path:
    """Pillow's test files: fetched once, then kept in pytest's cache. Nothing of it is built."""
    name = f"pillow-{PIL.__version__}"
    kept = request.config.cache.mkdir("pillow") / f"{name}.tar.gz"
    if not kept.exists():
        folder = tmp_path_factory.mktemp("pillow")
        pip = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--retries=10",
            "--no-deps",
            "--no-binary",
            "pillow",
            "--dest",
            folder,
        ]
        process = subprocess.run([*pip, name.replace("-", "==")], capture_output=True, text=True, timeout=300)
        if process.returncode:
            pytest.fail(
                f"The source of {name} could not be fetched by pip, is there a network? {process.stderr[-500:]}"
            )
        partial = kept.with_name(f".{os.getpid()}")  # Another worker may do the same.
        shutil.move(folder / f"{name}.tar.gz", partial)
        partial.replace(kept)
    folder = tmp_path_factory.mktemp("corpus")
    with tarfile.open(kept) as archive:
        members = (member for member in archive if f"{name}/Tests/" in member.name and not member.name.endswith(".py"))
        archive.extractall(folder, members, filter="data")
    return folder / name / "Tests"


def test_every_test_file_of_pillow_becomes_a_picture_or_gets_its_sentence(corpus):
    results = read_all(corpus)
    assert len(results) > 1000
    assert sum(result == "picture" for result, *_ in results.values()) > 500
    for name, facts in results.items():
        try:
            assert_harmless(*facts)
        except AssertionError as error:
            raise AssertionError(f"{name}: {facts}") from error


# Made for the purpose.


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> dict[str, tuple[str, float, float]]:
    folder = tmp_path_factory.mktemp("generated")
    for name, make in GENERATED.items():
        (folder / name).write_bytes(make())
    return read_all(folder)


@pytest.mark.parametrize("name", GENERATED)
def test_generated_files_become_pictures_or_get_their_sentences(name, results):
    assert_harmless(*results[name])
    assert name in ODD or (results[name][0] == "picture") == (name in PICTURES)


# And through the page.


def test_visitors_who_upload_them_see_pictures_and_sentences(address, visit, corpus):
    page = visit(f"{address}/?image=upload")
    broken, no_picture = "broken or cut short", "This file is not a picture"
    for name, content, sentence in (
        ("cat.png", GENERATED["CMYK"](), None),
        ("cat.jpg", GENERATED["4 GB in 43 bytes, 2"](), "too many pixels"),
        ("<img src=x onerror=document.title='gone'>.png", GENERATED["large, 16 bits"](), None),
        ("cat.gif", GENERATED["a page"](), no_picture),
        ("cat.jpeg", GENERATED["a picture and a page"](), None),
        ("cat.jpeg", GENERATED["a thousand scans"](), broken),
        ("cat.tif", GENERATED["of floats without an end"](), None),
        ("cat.png", b"", no_picture),
        ("IMG_0001.HEIC", field("small.heic"), None),
        ("cat.jpg", field("small.avif"), None),
        ("drawing.svg", field("drawing.svg"), no_picture),
        ("report.pdf", b"%PDF-1.7", no_picture),
        ("large.jpg", GENERATED["48 megapixels of a phone"](), None),
        ("hopper.webp", (corpus / "images" / "hopper.webp").read_bytes(), None),
        ("cat.tiff", (corpus / "images" / "total-pages-zero.tif").read_bytes()[:5000], broken),
        ("clock.bmp", GENERATED["interlaced"](), None),
    ):
        before = shown(page)
        file = {"name": name, "mimeType": "image/png", "buffer": content}
        page.locator(".st-key-upload_file input[type=file]").set_input_files(file)
        if sentence:
            expect(page.get_by_text(sentence)).to_be_visible()
            settle(page)
            assert shown(page) == before
        else:
            changed(page, "original", before)
            expect(page.get_by_test_id("stAlert")).to_have_count(0)
        assert "Traceback" not in page.inner_text("body")
    expect(page).to_have_title("Playground · Denoising lab")
    assert len(set(shown(visit(address)).values())) == 3
