"""The data set: where it is, and how to read it; `prepare.py` makes it."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from dae_core.errors import UserError
from dae_core.pictures.arrays import Bytes, Floats, Words
from dae_core.pictures.samples import SAMPLES, load_sample

ROOT = Path(__file__).parents[2]
DATA_FOLDER = Path(os.environ.get("DAE_DATA", ROOT / "data"))
SPLITS = ("train", "val", "test")
RESERVED = ("all", "samples")  # Scores are of all pictures, of the samples, and of each class apart.


class DataError(UserError):
    """The data set is not there or not complete; the message says what to do."""


@dataclass(frozen=True)
class Split:
    """One part of the data set, in memory.

    Attributes:
        pictures: (N, 64, 64, 3) uint8; `as_float` makes pictures in [0, 1] of any part of them.
        classes: (N,) str, the name of each picture's class: `cat` or `dog`, or what somebody prepared.
        digest: SHA-256 of the names and bytes of the files.
    """

    pictures: Bytes
    classes: Words
    digest: str

    @property
    def class_names(self) -> tuple[str, ...]:
        """Each class once, sorted."""
        return tuple(sorted({str(name) for name in self.classes}))


def as_float(pictures: Bytes) -> Floats:
    """uint8 in [0, 255] -> float32 in [0, 1], of any shape."""
    return pictures.astype(np.float32) / np.float32(255)


def load_split(split: str, folder: Path = DATA_FOLDER) -> Split:
    """All pictures of `train`, `val` or `test`, class by class, each in the order of the file names.

    Raises:
        DataError: A folder is missing or empty, a class has a name that it cannot have, or a file is not a 64 x 64
            picture.
    """
    pictures, classes, digest = [], [], hashlib.sha256()
    for animal in _classes(folder) or [""]:
        files = picture_files(folder / split / animal)
        if not files:
            raise DataError(
                f"There are no pictures in {folder / split / animal}. The data set is not part of this repository: "
                "`python train_models.py --prepare kaggle` fetches Animal Faces-HQ, and --prepare PATH takes it, or "
                "pictures of your own, from a folder."
            )
        for file in files:
            digest.update(os.fsencode(file.relative_to(folder).as_posix()) + file.read_bytes())
            pictures.append(_read_64(file))
            classes.append(animal)
    return Split(np.stack(pictures), np.array(classes), digest.hexdigest())


def _classes(folder: Path) -> list[str]:
    """The names of the classes in a data folder, sorted; each must be in each of `SPLITS`."""
    names = sorted({path.name for split in SPLITS for path in visible_folders(folder / split)})
    if wrong := [name for name in names if name.casefold() in RESERVED]:
        raise DataError(f"No class can be called {wrong[0]}, as the scores call others so: rename it in {folder}.")
    return names


def visible_folders(folder: Path) -> list[Path]:
    """The folders in a folder, sorted by name; none if it is not there. Hidden ones hold no pictures of anybody's."""
    found = (path for path in folder.glob("*") if path.is_dir() and not path.name.startswith((".", "__MACOSX")))
    return sorted(found, key=lambda path: path.name)  # Windows would not sort paths as others do.


def picture_files(folder: Path) -> list[Path]:
    """The pictures in a folder of the data set, sorted by name, without the hidden `._x.jpg` that a Mac leaves."""
    found = (path for path in folder.glob("[!.]*") if path.suffix in (".jpg", ".png"))
    return sorted(found, key=lambda path: path.name)


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
    classes = np.array([("cat", "dog")[index % 2] for index in range(len(SAMPLES))])
    return Split(pictures, classes, "samples")
