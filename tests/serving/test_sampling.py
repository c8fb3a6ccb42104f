"""Draws of a sampler, with velocities whose ends are known."""

import numpy as np
import pytest

from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import GAUSSIAN, preset
from dae_core.serving.sampling import draws, headings, noise, states, times


@pytest.mark.parametrize("solver", ["euler", "heun"])
@pytest.mark.parametrize("steps", [1, 4])
def test_straight_ways_end_at_their_picture_whatever_the_steps_in_a_mirror_for_odd_seeds(picture, solver, steps):
    upside_down = picture[::-1]

    def velocity(pictures, state, time):
        assert pictures.shape == state.shape == (3, 64, 64, 3) and time.shape == (3,)
        seen = (pictures + 1) / 2
        for one, shown in zip(seen, (upside_down[:, ::-1], upside_down, upside_down[:, ::-1]), strict=True):
            assert np.abs(one - shown).max() < 1e-6
        return (pictures[:, ::-1] - state) / (1 - time[:, None, None, None])

    found = draws(velocity, upside_down, [1, 2, 3], steps, solver)
    assert np.abs(found - picture).max() < 1e-5


def test_steps_lead_from_noise_to_picture_and_get_shorter():
    ends = times(14)
    assert ends[0] == 0 and ends[-1] == 1 and len(ends) == 15
    lengths = np.diff(ends)
    assert (lengths > 0).all() and (np.diff(lengths) < 0).all()


def test_what_goes_straight_on_is_heading_for_its_end_from_the_beginning(picture):
    def velocity(pictures, state, time):
        return (pictures - state) / (1 - time[:, None, None, None])

    way = np.concatenate(list(states(velocity, picture, [3], 5)))
    ends = headings(way)
    assert ends.shape == (5, 64, 64, 3)
    assert np.abs((ends + 1) / 2 - picture).max() < 1e-5


def test_heun_follows_a_bend_more_closely_than_euler(picture):
    def velocity(pictures, state, time):
        return -state

    errors = {}
    for solver in ("euler", "heun"):
        *_, end = states(velocity, picture, [5], 8, solver)
        errors[solver] = np.abs(end - noise([5]) / np.e).max()
    assert errors["heun"] < errors["euler"] / 2


def test_a_draw_is_a_function_of_its_seed(picture):
    def velocity(pictures, state, time):
        return pictures - 0.1 * state

    three = draws(velocity, picture, [7, 8, 9], 2)
    assert np.array_equal(draws(velocity, picture, [8], 2)[0], three[1])
    assert not np.array_equal(three[0], three[1])
    assert three.min() >= 0 and three.max() <= 1
    assert len(list(states(velocity, picture, [7], 5))) == 6


def test_a_draw_does_not_begin_with_the_noise_that_is_in_the_picture():
    grey = np.full((64, 64, 3), 0.5, np.float32)
    for seed in range(3):
        added = corrupt(grey, preset(GAUSSIAN), seed) - grey
        for draw in noise(range(12)):
            assert abs(np.corrcoef(added.ravel(), draw.ravel())[0, 1]) < 0.05
