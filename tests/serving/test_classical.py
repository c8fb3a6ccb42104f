"""The classical denoisers do what one expects of them, with the parameters that were chosen."""

import json

import numpy as np
import pytest

from dae_core.checkpoints import CheckpointError
from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import CORRUPTIONS, REPORT_CORRUPTION, Corruption
from dae_core.scores.evaluate import choose_parameters
from dae_core.scores.metrics import mse
from dae_core.serving.classical import BASELINES, load_parameters, restore

PARAMETERS = load_parameters()
UNAIDED = [name for name in BASELINES if not BASELINES[name].has_help]


@pytest.mark.parametrize("name", BASELINES)
@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_every_denoiser_returns_a_picture_and_leaves_its_input_alone(name, corruption, picture):
    damaged = corrupt(picture, CORRUPTIONS[corruption], 3)
    before = damaged.copy()
    restored = restore(name, damaged, PARAMETERS[name][corruption], CORRUPTIONS[corruption], 3)
    assert (restored.shape, restored.dtype) == ((64, 64, 3), np.float32)
    assert restored.min() >= 0 and restored.max() <= 1
    assert np.array_equal(damaged, before)


@pytest.mark.parametrize("name", UNAIDED)
@pytest.mark.parametrize("corruption", ["gaussian_noise", "salt_and_pepper"])
def test_every_denoiser_removes_some_of_the_noise(name, corruption, picture):
    damaged = corrupt(picture, CORRUPTIONS[corruption], 1)
    restored = restore(name, damaged, PARAMETERS[name][corruption], CORRUPTIONS[corruption], 1)
    assert mse(restored, picture) < 0.8 * mse(damaged, picture)


@pytest.mark.parametrize("method", BASELINES["inpainting"].grid["method"])
def test_inpainting_fills_the_squares_and_touches_nothing_else(method, picture):
    corruption, seed = Corruption(cutout=3), 5
    damaged = corrupt(picture, corruption, seed)
    restored = restore("inpainting", damaged, {"method": method}, corruption, seed)
    hidden = (damaged == 0).all(axis=-1) & (picture != 0).any(axis=-1)
    np.testing.assert_allclose(restored[~hidden], picture[~hidden], atol=1 / 255)
    assert np.square(restored - picture)[hidden].mean() < 0.3 * np.square(damaged - picture)[hidden].mean()


def test_the_parameters_that_are_chosen_are_the_best_of_the_grid(picture):
    corruption = REPORT_CORRUPTION.only("gaussian_noise")
    pictures = np.stack([picture, picture[:, ::-1]])
    chosen = choose_parameters(pictures, {"gaussian_noise": corruption}, progress=lambda _: None)
    damaged = [corrupt(one, corruption, seed) for seed, one in enumerate(pictures)]

    def error(size: int) -> float:
        return np.mean(
            [
                mse(restore("median", one, {"size": size}, corruption, seed), pictures[seed])
                for seed, one in enumerate(damaged)
            ]
        )

    best = min(BASELINES["median"].grid["size"], key=error)
    assert chosen["median"] == {"gaussian_noise": {"size": best}}
    assert set(chosen) == set(BASELINES)


def test_there_are_parameters_for_everything_that_can_be_switched_on():
    assert set(PARAMETERS) == set(BASELINES)
    for name, parameters in PARAMETERS.items():
        assert set(parameters) == set(CORRUPTIONS)
        for arguments in parameters.values():
            assert all(arguments[key] in values for key, values in BASELINES[name].grid.items())


@pytest.mark.parametrize("content", [None, "", "[]", json.dumps({"median": {}})])
def test_missing_or_broken_parameters_get_a_sentence(content, tmp_path):
    file = tmp_path / "baselines.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(CheckpointError, match=r"parameters of the classical denoisers, baselines.json, are missing"):
        load_parameters(file)
