"""What the sampler learns from."""

import numpy as np
import pytest

from dae_core.distortions.strengths import Corruption
from dae_core.pictures.samples import SAMPLES, load_sample
from tests.later import Later

training, batches = Later("dae_core.training.flow"), Later("dae_core.training.batches")
CUTOUT = Corruption(cutout=3)


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    return np.stack([np.rint(load_sample(name) * 255).astype(np.uint8) for name in SAMPLES])


def flow(pictures: np.ndarray, epoch: int = 1):
    return training.Flow(batches.CorruptedPictures(pictures, CUTOUT, 4, seed=3, epoch=epoch), seed=3, epoch=epoch)


def test_from_each_state_the_velocity_leads_to_the_clean_picture(pictures):
    mirrored = 0
    for (distorted, state, time), velocity in map(flow(pictures).__getitem__, range(2)):
        assert distorted.shape == state.shape == velocity.shape == (4, 64, 64, 3)
        assert time.min() >= 0 and time.max() < 1
        end = state + (1 - time[:, None, None, None]) * velocity
        clean = np.rint((end + 1) / 2 * 255).astype(np.uint8)
        known = {picture.tobytes() for picture in pictures}
        turned = np.array([one.tobytes() not in known for one in clean])
        assert all(one[:, ::-1].tobytes() in known for one in clean[turned])
        kept = distorted > -1  # Outside of the squares, the distorted picture is the clean one.
        assert kept.mean() > 0.7 and np.abs(distorted - end)[kept].max() < 1e-5
        mirrored += turned.sum()
    assert 0 < mirrored < 8


def test_more_is_learned_near_the_noise_than_near_the_picture(pictures):
    times = np.concatenate([flow(pictures, epoch)[index][0][2] for epoch in range(40) for index in range(2)])
    assert np.mean(times < 0.25) == pytest.approx(1 - 0.75**2, abs=0.1)
    assert np.mean(times > 0.75) == pytest.approx(0.25**2, abs=0.05)


def test_an_epoch_is_the_same_again_and_the_next_one_is_another(pictures):
    first, again, other = (flow(pictures, epoch)[1] for epoch in (1, 1, 2))
    assert all(np.array_equal(one, two) for one, two in zip(first[0], again[0], strict=True))
    assert not np.array_equal(first[0][1], other[0][1])
