"""The metrics are those of scikit-image, and of Wang et al."""

import numpy as np
import pytest
from skimage import metrics as reference

from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import REPORT_CORRUPTION, Corruption
from dae_core.pictures.samples import SAMPLES, load_sample
from dae_core.scores.metrics import METRICS, mse, psnr, rank_correlation, scores, ssim

DAMAGE = {
    "gaussian": Corruption(gaussian_noise=0.2),
    "salt and pepper": Corruption(salt_and_pepper=0.1),
    "cutout": Corruption(cutout=3),
    "all": REPORT_CORRUPTION,
    "faint": Corruption(gaussian_noise=0.004),
}


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("damage", DAMAGE)
def test_all_three_agree_with_scikit_image(name, damage):
    clean = load_sample(name)
    damaged = corrupt(clean, DAMAGE[damage], seed=1)
    expected = {
        "mse": reference.mean_squared_error(clean, damaged),
        "psnr": reference.peak_signal_noise_ratio(clean.astype(np.float64), damaged.astype(np.float64), data_range=1),
        "ssim": reference.structural_similarity(
            clean.astype(np.float64),
            damaged.astype(np.float64),
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            data_range=1,
            channel_axis=-1,
        ),
    }
    assert scores(damaged, clean) == pytest.approx(expected, rel=1e-6)
    assert tuple(expected) == tuple(METRICS)


def test_mse_and_psnr_of_a_batch_are_those_of_its_pictures(picture):
    damaged = np.stack([corrupt(picture, REPORT_CORRUPTION, seed) for seed in range(6)]).reshape(2, 3, 64, 64, 3)
    clean = np.broadcast_to(picture, damaged.shape)
    for metric in (mse, psnr):
        expected = [[metric(one, picture) for one in row] for row in damaged]
        assert metric(damaged, clean).shape == (2, 3)
        np.testing.assert_allclose(metric(damaged, clean), expected, rtol=1e-12)


def test_known_values():
    black, grey = np.zeros((64, 64, 3), np.float32), np.full((64, 64, 3), 0.1, np.float32)
    assert mse(grey, black) == pytest.approx(0.01)
    assert psnr(grey, black) == pytest.approx(20)
    assert ssim(black, black + 1) == pytest.approx(0.01**2 / (1 + 0.01**2))


def test_equal_pictures_score_best(picture):
    assert scores(picture, picture) == {"mse": 0, "psnr": np.inf, "ssim": pytest.approx(1)}


def test_equal_values_share_their_rank_and_where_all_are_equal_there_is_no_order():
    assert rank_correlation([1, 2, 300], [4, 5, 6]) == pytest.approx(1)
    assert rank_correlation([24, 24, 16, 6], [1, 2, 3, 4]) == pytest.approx(-0.9487, abs=1e-4)  # As SciPy has it.
    assert rank_correlation([5, 5, 5], [1, 2, 3]) == 0


def test_the_rank_correlation_sees_order_and_not_size():
    values = np.random.default_rng(0).random((8, 8)).astype(np.float32)
    assert rank_correlation(values, values**5) == pytest.approx(1)
    assert rank_correlation(values, -values) == pytest.approx(-1)
    assert abs(rank_correlation(values, values.T)) < 0.5
