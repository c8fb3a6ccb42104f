"""Every committed checkpoint repairs pictures, alone or in batches, for many visitors at once."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from dae_core.checkpoints import CheckpointError, open_checkpoint
from dae_core.distortions.apply import corrupt
from dae_core.experiments import training_corruption
from dae_core.pictures.samples import FACES, SAMPLES, load_sample
from dae_core.scores.metrics import mse
from dae_core.serving.denoiser import load_denoiser
from tests.sampled import COMMITTED

PICTURES = np.stack([load_sample(name) for name in SAMPLES])
FACE_PICTURES = PICTURES[: len(FACES)]


@pytest.fixture(scope="module", params=COMMITTED.values(), ids=COMMITTED)
def checkpoint(request):
    return request.param


@pytest.fixture(scope="module")
def denoiser(checkpoint):
    return load_denoiser(checkpoint)


@pytest.fixture(
    scope="module", params=[one for one in COMMITTED.values() if len(one.model_files) == 2], ids=lambda one: one.name
)
def halved(request):
    """One that can be cut at its latent."""
    return request.param, load_denoiser(request.param)


def test_reconstructions_have_their_shape_and_range(denoiser):
    rebuilt = denoiser.reconstruct(PICTURES)
    assert rebuilt.shape == PICTURES.shape and rebuilt.dtype == np.float32
    assert rebuilt.min() >= 0 and rebuilt.max() <= 1


def test_latents_have_their_shape(halved):
    checkpoint, denoiser = halved
    model = checkpoint.experiment.model
    latents = denoiser.encode(PICTURES)
    flat = model.architecture not in ("convolutional", "residual")
    assert latents.shape == (9, *((model.latent_size,) if flat else (8, 8, 64)))
    assert latents.dtype == np.float32


@pytest.mark.parametrize("checkpoint", COMMITTED.values(), ids=COMMITTED)
def test_a_picture_alone_gives_what_it_gives_in_a_batch(checkpoint):
    denoiser = load_denoiser(checkpoint)
    corruption = training_corruption(checkpoint.experiment)
    damaged = np.stack([corrupt(picture, corruption, seed) for seed, picture in enumerate(PICTURES)])
    rebuilt = denoiser.reconstruct(damaged)
    alone = np.stack([denoiser.reconstruct(picture) for picture in damaged])
    np.testing.assert_allclose(alone, rebuilt, rtol=0, atol=1e-5)
    np.testing.assert_allclose(denoiser.reconstruct(damaged[3:5]), rebuilt[3:5], rtol=0, atol=1e-5)


@pytest.mark.parametrize("checkpoint", COMMITTED.values(), ids=COMMITTED)
def test_what_flows_through_a_network_does_not_depend_on_the_batch(checkpoint):
    denoiser = load_denoiser(checkpoint)
    batch = denoiser.activations(PICTURES)
    for index in range(9):
        for name, alone in denoiser.activations(PICTURES[index]).items():
            np.testing.assert_allclose(alone, batch[name][index], rtol=0, atol=1e-5 * np.abs(batch[name]).max())


def test_to_reconstruct_is_to_encode_and_decode(halved):
    _, denoiser = halved
    np.testing.assert_array_equal(denoiser.reconstruct(PICTURES), denoiser.decode(denoiser.encode(PICTURES)))


def test_activations_are_those_of_the_blocks_in_the_order_of_the_data_flow(denoiser):
    activations = denoiser.activations(PICTURES[0])
    assert {name: values.shape for name, values in activations.items()} == denoiser.shapes()
    assert list(activations) == list(denoiser.shapes())
    assert [*activations][:2] == ["picture", "encoder_block_1"] and [*activations][-1] == "reconstruction"
    if denoiser.has_latent:
        np.testing.assert_array_equal(activations["latent"], denoiser.encode(PICTURES[0]))
    np.testing.assert_array_equal(activations["reconstruction"], denoiser.reconstruct(PICTURES[0]))
    batch = denoiser.activations(PICTURES[:2])
    assert {name: values.shape for name, values in batch.items()} == {
        name: (2, *shape) for name, shape in denoiser.shapes().items()
    }


def test_every_face_is_rebuilt_as_itself(denoiser):
    errors = [[mse(rebuilt, face) for face in FACE_PICTURES] for rebuilt in denoiser.reconstruct(FACE_PICTURES)]
    np.testing.assert_array_equal(np.argmin(errors, axis=1), [0, 1, 2])


def test_eight_threads_give_what_one_gives(denoiser):
    jobs = [PICTURES[index % 9] if index % 3 else PICTURES[: 1 + index % 5] for index in range(24)]
    alone = [denoiser.reconstruct(job) for job in jobs]
    with ThreadPoolExecutor(8) as threads:
        for found, expected in zip(threads.map(denoiser.reconstruct, jobs), alone, strict=True):
            np.testing.assert_array_equal(found, expected)


def test_the_same_picture_gives_the_same_pixels_again(checkpoint, denoiser):
    np.testing.assert_array_equal(load_denoiser(checkpoint).reconstruct(PICTURES[0]), denoiser.reconstruct(PICTURES[0]))


def test_the_shipped_faces_are_rebuilt_as_well_as_the_test_set(checkpoint, denoiser):
    corruption = training_corruption(checkpoint.experiment)
    damaged = np.stack([[corrupt(face, corruption, seed) for face in FACE_PICTURES] for seed in range(8)])
    rebuilt = np.stack([denoiser.reconstruct(batch) for batch in damaged])
    error = mse(rebuilt, FACE_PICTURES).mean()
    assert 0.75 < error / checkpoint.manifest["test_mse"]["onnx"] < 1.25  # Between 0.94 and 1.11 of 24 networks.
    mean_colour = np.broadcast_to(FACE_PICTURES.mean((1, 2), keepdims=True), FACE_PICTURES.shape)
    assert error < 0.75 * mse(mean_colour, FACE_PICTURES).mean()  # So what the manifest says is worth something.


@pytest.mark.parametrize("file", ["encoder.onnx", "decoder.onnx"])
def test_a_model_that_was_altered_is_not_loaded(file, tmp_path):
    folder = shutil.copytree(COMMITTED["convolutional-all"].folder, tmp_path / "altered")
    content = bytearray((folder / file).read_bytes())
    content[-1000] ^= 1
    (folder / file).write_bytes(content)
    with pytest.raises(CheckpointError, match=rf"^The checkpoint altered is unavailable: its {file} is not the file"):
        load_denoiser(open_checkpoint(folder))


def test_onnx_runtime_keeps_no_diary_and_sends_none_to_its_maker(tmp_path):
    """Its wheel for Linux has telemetry that is on: a device's number in the home folder, then a call to Microsoft."""
    script = (
        "from dae_core.checkpoints import *; from dae_core.serving.denoiser import *;"
        "load_denoiser(open_checkpoint(CHECKPOINTS_FOLDER / 'convolutional-all'))"
    )
    kept = {key: value for key, value in os.environ.items() if key not in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")}
    environment = kept | {"HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[2], env=environment, check=True)
    assert list(tmp_path.iterdir()) == []
