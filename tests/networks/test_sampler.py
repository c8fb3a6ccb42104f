"""The sampler's network."""

import numpy as np
import pytest

from tests.later import Later

networks = Later("dae_core.networks.sampler")


@pytest.fixture(scope="module")
def model():
    return networks.sampler()


def test_it_is_small_and_begins_by_heading_for_the_distorted_picture(model):
    assert model.count_params() <= 3_000_000
    pictures, states = np.random.default_rng(0).random((2, 2, 64, 64, 3), np.float32)
    velocity = model.predict_on_batch([pictures, states, np.array([0, 0.5], np.float32)])
    np.testing.assert_allclose(velocity, pictures - states, atol=1e-6)


def test_picture_state_and_time_all_tell_in_the_velocity(model):
    random = np.random.default_rng(1)
    model.set_weights([random.normal(0, 0.05, weights.shape) for weights in model.get_weights()])
    question = [random.random((1, 64, 64, 3), np.float32), random.random((1, 64, 64, 3), np.float32), np.full(1, 0.2)]
    answer = model.predict_on_batch(question)
    for which in range(3):
        other = [value * 2 if index == which else value for index, value in enumerate(question)]
        assert np.abs(model.predict_on_batch(other) - answer).max() > 1e-3
