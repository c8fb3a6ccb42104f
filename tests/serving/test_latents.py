"""The map of the latents, the ways between them, and what is left when a part of one is off."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

import train_models
from dae_core.checkpoints import CheckpointError, list_checkpoints, note, open_checkpoint
from dae_core.pictures.dataset import load_split
from dae_core.pictures.samples import load_sample
from dae_core.serving.denoiser import load_denoiser
from dae_core.serving.latents import (
    LATENTS_FILE,
    MAPPED,
    load_map,
    make_map,
    principal_components,
    resting_value,
    switch_off,
    way_between,
    write_map,
)

CHECKPOINT = list_checkpoints()[0][MAPPED]


@pytest.fixture(scope="module")
def committed():
    return load_map(CHECKPOINT)


def test_principal_components_are_what_one_finds_by_hand():
    # Four points: a variance of 8 along (3, 4) / 5, of 2 along (4, -3) / 5, and of none in the third direction.
    along, across = np.array([3, 4, 0]) / 5, np.array([4, -3, 0]) / 5
    points = np.array([7, 8, 9]) + np.stack([4 * along, -4 * along, 2 * across, -2 * across])
    mean, components, explained = principal_components(points)
    np.testing.assert_allclose(mean, [7, 8, 9])
    np.testing.assert_allclose(np.abs(components @ np.stack([along, across]).T), np.eye(2), atol=1e-12)
    np.testing.assert_allclose(explained, [0.8, 0.2])


def test_a_point_of_the_map_is_where_its_latent_lies(committed):
    points = np.array([[0, 0], [5, -3]])
    latents = np.stack([committed.lift(point) for point in points])
    assert latents.shape == (2, 1000) and latents.dtype == np.float32
    np.testing.assert_allclose(committed.project(latents), points, atol=1e-4)


def test_the_committed_map_belongs_to_the_committed_checkpoint(committed):
    assert committed.encoder_sha256 == CHECKPOINT.manifest["files"]["encoder.onnx"]["sha256"]
    assert committed.test_digest == CHECKPOINT.manifest["data"]["test"]
    assert committed.test_points.shape == (984, 2)
    assert {*committed.test_classes} == {"cat", "dog"} and committed.kinds.tolist() == ["cat", "dog"]
    for latent in (committed.mean, *committed.means):
        assert latent.shape == (CHECKPOINT.experiment.model.latent_size,)
    np.testing.assert_allclose(committed.components @ committed.components.T, np.eye(2), atol=1e-5)
    assert 0 < committed.explained[1] <= committed.explained[0] < 1
    assert 0.5 < committed.told_apart <= 1
    assert LATENTS_FILE.stat().st_size < 200_000


def test_the_first_direction_of_the_committed_map_matters_most_for_the_test_pictures_as_well(committed):
    first, second = committed.test_points.std(axis=0)
    assert first > second


@pytest.fixture(scope="module")
def made(data_folder):
    return make_map(CHECKPOINT, load_split("train", data_folder), load_split("test", data_folder))


def test_a_map_is_made_of_the_training_pictures_and_shows_the_test_pictures(made, data_folder):
    train, test = load_split("train", data_folder), load_split("test", data_folder)
    assert made.fitted_on == 24 and made.test_digest == test.digest
    np.testing.assert_array_equal(made.test_classes, test.classes)
    assert made.test_points.shape == (8, 2)
    latents = load_denoiser(CHECKPOINT).encode(train.pictures.astype(np.float32) / 255)
    np.testing.assert_allclose(made.mean, latents.mean(axis=0), atol=1e-5)
    for kind, mean in zip(("cat", "dog"), made.means, strict=True):
        np.testing.assert_allclose(mean, latents[train.classes == kind].mean(axis=0), atol=1e-5)
    points = made.project(latents)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-4)
    variance = ((latents - latents.mean(axis=0)) ** 2).sum()
    np.testing.assert_allclose((points**2).sum(axis=0) / variance, made.explained, rtol=1e-3)


def test_a_map_comes_back_from_its_file_as_it_was(made, tmp_path):
    write_map(made, tmp_path / "latents.npz")
    again = load_map(CHECKPOINT, tmp_path / "latents.npz")
    for name, value in vars(made).items():
        np.testing.assert_array_equal(getattr(again, name), value)
    assert type(again.fitted_on) is int and type(again.encoder_sha256) is str


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 and no more", b"no numbers", "cut", "bit"])
def test_a_map_that_is_missing_or_broken_gives_a_sentence(content, tmp_path):
    file = tmp_path / "latents.npz"
    whole = LATENTS_FILE.read_bytes()
    if content == "cut":
        content = whole[:1000]
    elif content == "bit":
        content = whole[:1000] + bytes([whole[1000] ^ 1]) + whole[1001:]
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"^The map of the latents, latents.npz, is missing or broken: restore"):
        load_map(CHECKPOINT, file)


def test_a_map_with_objects_inside_is_not_loaded(made, tmp_path):
    np.savez(tmp_path / "latents.npz", **vars(made) | {"mean": np.array([print], object)})
    with pytest.raises(CheckpointError, match="missing or broken"):
        load_map(CHECKPOINT, tmp_path / "latents.npz")


def test_a_map_of_another_encoder_gives_a_sentence(made, tmp_path):
    write_map(replace(made, encoder_sha256="0" * 64), tmp_path / "latents.npz")
    with pytest.raises(CheckpointError, match=rf"another encoder than that of {MAPPED}: run `python train_models.py"):
        load_map(CHECKPOINT, tmp_path / "latents.npz")


def test_the_command_line_makes_the_map_of_the_pictures_that_the_network_was_trained_on(data_folder, tmp_path, capsys):
    checkpoint = open_checkpoint(shutil.copytree(CHECKPOINT.folder, tmp_path / MAPPED))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert train_models.main(["--latents", "--data", str(data_folder), "--checkpoints", str(tmp_path)]) == 1
    assert f"{MAPPED} was measured on other pictures than those of --data" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    note(checkpoint, data={split: load_split(split, data_folder).digest for split in ("train", "test")})
    assert train_models.main(["--latents", "--data", str(data_folder), "--checkpoints", str(tmp_path)]) == 0
    assert "of the variance" in capsys.readouterr().out
    assert load_map(CHECKPOINT, tmp_path / "latents.npz").fitted_on == 24


def test_the_way_from_one_to_another_starts_at_the_one_and_ends_at_the_other():
    denoiser = load_denoiser(CHECKPOINT)
    cat, dog = (denoiser.encode(load_sample(name)) for name in ("cat-tabby", "dog-golden-retriever"))
    way = way_between(cat, dog)
    assert way.dtype == np.float32
    np.testing.assert_array_equal(way[0], cat)
    np.testing.assert_array_equal(way[-1], dog)
    np.testing.assert_allclose(way[5], 0.75 * cat + 0.25 * dog, atol=1e-6)


def test_the_part_that_is_switched_off_is_as_large_as_asked_for_and_only_grows():
    latent = np.arange(1, 1001, dtype=np.float32).reshape(5, 5, 40)
    off = {part: switch_off(latent, part, 3, np.zeros(1, np.float32)) == 0 for part in (0, 0.25, 0.5, 1)}
    assert [int(where.sum()) for where in off.values()] == [0, 250, 500, 1000]
    assert not (off[0.25] & ~off[0.5]).any()
    assert not np.array_equal(off[0.5], switch_off(latent, 0.5, 4, np.zeros(1, np.float32)) == 0)


def test_what_is_switched_off_rests_at_zero_in_a_vector_and_at_the_channels_mean_in_a_map():
    assert resting_value(np.ones((9, 1000), np.float32)) == 0
    maps = np.random.default_rng(0).normal(size=(9, 8, 8, 64)).astype(np.float32)
    off = switch_off(maps[0], 1, 0, resting_value(maps))
    np.testing.assert_allclose(off, np.broadcast_to(maps.mean(axis=(0, 1, 2)), (8, 8, 64)))
    assert off.dtype == np.float32
