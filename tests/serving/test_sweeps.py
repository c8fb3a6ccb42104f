"""A sweep is what one would get by moving the slider step by step."""

import numpy as np
import pytest

from dae_core.checkpoints import CHECKPOINTS_FOLDER, open_checkpoint
from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import KINDS, REPORT_CORRUPTION, Corruption
from dae_core.serving.denoiser import load_denoiser
from dae_core.serving.sweeps import strength_sweep


@pytest.fixture(scope="module")
def denoiser():
    return load_denoiser(open_checkpoint(CHECKPOINTS_FOLDER / "convolutional-all"))


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_is_the_picture_at_that_strength_and_its_reconstruction(kind, denoiser, picture):
    sweep = strength_sweep(denoiser, picture, REPORT_CORRUPTION, kind, 4)
    assert sweep.strengths[0] == 0 and len(sweep.distorted) == len(sweep.reconstructed) == len(KINDS[kind].strengths)
    for index in (0, len(sweep.strengths) // 2, -1):
        values = {name: getattr(REPORT_CORRUPTION, name) for name in KINDS} | {kind: sweep.strengths[index]}
        distorted = corrupt(picture, Corruption(**values), 4)
        assert np.array_equal(sweep.distorted[index], distorted)
        np.testing.assert_allclose(sweep.reconstructed[index], denoiser.reconstruct(distorted), atol=1e-3)
