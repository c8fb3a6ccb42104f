"""The statistics of the distortions, and that they depend on nothing but the arguments."""

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from dae_core.distortions.apply import corrupt, corrupt_batch
from dae_core.distortions.strengths import DISTORTIONS, REPORT_CORRUPTION, Corruption, differences
from dae_core.experiments import EXPERIMENTS, training_corruption

GREY = np.full((64, 64, 3), 0.5, np.float32)
WHITE = np.ones((64, 64, 3), np.float32)
NOISE, SALT_AND_PEPPER, SQUARES = (REPORT_CORRUPTION.only(name) for name in REPORT_CORRUPTION.active)
SEEDS = range(100)


def many(picture: np.ndarray, corruption: Corruption) -> np.ndarray:
    """(100, 64, 64, 3): what a hundred seeds make of a picture."""
    return corrupt_batch(np.broadcast_to(picture, (len(SEEDS), *picture.shape)), corruption, np.array(SEEDS))


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def digest(picture: np.ndarray) -> str:
    """Of what one seed makes of the picture, by each distortion alone and by all three."""
    results = [corrupt(picture, kind, 5).tobytes() for kind in (NOISE, SALT_AND_PEPPER, SQUARES, REPORT_CORRUPTION)]
    return hashlib.sha256(b"".join(results)).hexdigest()


def test_the_preset_is_the_one_of_the_report():
    assert Corruption(gaussian_noise=0.1, salt_and_pepper=0.05, cutout=3, cutout_size=12) == REPORT_CORRUPTION
    assert REPORT_CORRUPTION.active == ("gaussian_noise", "salt_and_pepper", "cutout")


@pytest.mark.parametrize("std", [0.02, 0.05, 0.1])
def test_gaussian_noise_has_the_standard_deviation_asked_for_and_no_mean(std):
    noise = many(GREY, Corruption(gaussian_noise=std)) - 0.5
    assert noise.std() == pytest.approx(std, rel=0.005)
    assert abs(noise.mean()) < 5 * std / np.sqrt(noise.size)
    assert noise.std(axis=(0, 1, 2)) == pytest.approx([std] * 3, rel=0.01)
    assert (np.abs(noise) < std).mean() == pytest.approx(0.6827, abs=0.005)  # As a normal distribution has it.


def test_gaussian_noise_reaches_every_channel_of_every_pixel():
    deviations = many(GREY, NOISE).std(axis=0)
    assert deviations.min() > 0.06 and deviations.max() < 0.14  # Five times the error of a hundred draws.


def test_gaussian_noise_is_independent_between_channels_pixels_and_seeds():
    noise = many(GREY, NOISE) - 0.5
    for a, b in [
        (noise[..., 0], noise[..., 1]),
        (noise[..., 1], noise[..., 2]),
        (noise[:, :, 1:], noise[:, :, :-1]),
        (noise[1:], noise[:-1]),
    ]:
        assert abs(correlation(a, b)) < 5 / np.sqrt(a.size)


@pytest.mark.parametrize("amount", [0.01, 0.05, 0.3, 1.0])
def test_salt_and_pepper_hit_equal_shares_and_leave_the_rest(amount):
    result = many(GREY, Corruption(salt_and_pepper=amount))
    assert set(np.unique(result)) <= {0, 0.5, 1}
    for value in (0, 1):
        for share in ((result == value)[..., channel].mean() for channel in range(3)):
            error = np.sqrt(amount / 2 * (1 - amount / 2) / (result.size / 3))
            assert abs(share - amount / 2) < 5 * error


def test_salt_and_pepper_hit_each_channel_by_itself():
    hit = many(GREY, SALT_AND_PEPPER) != 0.5
    for a, b in combinations(range(3), 2):
        assert abs(correlation(hit[..., a], hit[..., b])) < 5 / np.sqrt(hit[..., 0].size)
        both = (hit[..., a] & hit[..., b]).mean()
        assert both == pytest.approx(0.05**2, rel=0.1)  # Masks shared between channels would make it 0.05.


def test_one_cutout_is_a_black_square_of_12_pixels_inside_the_picture():
    tops, lefts = set(), set()
    for seed in range(600):
        black = (corrupt(WHITE, Corruption(cutout=1), seed) == 0).all(axis=-1)
        rows, columns = np.nonzero(black.any(1))[0], np.nonzero(black.any(0))[0]
        assert (len(rows), len(columns), black.sum()) == (12, 12, 144)
        assert black[rows[0] : rows[0] + 12, columns[0] : columns[0] + 12].all()
        tops.add(rows[0])
        lefts.add(columns[0])
    assert tops == lefts == set(range(53))  # Any place where a square fits.


@pytest.mark.parametrize(("count", "side"), [(3, 12), (5, 8), (1, 64), (10, 1)])
def test_several_cutouts_are_squares_that_may_overlap(count, side):
    result = many(WHITE, Corruption(cutout=count, cutout_size=side))
    assert set(np.unique(result)) <= {0, 1}
    black = (result == 0).all(axis=-1)
    np.testing.assert_array_equal(black, (result == 0).any(axis=-1))
    areas = black.sum(axis=(1, 2))
    assert areas.max() == count * side**2 and areas.min() >= side**2
    for mask in black:
        whole = np.zeros_like(mask)
        for top, left in np.argwhere(sliding_window_view(mask, (side, side)).all(axis=(2, 3))):
            whole[top : top + side, left : left + side] = True
        np.testing.assert_array_equal(mask, whole)


def test_squares_stay_black_under_the_other_two():
    for seed in SEEDS:
        squares = corrupt(WHITE, SQUARES, seed) == 0
        np.testing.assert_array_equal(corrupt(WHITE, REPORT_CORRUPTION, seed)[squares], 0)


def test_switching_one_off_leaves_the_draws_of_the_others():
    for seed in SEEDS:
        everything = corrupt(GREY, REPORT_CORRUPTION, seed)
        visible = corrupt(GREY, SQUARES, seed) != 0
        quiet = visible & (corrupt(GREY, SALT_AND_PEPPER, seed) == 0.5)
        without_squares = corrupt(GREY, REPORT_CORRUPTION.only("gaussian_noise", "salt_and_pepper"), seed)
        np.testing.assert_array_equal(everything[visible], without_squares[visible])
        np.testing.assert_array_equal(everything[quiet], corrupt(GREY, NOISE, seed)[quiet])
        hit = visible & ~quiet
        np.testing.assert_array_equal(everything[hit], corrupt(GREY, SALT_AND_PEPPER, seed)[hit])


def test_the_draws_of_different_distortions_are_unrelated():
    noise = many(GREY, NOISE).reshape(len(SEEDS), -1) - 0.5
    peppered = many(GREY, SALT_AND_PEPPER).reshape(len(SEEDS), -1) - 0.5
    for a, b in [
        (noise, peppered),
        (np.abs(noise), np.abs(peppered)),
        (noise[1:], peppered[:-1]),
        # From one seed, a large random number makes strong noise here and salt there, as long as both keep in step.
        (np.abs(noise[:, :50]), peppered[:, :50]),
        (np.abs(noise[:, :50]), peppered[:, 1:100:2]),
    ]:
        assert abs(correlation(a, b)) < 5 / np.sqrt(a.size)


@pytest.mark.parametrize("corruption", [NOISE, SALT_AND_PEPPER, SQUARES, REPORT_CORRUPTION])
def test_another_seed_gives_another_output(corruption, picture):
    seeds = (*range(1000), 2**31, 2**40)
    assert len({corrupt(picture, corruption, seed).tobytes() for seed in seeds}) == len(seeds)


@pytest.mark.parametrize("corruption", [NOISE, SALT_AND_PEPPER, SQUARES, REPORT_CORRUPTION, Corruption(1.0, 1.0, 3)])
def test_the_result_is_a_new_float32_picture_in_the_unit_range(corruption, picture):
    before = picture.tobytes()
    result = corrupt(picture, corruption, 3)
    assert result.shape == (64, 64, 3) and result.dtype == np.float32
    assert result.min() >= 0 and result.max() <= 1
    assert not np.shares_memory(result, picture) and picture.tobytes() == before
    assert result.tobytes() != before


def test_all_off_returns_an_equal_copy(picture):
    result = corrupt(picture, Corruption(), 3)
    np.testing.assert_array_equal(result, picture)
    assert not np.shares_memory(result, picture)


def test_the_same_seed_gives_the_same_output_in_another_process(picture, tmp_path):
    np.save(tmp_path / "picture.npy", picture)
    script = "import sys, numpy, tests.distortions.test_apply as t; print(t.digest(numpy.load(sys.argv[1])))"
    command = [sys.executable, "-c", script, tmp_path / "picture.npy"]
    other = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == digest(picture)


def test_threads_do_not_disturb_each_other(picture):
    kinds = [NOISE, SALT_AND_PEPPER, SQUARES, REPORT_CORRUPTION, Corruption(0.3, 0.2, 5, 6), Corruption()]
    jobs = [(kinds[number % len(kinds)], number // 4) for number in range(2400)]
    alone = [corrupt(picture, *job).tobytes() for job in jobs]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(lambda job: corrupt(picture, *job).tobytes(), jobs)) == alone
    finally:
        sys.setswitchinterval(interval)


def test_what_came_before_does_not_matter(picture):
    first = corrupt(picture, REPORT_CORRUPTION, 1)
    corrupt(picture, Corruption(0.5, 0.5, 1, 20), 2)
    corrupt(picture, REPORT_CORRUPTION, 3)
    np.testing.assert_array_equal(corrupt(picture, REPORT_CORRUPTION, 1), first)


def test_a_batch_is_its_pictures_each_with_its_seed(picture):
    batch = corrupt_batch(np.stack([picture, WHITE, GREY]), REPORT_CORRUPTION, np.array([4, 9, 4]))
    for result, clean, seed in zip(batch, (picture, WHITE, GREY), (4, 9, 4), strict=True):
        np.testing.assert_array_equal(result, corrupt(clean, REPORT_CORRUPTION, seed))


def test_only_switches_the_others_off():
    corruption = Corruption(gaussian_noise=0.2, salt_and_pepper=0.3, cutout=4, cutout_size=20)
    assert corruption.only("cutout") == Corruption(cutout=4, cutout_size=20)
    assert corruption.only("gaussian_noise", "salt_and_pepper") == replace(corruption, cutout=0)
    assert corruption.only() == Corruption(cutout_size=20)
    assert corruption.only(*DISTORTIONS) == corruption


def test_active_names_what_is_on_in_the_order_of_application():
    assert Corruption().active == ()
    assert Corruption(cutout=1, gaussian_noise=0.1).active == ("gaussian_noise", "cutout")


@pytest.mark.parametrize(
    "experiment",
    [experiment for experiment in EXPERIMENTS if set(experiment.trained_on) <= set(REPORT_CORRUPTION.active)],
    ids=lambda experiment: experiment.name,
)
def test_pictures_are_damaged_as_in_the_report_by_what_the_experiment_names(experiment):
    corruption = training_corruption(experiment)
    assert set(corruption.active) == set(experiment.trained_on)
    assert all(getattr(corruption, name) == getattr(REPORT_CORRUPTION, name) for name in corruption.active)


def test_differences_tell_how_a_model_was_trained_otherwise():
    assert differences(REPORT_CORRUPTION, REPORT_CORRUPTION) == {}
    assert differences(Corruption(), Corruption()) == {}
    assert differences(NOISE, SQUARES) == {"gaussian_noise": (0.1, 0), "cutout": (0, 3)}
    assert differences(Corruption(salt_and_pepper=0.2), SALT_AND_PEPPER) == {"salt_and_pepper": (0.2, 0.05)}
