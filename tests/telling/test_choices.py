"""A pick in one row gives the network that was trained so, or the nearest one."""

import pytest

from dae_core.experiments import EXPERIMENTS
from dae_core.telling.choices import ANY_STRENGTH, CLEAN, ROWS, choice_of, nearest, options

BY_NAME = {experiment.name: experiment for experiment in EXPERIMENTS}


def test_no_two_networks_are_the_same_choice():
    assert len({choice_of(experiment) for experiment in EXPERIMENTS}) == len(EXPERIMENTS)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.name)
def test_picking_what_is_picked_already_changes_nothing(experiment):
    for row in ROWS:
        assert nearest(EXPERIMENTS, experiment, row, getattr(choice_of(experiment), row)) == experiment


@pytest.mark.parametrize(
    ("now", "row", "wish", "then"),
    [
        ("denoiser-1-1000", "latent_size", 32, "denoiser-1-0032"),
        ("denoiser-1-1000", "decoder", "3", "denoiser-3-1000"),
        ("denoiser-1-1000", "trained_on", CLEAN, "bottleneck-1000"),
        ("denoiser-1-1000", "trained_on", "cutout", "distortion-cutout"),
        ("denoiser-1-0032", "decoder", "2", "denoiser-2-1000"),  # Decoder 2 has no 32: the size moves, the rest stays.
        ("decoder-3", "trained_on", ANY_STRENGTH, "denoiser-3-1000"),
        ("decoder-3", "latent_size", 256, "bottleneck-0256"),
        ("bottleneck-0128", "trained_on", ANY_STRENGTH, "denoiser-1-0128"),
        ("beyond-restorer", "decoder", "1", "denoiser-1-1000"),
        ("beyond-restorer", "latent_size", 2048, "denoiser-1-2048"),
        ("beyond-restorer", "trained_on", CLEAN, "bottleneck-1000"),
        ("convolutional-all", "trained_on", "gaussian_noise", "distortion-gaussian"),
        ("distortion-all", "decoder", "Fully convolutional", "convolutional-all"),
    ],
)
def test_a_pick_moves_the_other_rows_as_little_as_possible(now, row, wish, then):
    assert nearest(EXPERIMENTS, BY_NAME[now], row, wish).name == then


def test_what_nobody_trained_is_not_there():
    few = [BY_NAME["decoder-1"], BY_NAME["convolutional-all"]]
    assert options(few, "latent_size") == [4096] and options(few, "decoder") == ["1", "Fully convolutional"]
    assert nearest(few, few[0], "decoder", "2") is None
