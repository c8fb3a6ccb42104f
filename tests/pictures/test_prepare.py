"""Making the data folder: of Animal Faces-HQ, and of what people have."""

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dae_core.pictures.dataset import DataError, load_split
from dae_core.pictures.prepare import Prepared, prepare
from dae_core.pictures.reading import read_picture

FIELD = Path(__file__).parents[1] / "field"


@pytest.fixture(scope="module", params=[("train", "val"), ("train", "test")], ids=["version 1", "version 2"])
def download(request, tmp_path_factory):
    """A made-up Animal Faces-HQ, to be read only: 512 x 512, three classes, the second split small."""
    random = np.random.default_rng(0)
    source = tmp_path_factory.mktemp("download") / "afhq"
    for split, count in zip(request.param, (6, 3), strict=True):
        for animal in ("cat", "dog", "wild"):
            (source / split / animal).mkdir(parents=True)
            for number in range(count):
                coarse = Image.fromarray(random.integers(0, 256, (4, 4, 3)).astype(np.uint8))
                suffix = "png" if "test" in request.param else "jpg"  # The two versions differ in that, too.
                coarse.resize((512, 512)).save(source / split / animal / f"{split}_{animal}_{number}.{suffix}")
    return source


def files(folder) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_prepare_makes_what_load_split_reads(download, tmp_path):
    prepared = prepare(download, tmp_path / "data")
    assert prepared == Prepared({"train": 10, "val": 2, "test": 6}, ("cat", "dog"), 0)
    for split, each in {"train": 5, "val": 1, "test": 3}.items():
        assert load_split(split, tmp_path / "data").classes.tolist() == ["cat"] * each + ["dog"] * each


def test_prepare_takes_a_fifth_of_each_class_for_validation_and_no_picture_twice(download, tmp_path):
    prepare(download, tmp_path / "data")
    stems = {split: {file.stem for file in (tmp_path / "data" / split).rglob("*.jpg")} for split in ("train", "val")}
    originals = {file.stem for animal in ("cat", "dog") for file in (download / "train" / animal).iterdir()}
    assert (len(stems["train"]), len(stems["val"])) == (10, 2)
    assert stems["train"] | stems["val"] == originals and not stems["train"] & stems["val"]
    held_out = {file.stem for file in (tmp_path / "data" / "test").rglob("*.jpg")}
    assert len(held_out) == 6 and not held_out & originals


def test_prepare_leaves_wild_animals_out(download, tmp_path):
    prepare(download, tmp_path / "data")
    assert not [name for name in files(tmp_path / "data") if "wild" in name]
    assert "wild" not in (tmp_path / "data" / "manifest.csv").read_text(encoding="utf-8")


def test_prepare_resizes_like_everything_else(download, tmp_path):
    prepare(download, tmp_path / "data")
    for original in (download / "train" / "dog").iterdir():
        made = next((tmp_path / "data").rglob(f"{original.stem}.jpg"))
        with Image.open(made) as image:
            assert (image.size, image.mode, image.format) == ((64, 64), "RGB", "JPEG")
        assert np.abs(read_picture(made) - read_picture(original)).mean() < 0.02


def test_prepare_gives_the_same_folder_every_time(download, tmp_path):
    prepare(download, tmp_path / "one")
    prepare(download, tmp_path / "two")
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_the_manifest_lists_every_picture_and_where_it_comes_from(download, tmp_path):
    prepare(download, tmp_path / "data")
    with (tmp_path / "data" / "manifest.csv").open(newline="", encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    listed = {f"{row['split']}/{row['class']}/{row['name']}.jpg" for row in rows}
    assert listed == files(tmp_path / "data").keys() - {"manifest.csv"} and len(rows) == len(listed) == 18
    for row in rows:
        assert (download / row["source"] / row["file"]).stem == row["name"]


def test_prepare_never_touches_an_existing_folder(download, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mine").write_text("precious")
    with pytest.raises(DataError, match="data exists already: move it away first, nothing was changed"):
        prepare(download, tmp_path / "data")
    assert files(tmp_path / "data") == {"mine": b"precious"}


def test_prepare_does_not_mix_in_what_an_interrupted_attempt_left(download, tmp_path):
    leftover = tmp_path / "data.partial" / "train" / "cat" / "stale.jpg"
    leftover.parent.mkdir(parents=True)
    Image.new("RGB", (64, 64)).save(leftover)
    prepare(download, tmp_path / "data")
    assert "train/cat/stale.jpg" not in files(tmp_path / "data")


@pytest.mark.parametrize("missing", ["held out/cat", "held out/dog", "train/dog"])
def test_prepare_refuses_splits_with_other_classes(download, missing, tmp_path):
    source = shutil.copytree(download, tmp_path / "afhq")
    shutil.rmtree(source / "train" / "wild")
    held_out = "val" if (source / "val").exists() else "test"
    shutil.rmtree(source / held_out / "wild")
    (source / "train" / "fox").mkdir()
    shutil.copy(next((source / "train" / "cat").iterdir()), source / "train" / "fox")
    shutil.copytree(source / "train" / "fox", source / held_out / "fox")
    shutil.rmtree(source / missing.replace("held out", held_out))
    with pytest.raises(DataError, match=rf"train and test do not hold the same classes: only one has {missing[-3:]}\."):
        prepare(source, tmp_path / "data")
    assert not (tmp_path / "data").exists()
