"""What is measured of draws, with samplers whose draws are known."""

import numpy as np
import pytest

from dae_core.distortions.apply import corrupt_batch
from dae_core.distortions.strengths import REPORT_CORRUPTION
from dae_core.pictures.dataset import as_float
from dae_core.scores.draws import AVERAGED, EVERY, OTHER_STEPS, hidden_part, measure_draws
from dae_core.scores.metrics import mse
from dae_core.serving.sampling import STEPS, noise


def to_damaged_picture(pictures, state, time):
    """Leads straight to the damaged picture, where its noise ends."""
    return (pictures - state) / (1 - time[:, None, None, None])


def measured(rows, averaged=1, solver="euler", steps=STEPS):
    chosen = (row for row in rows if (row["solver"], row["steps"], row["averaged"]) == (solver, steps, averaged))
    return {row["metric"]: row["mean"] for row in chosen}


def test_draws_that_all_end_at_the_damaged_picture_have_its_error_and_no_spread(splits):
    rows = measure_draws(to_damaged_picture, splits[2])
    seeds = np.arange(0, len(splits[2].pictures), EVERY)
    clean = as_float(splits[2].pictures[seeds])
    damaged = corrupt_batch(clean, REPORT_CORRUPTION, seeds)
    for averaged in AVERAGED:
        found = measured(rows, averaged)
        assert found["mse"] == pytest.approx(mse(damaged, clean).mean(), rel=1e-3)
        assert found["sharpness"] > 2 and found["spectrum"] > 0.1  # Noise is fine detail, too much of it.
    assert measured(rows, 16)["spread_hidden"] < 1e-3 and measured(rows, 16)["spread_elsewhere"] < 1e-3
    for solver, steps in OTHER_STEPS:
        assert measured(rows, 16, solver, steps)["mse"] > 0


def test_draws_that_differ_under_the_squares_alone_are_unsure_there_and_their_mean_is_better(splits):
    seeds = np.arange(0, len(splits[2].pictures), EVERY)
    damaged = corrupt_batch(as_float(splits[2].pictures[seeds]), REPORT_CORRUPTION, seeds)
    hidden = [hidden_part(REPORT_CORRUPTION, int(seed)) for seed in seeds]
    guesses = noise(range(16))

    def guessing(pictures, state, time):
        which = int(mse(2 * damaged - 1, pictures[:1]).argmin())
        odd = np.arange(len(pictures))[:, None, None, None] % 2 == 1  # These see the picture in a mirror.
        under = np.where(odd, hidden[which][:, ::-1], hidden[which])
        end = np.where(under, np.clip(0.6 * guesses[: len(pictures)], -1, 1), pictures)
        return (end - state) / (1 - time[:, None, None, None])

    rows = measure_draws(guessing, splits[2])
    assert measured(rows, 16)["spread_hidden"] > 0.1 and measured(rows, 16)["spread_elsewhere"] < 1e-6
    assert measured(rows, 16)["mse"] < measured(rows, 1)["mse"]
    assert -1 < measured(rows, 16)["rank_correlation"] < 1


def test_the_hidden_part_is_three_squares_of_twelve_by_twelve_in_all_channels():
    part = hidden_part(REPORT_CORRUPTION, 5)
    assert part.shape == (64, 64, 3) and (part == part[..., :1]).all()
    assert 12 * 12 <= part[..., 0].sum() <= 3 * 12 * 12
