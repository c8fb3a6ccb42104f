"""What the two views of the Decoders page show."""

import cv2
import numpy as np

from dae_core.checkpoints import CHECKPOINTS_FOLDER, open_checkpoint
from dae_core.pictures.samples import SAMPLES, load_sample
from dae_core.serving.denoiser import load_denoiser
from dae_core.serving.frequencies import fine_detail, grid, power, radial_power, sharpness, spectrum


def test_a_smooth_picture_has_no_fine_detail_and_a_checkerboard_is_nothing_else():
    ramp = np.repeat(np.linspace(0.2, 0.8, 64, dtype=np.float32)[None, :, None], 64, axis=0).repeat(3, axis=-1)
    board = ramp + 0.02 * (-1.0) ** np.add.outer(np.arange(64), np.arange(64))[..., None].astype(np.float32)
    inner = (slice(8, -8), slice(8, -8))
    assert np.abs(fine_detail(ramp)[inner] - 0.5).max() < 0.01
    assert np.abs(fine_detail(board)[inner] - 0.5).min() > 0.05


def test_a_grid_of_period_four_is_half_way_between_the_centre_and_the_edge():
    wave = 0.5 + 0.5 * np.cos(2 * np.pi * np.arange(64) / 4)
    grid = np.repeat(np.tile(wave, (64, 1))[..., None], 3, axis=-1).astype(np.float32)
    row = power(grid)[32]
    assert set(np.argsort(row)[-2:]) == {16, 48}


def test_sharpness_is_a_part_of_the_originals(picture):
    blurred = cv2.GaussianBlur(picture, (0, 0), 1.0)
    noisy = picture + np.random.default_rng(0).normal(0, 0.1, picture.shape)
    assert sharpness(picture, picture) == 1
    assert sharpness(blurred, picture) < 0.5 < 1.2 < sharpness(noisy, picture)


def test_nothing_has_a_part_of_the_fine_detail_of_paper(picture):
    paper = np.full_like(picture, 0.9)
    rounded = np.rint(paper * 255 + np.random.default_rng(0).uniform(-0.2, 0.2, paper.shape)) / 255
    assert np.isnan(sharpness(picture, paper)) and np.isnan(sharpness(picture, rounded))


def test_both_views_are_pictures(picture):
    for view in (fine_detail(picture), spectrum(picture)):
        assert (view.shape, view.dtype) == ((64, 64, 3), np.float32)
        assert view.min() >= 0 and view.max() <= 1
        assert view.std() > 0.02


def test_strided_convolutions_leave_a_grid_and_repeated_pixels_do_not():
    originals = np.stack([load_sample(name) for name in SAMPLES])
    found = {
        name: grid(load_denoiser(open_checkpoint(CHECKPOINTS_FOLDER / name)).reconstruct(originals))
        for name in ("decoder-1", "decoder-2", "convolutional-all")
    }
    assert found["decoder-2"] < 0.5 * grid(originals)
    assert found["decoder-1"] > 1.2 * grid(originals)
    assert found["convolutional-all"] > 1.2 * grid(originals)


def test_the_radial_power_of_a_wave_is_at_its_frequency_in_every_direction():
    wave = 0.5 + 0.4 * np.cos(2 * np.pi * 8 * np.arange(64) / 64)
    across = np.repeat(np.tile(wave, (64, 1))[..., None], 3, axis=-1).astype(np.float32)
    for picture in (across, across.transpose(1, 0, 2)):
        rings = radial_power(picture)
        assert rings.shape == (32,) and rings.argmax() == 8 - 1  # The first ring is that of one wave a picture.
