"""The data set: where it is, how to read it, how to make it from Animal Faces-HQ."""

import csv
import hashlib
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from dae_core.errors import UserError
from dae_core.pictures.arrays import Bytes, Floats, Words
from dae_core.pictures.reading import to_picture
from dae_core.pictures.samples import SAMPLES, load_sample
from dae_core.pictures.writing import to_image

ROOT = Path(__file__).parents[2]
DATA_FOLDER = ROOT / "data"
SPLITS = ("train", "val", "test")
CLASSES = ("cat", "dog")
VALIDATION_PER_CLASS = 500  # The report has as many (section 1).


class DataError(UserError):
    """The data set is not there or not complete; the message says what to do."""


@dataclass(frozen=True)
class Split:
    """One part of the data set, in memory.

    Attributes:
        pictures: (N, 64, 64, 3) uint8; `as_float` makes pictures in [0, 1] of any part of them.
        classes: (N,) str, `cat` or `dog`.
        digest: SHA-256 of the names and bytes of the files.
    """

    pictures: Bytes
    classes: Words
    digest: str


def as_float(pictures: Bytes) -> Floats:
    """uint8 in [0, 255] -> float32 in [0, 1], of any shape."""
    return pictures.astype(np.float32) / np.float32(255)


def load_split(split: str, folder: Path = DATA_FOLDER) -> Split:
    """All pictures of `train`, `val` or `test`, cats before dogs, each class in the order of the file names.

    Raises:
        DataError: A folder is missing or empty, or a file is not a 64 x 64 picture.
    """
    pictures, classes, digest = [], [], hashlib.sha256()
    for animal in CLASSES:
        files = sorted(path for path in (folder / split / animal).glob("*") if path.suffix in (".jpg", ".png"))
        if not files:
            raise DataError(
                f"There are no pictures in {folder / split / animal}. The data set is not part of this repository: "
                "download Animal Faces-HQ, unpack it, and run `python train_models.py --prepare PATH` on it."
            )
        for file in files:
            digest.update(file.relative_to(folder).as_posix().encode() + file.read_bytes())
            pictures.append(_read_64(file))
            classes.append(animal)
    return Split(np.stack(pictures), np.array(classes), digest.hexdigest())


def _read_64(file: Path) -> Bytes:
    try:
        with Image.open(file) as image:
            picture = np.asarray(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError) as error:  # Pillow raises any of these for broken files.
        raise DataError(f"{file} is broken: make the folder again with --prepare, or remove the file.") from error
    if picture.shape != (64, 64, 3):
        raise DataError(f"{file} is not a 64 x 64 picture: make the folder again with --prepare.")
    return picture


def samples_as_split() -> Split:
    """The shipped pictures in the form of a data set, for trying things out where there is none."""
    pictures = np.stack([np.rint(load_sample(name) * 255).astype(np.uint8) for name in SAMPLES])
    classes = np.array([CLASSES[index % len(CLASSES)] for index in range(len(SAMPLES))])
    return Split(pictures, classes, "samples")


def prepare(source: Path, folder: Path = DATA_FOLDER) -> dict[str, int]:
    """Makes the data folder from a downloaded Animal Faces-HQ, version 1 or 2.

    Wild animals are left out. Five hundred pictures of each class, drawn with a fixed seed, are taken from the training
    set for validation (half of a smaller set); the original's `val` (version 1) or `test` (version 2) is the test set.

    Args:
        source: The folder that holds `train` and `val` or `test`.
        folder: What to make; must not exist.

    Returns:
        Number of pictures per split.

    Raises:
        DataError: The source has another layout, or the folder exists already.
    """
    held_out = source / ("test" if (source / "test").is_dir() else "val")
    if not all((part / animal).is_dir() for part in (source / "train", held_out) for animal in CLASSES):
        raise DataError(f"{source} does not hold train/cat, train/dog and val or test: give the unpacked folder.")
    if folder.exists():
        raise DataError(f"{folder} exists already: move it away first, nothing was changed.")
    rows = _split_up(source / "train", held_out)
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    for split, animal, file in rows:
        target = partial / split / animal / f"{file.stem}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(file) as image:
            to_image(to_picture(image)).save(target, quality=95)
    with (partial / "manifest.csv").open("w", newline="") as manifest:
        table = csv.writer(manifest)
        table.writerow(("split", "class", "name", "source"))
        table.writerows(
            (split, animal, file.stem, file.relative_to(source).parent.as_posix()) for split, animal, file in rows
        )
    partial.rename(folder)
    return {split: sum(row[0] == split for row in rows) for split in SPLITS}


def _split_up(training: Path, held_out: Path) -> list[tuple[str, str, Path]]:
    """What becomes of each file: its split, its class, and the file."""
    rows = []
    for animal in CLASSES:
        files = _image_files(training / animal)
        count = min(VALIDATION_PER_CLASS, len(files) // 2)
        chosen = set(random.Random(2023).sample(files, count))
        rows += [("val" if file in chosen else "train", animal, file) for file in files]
        rows += [("test", animal, file) for file in _image_files(held_out / animal)]
    return rows


def _image_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
