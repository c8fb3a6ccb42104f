"""Making the data folder: from Animal Faces-HQ, or from anybody's own pictures in a folder for each class."""

import csv
import io
import random
import shutil
import unicodedata
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from tqdm import tqdm

from dae_core.pictures.arrays import Floats
from dae_core.pictures.dataset import DATA_FOLDER, RESERVED, SPLITS, DataError, visible_folders
from dae_core.pictures.reading import MAX_BYTES, PictureError, read_picture
from dae_core.pictures.writing import to_image

NAMES = {"train": ("train", "training"), "val": ("val", "valid", "validation"), "test": ("test", "testing")}
DRAWN = 500  # Of each class at most so many are drawn; the report validates with as many (section 1).
USES = {"train": "to train on", "val": "to validate with", "test": "to test with"}
FOLDERS = "a folder of pictures for each class, such as {0}/anna and {0}/ben"

Found = dict[str, dict[str, Path]]
"""The folder of each class, in each of `SPLITS` that there is: `found["train"]["anna"]`."""


@dataclass(frozen=True)
class Prepared:
    """What became of somebody's pictures.

    Attributes:
        counts: Number of pictures per split.
        classes: Their names, sorted.
        left_out: The number of files that could not be read as pictures.
    """

    counts: dict[str, int]
    classes: tuple[str, ...]
    left_out: int


@dataclass(frozen=True)
class _Row:
    """A picture of the data set: where it stands there, and the file that it was made of."""

    split: str
    animal: str
    name: str
    file: Path


def prepare(source: Path, folder: Path = DATA_FOLDER, report: Callable[[str], None] = print) -> Prepared:
    """Makes the data folder of Animal Faces-HQ, version 1 or 2, as downloaded, or of other pictures of several classes.

    The source holds a folder for each class, or `train`, `test` and perhaps `val` with those in them; either may lie
    deeper. With `train` and `val` only, as in version 1, `val` is the test set. What is not there is drawn from the
    training pictures with a fixed seed: of each class a fifth, at least one and at most 500. The wild animals of
    Animal Faces-HQ are left out, as in the report.

    Args:
        source: The folder with the pictures; it stays as it is.
        folder: What to make; must not exist. It appears only when it is complete.
        report: Is told of each file that is left out, with the reason, and of how many they are.

    Raises:
        DataError: The source has another layout or too few pictures, or the folder exists or cannot be written.
    """
    refuse_to_overwrite(folder)
    found = _find(source)
    partial = folder.with_name(folder.name + ".partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        rows, left_out = _copy(source, found, partial, report)
        rows = [_move(row, partial, split) for row, split in _draw(rows, found).items()]
        _write_manifest(partial / "manifest.csv", source, rows)
        partial.rename(folder)
    except OSError as error:
        raise DataError(
            f"{folder} could not be written ({error.strerror or error}), and nothing was changed: make room there, or "
            "choose another folder with --data."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    counts = {split: sum(row.split == split for row in rows) for split in SPLITS}
    return Prepared(counts, tuple(sorted({row.animal for row in rows})), left_out)


def refuse_to_overwrite(folder: Path) -> None:
    """Makes sure that there is no data folder yet.

    Raises:
        DataError: There is one, or a file or link of that name.
    """
    if folder.exists() or folder.is_symlink():
        raise DataError(f"{folder} exists already: move it away first, nothing was changed.")


def _find(source: Path) -> Found:
    """The folders of the classes.

    Raises:
        DataError: There is no such folder, or it has another layout.
    """
    if source.is_file():
        raise DataError(f"{source} is a file: unpack it, and give the folder that comes out.")
    if not source.is_dir():
        raise DataError(f"There is no folder {source}: give one with {FOLDERS.format(source)}.")
    inner = _unwrap(source)
    parts = {split: path for split in SPLITS for path in visible_folders(inner) if path.name.lower() in NAMES[split]}
    if "train" not in parts or not visible_folders(parts["train"]):  # Somebody may have pictures of trains.
        parts = {"train": inner}
    if "val" in parts and "test" not in parts:
        parts["test"] = parts.pop("val")
    found = {split: _classes(_unwrap(path)) for split, path in parts.items()}
    if found["train"].keys() == {"cat", "dog", "wild"}:
        for classes in found.values():
            classes.pop("wild", None)
    _check(source, found)
    return found


def _unwrap(folder: Path) -> Path:
    """The folder itself, or the one that it wraps: an archive often unpacks to a folder in a folder."""
    inner = visible_folders(folder)
    while len(inner) == 1 and (deeper := visible_folders(inner[0])):
        folder, inner = inner[0], deeper
    return folder


def _classes(folder: Path) -> dict[str, Path]:
    """The folders in a folder with any file in them, by the names of the classes.

    Raises:
        DataError: A name means something else, or two can hardly be told apart.
    """
    found: dict[str, Path] = {}
    for path in visible_folders(folder):
        name = _clean(path.name)
        if not any(_files(path)):
            continue
        if name.casefold() in RESERVED:
            raise DataError(f"No class can be called {name}, as the scores call others so: rename {shown(path)}.")
        if name.casefold() in {other.casefold() for other in found}:
            raise DataError(f"Some systems do not tell {name} from another class by its name: rename {shown(path)}.")
        found[name] = path
    return found


def _check(source: Path, found: Found) -> None:
    """Makes sure that there are classes, and the same ones in each split."""
    names = found["train"].keys()
    if len(names) < 2:
        only = f"one class only, {', '.join(names)}" if names else "no folders with pictures"
        raise DataError(f"{source} holds {only}: give at least two, {FOLDERS.format(source)}.")
    for split, classes in found.items():
        if classes.keys() != names:
            other = ", ".join(sorted(classes.keys() ^ names))
            raise DataError(f"In {source}, train and {split} do not hold the same classes: only one has {other}.")


def _files(folder: Path) -> Iterator[Path]:
    """The files in a folder and in those in it, broken links as well; no hidden ones, which are not pictures."""
    for path in folder.rglob("*"):
        hidden = any(part.startswith((".", "__MACOSX")) for part in path.relative_to(folder).parts)
        if not hidden and not path.is_dir() and (path.is_file() or path.is_symlink()):
            yield path


def _copy(source: Path, found: Found, partial: Path, report: Callable[[str], None]) -> tuple[list[_Row], int]:
    """Writes every picture in its form of 64 x 64, and tells of what is none; the pictures, and how many are none."""
    files = [
        (split, animal, file)
        for split, classes in found.items()
        for animal, path in classes.items()
        for file in sorted(_files(path), key=Path.as_posix)  # Windows would not sort paths as others do.
    ]
    rows: list[_Row] = []
    left_out: list[tuple[Path, str]] = []
    taken: dict[tuple[str, str], set[str]] = defaultdict(set)
    for split, animal, file in tqdm(files, "Preparing", unit=" pictures", leave=False, disable=None):
        try:
            picture = _read(file)
        except (PictureError, OSError) as error:
            left_out.append((file, str(error) if isinstance(error, PictureError) else _why(error)))
            continue
        row = _Row(split, animal, _free_name(file.stem, taken[split, animal]), file)
        target = _target(row, partial)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_jpeg(picture))
        rows.append(row)
    for file, reason in left_out:
        report(f"{shown(file.relative_to(source))} is left out. {reason}")
    if left_out:
        report(f"{len(left_out)} of {len(files)} files are left out, since they cannot be read as pictures.")
    return rows, len(left_out)


def _read(file: Path) -> Floats:
    """A picture of somebody's; of a file that is too large to be one, no more is read than shows that.

    Raises:
        PictureError: It is none, or one that cannot be read.
        OSError: The file cannot be read.
    """
    with file.open("rb") as content, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd pictures that it reads all the same.
        return read_picture(content.read(MAX_BYTES + 1))


def _jpeg(picture: Floats) -> bytes:
    """The file that a picture becomes. Pillow does not see when it could write only a part of it to a full disk."""
    file = io.BytesIO()
    to_image(picture).save(file, "JPEG", quality=95)
    return file.getvalue()


def _why(error: OSError) -> str:
    return f"It cannot be opened: {(error.strerror or 'nobody says why').lower()}."


def _draw(rows: Sequence[_Row], found: Found) -> dict[_Row, str]:
    """The split of each picture: where it is, or val or test if it is drawn for them from the training pictures.

    Raises:
        DataError: There are too few of a class for each split to have one.
    """
    missing = [split for split in SPLITS if split not in found]
    splits = {row: row.split for row in rows}
    for split, classes in found.items():
        for animal in classes:
            own = [row for row in rows if (row.split, row.animal) == (split, animal)]
            uses = [split, *missing] if split == "train" else [split]
            if len(own) < len(uses):
                needs = ", ".join(f"one {USES[use]}" for use in uses)
                raise DataError(
                    f"Of {animal} there are too few pictures in {classes[animal]} that can be read, {len(own)}: "
                    f"give at least {needs}. Nothing was changed."
                )
            share = min(DRAWN, max(1, len(own) // 5))
            chosen = random.Random(2023)  # With a fixed seed, the same pictures are split alike on any machine.
            for use in uses[1:]:
                left = [row for row in own if splits[row] == "train"]
                splits |= dict.fromkeys(chosen.sample(left, share), use)
    return splits


def _move(row: _Row, partial: Path, split: str) -> _Row:
    """The same picture in another split, or where it is."""
    moved = replace(row, split=split)
    if split != row.split:
        _target(moved, partial).parent.mkdir(parents=True, exist_ok=True)
        _target(row, partial).rename(_target(moved, partial))
    return moved


def _target(row: _Row, folder: Path) -> Path:
    return folder / row.split / row.animal / f"{row.name}.jpg"


def _write_manifest(file: Path, source: Path, rows: Iterable[_Row]) -> None:
    """Lists every picture: its split, class and name, and the folder and the file that it comes from."""
    with file.open("w", newline="", encoding="utf-8", errors="backslashreplace") as manifest:
        table = csv.writer(manifest)
        table.writerow(("split", "class", "name", "source", "file"))
        for row in rows:
            folder = row.file.relative_to(source).parent.as_posix()
            table.writerow((row.split, row.animal, row.name, folder, row.file.name))


def _free_name(stem: str, taken: set[str]) -> str:
    """A name for a picture that no other in its folder has, on no system: the stem of its file, perhaps with a number.

    Args:
        stem: What the file is called, without its ending.
        taken: The names in that folder, without capital letters; the new one is added.
    """
    # Names may have 255 bytes on most systems: of the longest, the end goes.
    clean = _clean(stem).encode()[:200].decode(errors="ignore")
    name = next(
        name for number in count(1) if (name := clean if number == 1 else f"{clean}-{number}").casefold() not in taken
    )
    taken.add(name.casefold())
    return name


def _clean(name: str) -> str:
    """A name in any script, as it can be written on any system: in one normal form, without what is no letter."""
    text = unicodedata.normalize("NFC", name)
    return "".join("_" if unicodedata.category(one) in ("Cc", "Cs") or one in '<>:"\\|?*' else one for one in text)


def shown(path: Path) -> str:
    """A path as it can be printed, whatever is in it: one line, and no bytes that are no letters."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in path.as_posix())
