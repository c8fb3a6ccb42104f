"""Making the data folder of what people have: their own pictures, and what else is in their folders."""

import os
import random
import resource
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dae_core.pictures.dataset import DataError, load_split
from dae_core.pictures.prepare import Prepared, prepare
from tests.pictures.test_prepare import files

FIELD = Path(__file__).parents[1] / "field"


def picture(file: Path, number: int = 0) -> Path:
    """A made-up photo, another one for each number, in the format that its name ends with."""
    coarse = np.random.default_rng(number).integers(0, 256, (4, 4, 3)).astype(np.uint8)
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(coarse).resize((90, 80)).save(file)
    return file


@pytest.fixture
def own(tmp_path) -> Path:
    """Ten pictures each of Anna and Ben."""
    for number in range(10):
        picture(tmp_path / "me" / "anna" / f"{number}.jpg", number)
        picture(tmp_path / "me" / "ben" / f"{number}.png", 100 + number)
    return tmp_path / "me"


def told(source: Path, folder: Path) -> tuple[Prepared, list[str]]:
    lines: list[str] = []
    return prepare(source, folder, lines.append), lines


def test_own_pictures_are_split_by_a_fixed_rule(own, tmp_path):
    prepared, lines = told(own, tmp_path / "data")
    assert prepared == Prepared({"train": 12, "val": 4, "test": 4}, ("anna", "ben"), 0) and lines == []
    for split, each in {"train": 6, "val": 2, "test": 2}.items():
        assert load_split(split, tmp_path / "data").classes.tolist() == ["anna"] * each + ["ben"] * each
    names = [path.relative_to(tmp_path / "data").parts[1:] for path in (tmp_path / "data").rglob("*.jpg")]
    assert len(set(names)) == len(names) == 20
    prepare(shutil.move(own, tmp_path / "elsewhere"), tmp_path / "again")
    assert files(tmp_path / "data") == files(tmp_path / "again")


def test_a_large_class_gives_five_hundred_and_the_same_ones_as_ever(tmp_path):
    for animal, many in {"cat": 2600, "dog": 5}.items():
        first = picture(tmp_path / "me" / "train" / animal / "0000.png")
        for number in range(1, many):
            shutil.copy(first, first.with_stem(f"{number:04}"))
        picture(tmp_path / "me" / "val" / animal / "0.png")
    prepare(tmp_path / "me", tmp_path / "data")
    chosen = {f"{number:04}" for number in random.Random(2023).sample(range(2600), 500)}
    assert {file.stem for file in (tmp_path / "data" / "val" / "cat").iterdir()} == chosen


@pytest.mark.parametrize("around", ["", "afhq", "archive/afhq"])
@pytest.mark.parametrize(
    "named", [("train", "valid", "test"), ("Training", "validation", "Testing"), ("train", "test"), ("train",)]
)
def test_folders_may_lie_deeper_and_have_other_usual_names(own, tmp_path, around, named):
    source = tmp_path / "given"
    for part in named:
        shutil.copytree(own, source / around / part)
    (source / "__MACOSX" / "anna").mkdir(parents=True)
    (source / "__MACOSX" / "anna" / "._0.jpg").write_bytes(b"\0\5\26\7")
    (source / ".git").mkdir()
    prepared, lines = told(source, tmp_path / "data")
    expected = {3: (20, 20, 20), 2: (16, 4, 20), 1: (12, 4, 4)}[len(named)]
    assert tuple(prepared.counts.values()) == expected and prepared.classes == ("anna", "ben") and lines == []


def test_folders_within_a_class_belong_to_it(own, tmp_path):
    (own / "anna" / "holidays" / "2023").mkdir(parents=True)
    (own / "anna" / "0.jpg").rename(own / "anna" / "holidays" / "2023" / "0.jpg")
    assert sum(prepare(own, tmp_path / "data").counts.values()) == 20


def test_pictures_of_trains_are_a_class(own, tmp_path):
    (own / "anna").rename(own / "train")
    assert prepare(own, tmp_path / "data").classes == ("ben", "train")
    assert set(load_split("val", tmp_path / "data").classes) == {"ben", "train"}


def test_a_third_class_stays_unless_it_is_that_of_animal_faces_hq(own, tmp_path):
    shutil.copytree(own / "ben", own / "wild")
    assert prepare(own, tmp_path / "data").classes == ("anna", "ben", "wild")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda own: shutil.rmtree(own), "There is no folder .*me: give one with a folder of pictures for each class"),
        (lambda own: (shutil.rmtree(own), own.write_bytes(b"PK")), "me is a file: unpack it"),
        (lambda own: shutil.rmtree(own / "anna"), "me holds one class only, ben: give at least two"),
        (lambda own: [shutil.rmtree(own / name) for name in ("anna", "ben")], "me holds no folders with pictures"),
        (lambda own: (own / "anna").rename(own / "samples"), "No class can be called samples.*rename .*samples"),
        (
            lambda own: (own / "anna").rename(own / "Ben"),
            "do not tell ben from another class by its name: rename .*ben",
        ),
    ],
)
def test_what_is_no_set_of_pictures_gets_a_sentence(own, tmp_path, spoil, sentence):
    spoil(own)
    with pytest.raises(DataError, match=sentence):
        prepare(own, tmp_path / "data")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("readable", [0, 1, 2])
def test_too_few_pictures_of_a_class_get_a_sentence_after_what_was_left_out(own, tmp_path, readable):
    for number in range(readable, 10):
        (own / "ben" / f"{number}.png").write_bytes(b"")
    lines: list[str] = []
    with pytest.raises(
        DataError, match=rf"too few pictures in .*ben.*, {readable}: give at least one to train on, one to v"
    ):
        prepare(own, tmp_path / "data", lines.append)
    assert len(lines) == 11 - readable and lines[-1].startswith(f"{10 - readable} of 20 files are left out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["me"]


def test_one_picture_for_each_use_is_enough(own, tmp_path):
    for number in range(3, 10):
        (own / "ben" / f"{number}.png").unlink()
    prepare(own, tmp_path / "data")
    assert [
        load_split(split, tmp_path / "data").classes.tolist().count("ben") for split in ("train", "val", "test")
    ] == [1] * 3


# What is in people's folders.


def spoilt(own: Path) -> dict[str, Path]:
    """Files that are no pictures, or no whole ones, beside Anna's pictures."""
    whole, png = (own / "anna" / "0.jpg").read_bytes(), bytearray((own / "ben" / "0.png").read_bytes())
    png[len(png) // 2] ^= 255
    contents = {
        "cut.jpg": whole[: len(whole) // 2],
        "damaged.png": bytes(png),
        "cut.png": bytes(png[:60]),
        "empty.jpg": b"",
        "page.jpg": b"<!doctype html><title>404</title>",
        "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "Thumbs.db": b"\xd0\xcf\x11\xe0",
        "labels.csv": b"name,label\n",
    }
    for name, content in contents.items():
        (own / "anna" / name).write_bytes(content)
    (own / "anna" / "broken-link.jpg").symlink_to("/nowhere")
    Image.new("RGB", (8, 8)).save(own / "anna" / "tiny.png")
    with (own / "anna" / "film.mp4").open("wb") as film:
        film.truncate(10**10)  # It takes no room on the disk, but must not be read into memory.
    return {name: own / "anna" / name for name in (*contents, "broken-link.jpg", "tiny.png", "film.mp4")}


def test_what_cannot_be_read_is_named_counted_and_left_out(own, tmp_path):
    bad = spoilt(own)
    prepared, lines = told(own, tmp_path / "data")
    assert sum(prepared.counts.values()) == 20 and prepared.left_out == len(bad)
    for name in bad:
        assert sum(line.startswith(f"anna/{name} is left out. ") and line.endswith(".") for line in lines) == 1
    assert lines[-1] == f"{len(bad)} of {20 + len(bad)} files are left out, since they cannot be read as pictures."
    assert len(lines) == len(bad) + 1


def test_files_that_wait_for_a_writer_are_no_pictures(own, tmp_path):
    os.mkfifo(own / "anna" / "pipe.jpg")
    assert told(own, tmp_path / "data")[0].left_out == 0


def test_hidden_files_are_not_pictures_and_not_counted(own, tmp_path):
    for name in ("._0.jpg", ".DS_Store", ".thumbnails/0.jpg"):
        (own / "anna" / name).parent.mkdir(exist_ok=True)
        (own / "anna" / name).write_bytes(b"\0\5\26\7")
    assert told(own, tmp_path / "data") == (Prepared({"train": 12, "val": 4, "test": 4}, ("anna", "ben"), 0), [])


@pytest.mark.parametrize("suffix", ["PNG", "JPEG", "jfif", "heic", "avif", "", "webp", "gif", "bmp", "tif", "TIFF"])
def test_every_format_that_the_page_takes_is_taken_whatever_its_name(own, tmp_path, suffix):
    for number in range(10):
        file = own / "anna" / f"{number}.jpg"
        if suffix in ("heic", "avif"):
            shutil.copy(FIELD / f"small.{suffix}", file)
        elif suffix:
            picture(file.with_suffix(f".{suffix}"), number).rename(file.with_suffix(f".{suffix}"))
            file.unlink()
        else:
            file.rename(file.with_suffix(""))
    assert told(own, tmp_path / "data")[0].counts == {"train": 12, "val": 4, "test": 4}


def test_a_photo_of_fifty_megapixels_is_taken(own, tmp_path):
    Image.new("RGB", (8064, 6048), (200, 30, 30)).save(own / "anna" / "photo.jpg")
    assert told(own, tmp_path / "data")[0].left_out == 0


def test_equal_names_overwrite_nothing(own, tmp_path):
    for number, name in enumerate(("0.png", "0.JPG", "0-2.jpg", "deeper/0.jpg", "ä.png", "Ä.png", "a\u0308.jpg")):
        file = own / "anna" / name
        picture(file.with_suffix(".jpeg"), 50 + number)
        file.with_suffix(".jpeg").rename(file)
    prepare(own, tmp_path / "data")
    made = [file for file in (tmp_path / "data").rglob("*.jpg") if file.parent.name == "anna"]
    assert len(made) == 17 and len({file.read_bytes() for file in made}) == 17
    for split in ("train", "val", "test"):
        names = [unicodedata.normalize("NFC", file.stem).casefold() for file in made if file.parts[-3] == split]
        assert len(set(names)) == len(names)


def test_names_in_any_script_and_of_any_length_are_kept(own, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONUTF8", "0")
    names = ["Фото кошки", "猫", "\u0633\u06af\u200c\u0647\u0627", "बिल्ली", "\U0001f415\u200d\U0001f9ba", "x" * 250]
    (own / "anna").rename(own / "Änne Müller")
    for number, name in enumerate(names):
        picture(own / "Änne Müller" / f"{name}.jpg", 200 + number)
    Path(os.fsdecode(os.fsencode(own / "Änne Müller") + b"/\xff\xfe.jpg")).write_bytes(
        (own / "ben" / "0.png").read_bytes()
    )
    (own / "ben" / "two\nlines.txt").write_text("")
    prepared, lines = told(own, tmp_path / "data")
    assert prepared.classes == ("ben", "Änne Müller") and sum(prepared.counts.values()) == 27
    made = {file.stem for file in (tmp_path / "data").rglob("*.jpg")}
    assert {*names[:5], "x" * 200, "__"} <= made
    assert lines[0].startswith("ben/two\\nlines.txt is left out. ")
    manifest = (tmp_path / "data" / "manifest.csv").read_text(encoding="utf-8")
    assert "Änne Müller,猫,Änne Müller,猫.jpg" in manifest
    assert sum(len(load_split(split, tmp_path / "data").pictures) for split in ("train", "val", "test")) == 27


@pytest.mark.filterwarnings("error")
def test_odd_pictures_make_no_noise(own, tmp_path, capfd):
    picture(own / "anna" / "0.gif").rename(own / "anna" / "odd.gif")
    Image.new("P", (20, 20)).save(own / "anna" / "palette.png", transparency=b"\0\1")
    told(own, tmp_path / "data")
    assert capfd.readouterr() == ("", "")


# Where it goes.


def test_a_full_disk_gets_a_sentence_and_leaves_nothing(own, tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))  # A file that grows larger fails like on a full disk.
    try:
        with pytest.raises(
            DataError, match=r"data could not be written \(File too large\), and nothing was changed: make room"
        ):
            prepare(own, tmp_path / "data")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in tmp_path.iterdir()] == ["me"]


@pytest.mark.parametrize("make", [lambda p: p.write_text("mine"), lambda p: p.symlink_to("nowhere")])
def test_a_file_or_a_link_in_the_place_of_the_folder_is_never_touched(own, tmp_path, make):
    make(tmp_path / "data")
    with pytest.raises(DataError, match="data exists already"):
        prepare(own, tmp_path / "data")
    assert (tmp_path / "data").is_symlink() or (tmp_path / "data").read_text() == "mine"


def test_the_source_stays_as_it_is(own, tmp_path):
    spoilt(own)
    (own / "anna" / "film.mp4").unlink()
    before = {path: path.stat().st_mtime_ns for path in own.rglob("*") if path.is_file()}
    prepare(own, tmp_path / "data")
    assert {path: path.stat().st_mtime_ns for path in own.rglob("*") if path.is_file()} == before
