"""Reading the data set."""

import shutil

import numpy as np
import pytest
from PIL import Image

from dae_core.pictures.dataset import DataError, as_float, load_split, samples_as_split
from dae_core.pictures.samples import FACES, NEVER_SEEN, SAMPLES, SAMPLES_FOLDER, load_sample


@pytest.fixture
def own_folder(data_folder, tmp_path):
    """A copy of the made-up data set that a test may spoil."""
    return shutil.copytree(data_folder, tmp_path / "data")


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
    with pytest.raises(
        DataError, match=r"no pictures in .*nowhere.train.*--prepare kaggle.*Animal Faces-HQ.*--prepare PATH"
    ):
        load_split("train", tmp_path / "nowhere")


def test_a_missing_class_gets_the_same_sentence(own_folder):
    shutil.rmtree(own_folder / "val" / "dog")
    with pytest.raises(DataError, match=r"no pictures in .*val.dog\. .*--prepare PATH"):
        load_split("val", own_folder)


def test_any_classes_are_read_in_the_order_of_their_names(own_folder):
    for split in ("train", "val", "test"):
        (own_folder / split / "dog").rename(own_folder / split / "Zoë")
        (own_folder / split / "cat").rename(own_folder / split / "anna")
    split = load_split("val", own_folder)
    assert split.classes.tolist() == ["Zoë"] * 4 + ["anna"] * 4 and split.class_names == ("Zoë", "anna")


def test_hidden_files_and_folders_are_no_pictures(own_folder):
    before = load_split("train", own_folder).digest
    (own_folder / "train" / "cat" / "._cat-00.jpg").write_bytes(b"\0\5\26\7")
    (own_folder / "train" / ".ipynb_checkpoints").mkdir()
    (own_folder / "__MACOSX").mkdir()
    assert load_split("train", own_folder).digest == before


@pytest.mark.parametrize("name", ["all", "samples"])
def test_a_class_that_is_called_like_a_group_of_scores_is_refused(own_folder, name):
    for split in ("train", "val", "test"):
        (own_folder / split / "dog").rename(own_folder / split / name)
    with pytest.raises(DataError, match=f"No class can be called {name}.*rename"):
        load_split("test", own_folder)


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
