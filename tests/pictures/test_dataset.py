"""Reading the data set, and making it from Animal Faces-HQ."""

import csv
import shutil

import numpy as np
import pytest
from PIL import Image

from dae_core.pictures.dataset import DataError, as_float, load_split, prepare, samples_as_split
from dae_core.pictures.reading import read_picture
from dae_core.pictures.samples import FACES, NEVER_SEEN, SAMPLES, SAMPLES_FOLDER, load_sample


@pytest.fixture
def own_folder(data_folder, tmp_path):
    """A copy of the made-up data set that a test may spoil."""
    return shutil.copytree(data_folder, tmp_path / "data")


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


def test_a_split_holds_all_pictures_cats_first_in_the_order_of_their_names(data_folder):
    split = load_split("train", data_folder)
    assert split.pictures.shape == (24, 64, 64, 3) and split.pictures.dtype == np.uint8
    assert split.classes.tolist() == ["cat"] * 12 + ["dog"] * 12
    for index, name in ((0, "cat/cat-00"), (7, "cat/cat-07"), (12, "dog/dog-00"), (23, "dog/dog-11")):
        with Image.open(data_folder / "train" / f"{name}.jpg") as image:
            np.testing.assert_array_equal(split.pictures[index], np.asarray(image))


def test_as_float_makes_pictures_in_the_unit_range():
    result = as_float(np.array([0, 51, 255], np.uint8))
    assert result.dtype == np.float32
    np.testing.assert_array_equal(result, np.array([0, 0.2, 1], np.float32))


def test_the_digest_changes_with_a_byte_a_name_and_a_split(own_folder):
    digests = [load_split("test", own_folder).digest]
    assert load_split("test", own_folder).digest == digests[0]
    digests.append(load_split("val", own_folder).digest)
    file = own_folder / "test" / "dog" / "dog-03.jpg"
    file.rename(file.with_name("dog-04.jpg"))
    digests.append(load_split("test", own_folder).digest)
    Image.new("RGB", (64, 64)).save(file.with_name("dog-04.jpg"))
    digests.append(load_split("test", own_folder).digest)
    content = bytearray(file.with_name("dog-04.jpg").read_bytes())
    content[13] ^= 1  # The unit of the density: the same picture.
    file.with_name("dog-04.jpg").write_bytes(content)
    digests.append(load_split("test", own_folder).digest)
    assert len(set(digests)) == 5


def test_a_missing_folder_gets_a_sentence_that_tells_how_to_get_the_data(tmp_path):
    with pytest.raises(DataError, match=r"no pictures in .*nowhere.train.cat\. .*--prepare PATH"):
        load_split("train", tmp_path / "nowhere")


def test_a_missing_class_gets_the_same_sentence(own_folder):
    shutil.rmtree(own_folder / "val" / "dog")
    with pytest.raises(DataError, match=r"no pictures in .*val.dog\. .*Animal Faces-HQ.*--prepare PATH"):
        load_split("val", own_folder)


def test_a_picture_of_another_size_is_refused_by_name(own_folder):
    Image.new("RGB", (64, 65)).save(own_folder / "val" / "cat" / "cat-01.jpg")
    with pytest.raises(DataError, match=r"cat-01\.jpg is not a 64 x 64 picture"):
        load_split("val", own_folder)


@pytest.mark.parametrize("length", [0, 10, 600])
def test_a_broken_picture_is_refused_by_name(own_folder, length):
    file = own_folder / "val" / "cat" / "cat-01.jpg"
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(DataError, match=r"cat-01\.jpg is broken"):
        load_split("val", own_folder)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_there_and_its_source_is_told(name):
    sample = load_sample(name)
    assert sample.shape == (64, 64, 3) and sample.dtype == np.float32
    assert sample.std() > 0.05
    assert f"| {name}.png | " in (SAMPLES_FOLDER / "SOURCES.md").read_text()


def test_no_sample_is_forgotten_and_faces_come_first():
    assert {file.stem for file in SAMPLES_FOLDER.glob("*.png")} == set(SAMPLES)
    assert list(SAMPLES) == [*FACES, *NEVER_SEEN] and len(FACES) == 3 and len(NEVER_SEEN) == 6


def test_samples_can_stand_in_for_a_data_set():
    split = samples_as_split()
    assert split.pictures.shape == (9, 64, 64, 3) and split.pictures.dtype == np.uint8
    assert set(split.classes) == {"cat", "dog"}
    np.testing.assert_allclose(as_float(split.pictures), np.stack([load_sample(name) for name in SAMPLES]), atol=1e-6)


def test_prepare_makes_what_load_split_reads(download, tmp_path):
    assert prepare(download, tmp_path / "data") == {"train": 6, "val": 6, "test": 6}
    for split in ("train", "val", "test"):
        assert load_split(split, tmp_path / "data").classes.tolist() == ["cat"] * 3 + ["dog"] * 3


def test_prepare_takes_half_of_a_small_class_for_validation_and_no_picture_twice(download, tmp_path):
    prepare(download, tmp_path / "data")
    stems = {split: {file.stem for file in (tmp_path / "data" / split).rglob("*.jpg")} for split in ("train", "val")}
    originals = {file.stem for animal in ("cat", "dog") for file in (download / "train" / animal).iterdir()}
    assert len(stems["train"]) == len(stems["val"]) == 6
    assert stems["train"] | stems["val"] == originals and not stems["train"] & stems["val"]
    held_out = {file.stem for file in (tmp_path / "data" / "test").rglob("*.jpg")}
    assert len(held_out) == 6 and not held_out & originals


def test_prepare_leaves_wild_animals_out(download, tmp_path):
    prepare(download, tmp_path / "data")
    assert not [name for name in files(tmp_path / "data") if "wild" in name]
    assert "wild" not in (tmp_path / "data" / "manifest.csv").read_text()


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
    with (tmp_path / "data" / "manifest.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    listed = {f"{row['split']}/{row['class']}/{row['name']}.jpg" for row in rows}
    assert listed == files(tmp_path / "data").keys() - {"manifest.csv"} and len(rows) == len(listed) == 18
    for row in rows:
        assert list((download / row["source"]).glob(f"{row['name']}.*"))


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


@pytest.mark.parametrize("missing", ["train", "train/cat", "train/dog", "held out", "held out/cat", "held out/dog"])
def test_prepare_refuses_another_layout(download, missing, tmp_path):
    source = shutil.copytree(download, tmp_path / "afhq")
    held_out = "val" if (source / "val").exists() else "test"
    shutil.rmtree(source / missing.replace("held out", held_out))
    with pytest.raises(DataError, match=r"afhq does not hold train/cat, train/dog and val or test: give the unpacked"):
        prepare(source, tmp_path / "data")
    assert not (tmp_path / "data").exists()
