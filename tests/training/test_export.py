"""What is exported does what was trained, in an eighth of the bytes."""

from __future__ import annotations

import resource
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from PIL import Image

from dae_core.checkpoints import open_checkpoint
from dae_core.distortions.apply import corrupt_batch
from dae_core.experiments import ModelSpec, training_corruption
from dae_core.pictures.dataset import as_float
from dae_core.scores.metrics import mse
from dae_core.scores.rows import METRIC_COLUMNS
from dae_core.serving.denoiser import load_denoiser
from dae_core.training.history import best_epoch, read_history
from tests.later import Later

keras, report, exporting = Later("keras"), Later("dae_core.networks.report"), Later("dae_core.training.export")
STORAGES = ((4, 128), (4, 64), (8, 128))  # Bits, and weights that share a scale, in the order in which they are tried.

pytestmark = [
    # Keras 3.15 turns TensorFlow's variables into arrays in a way that NumPy is going to drop.
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),
    # Keras 3.15 looks for np.object, which it then gives to tf2onnx, to see whether it is gone.
    pytest.mark.filterwarnings("ignore:In the future `np.object` will be defined:FutureWarning"),
]


def test_the_exported_pair_reconstructs_like_the_trained_model(tiny_run, tiny_checkpoint, tiny_experiment, splits):
    clean = as_float(splits[2].pictures)
    damaged = corrupt_batch(clean, training_corruption(tiny_experiment), np.arange(len(clean)))
    trained = tiny_run.model.predict(damaged, verbose=0)
    exported = load_denoiser(tiny_checkpoint).reconstruct(damaged)
    np.testing.assert_allclose(exported, trained, atol=0.02)
    test_mse = tiny_checkpoint.manifest["test_mse"]
    assert test_mse["keras"] == pytest.approx(mse(trained, clean).mean())
    assert test_mse["onnx"] == pytest.approx(mse(exported, clean).mean())
    assert test_mse["onnx"] == pytest.approx(test_mse["keras"], rel=0.01)


@pytest.mark.parametrize("half", ["encoder", "decoder"])
def test_every_block_can_be_looked_at_under_its_name(half, tiny_run, tiny_checkpoint, splits):
    model = tiny_run.model.get_layer(half)
    source = as_float(splits[2].pictures)
    if half == "decoder":
        source = tiny_run.model.get_layer("encoder").predict(source, verbose=0)
    session = onnxruntime.InferenceSession(tiny_checkpoint.folder / f"{half}.onnx")
    names = [output.name for output in session.get_outputs()]
    last = {"encoder": "latent", "decoder": "reconstruction"}[half]
    assert set(names) == {layer.name for layer in model.layers if "_block_" in layer.name} | {last}
    expected = keras.Model(model.input, [model.get_layer(name).output for name in names]).predict(source, verbose=0)
    for name, found, wanted in zip(names, session.run(names, {model.input.name: source}), expected, strict=True):
        assert found.shape == wanted.shape
        assert np.abs(found - wanted).max() < 0.1 * np.abs(wanted).max(), name


@pytest.mark.parametrize(("half", "whole_blocks"), [("encoder", 8192 * 8), ("decoder", STORAGES[0][1] * 4096)])
def test_dense_kernels_take_4_bits_convolutions_16_and_vectors_are_exact(half, whole_blocks, tiny_checkpoint, tiny_run):
    assert exporting.STORAGES == STORAGES
    file = tiny_checkpoint.folder / f"{half}.onnx"
    weights = [onnx.numpy_helper.to_array(weight) for weight in onnx.load(file).graph.initializer]
    packed = sum(weight.nbytes for weight in weights if weight.dtype == np.uint8)
    halved = sum(weight.nbytes for weight in weights if weight.dtype == np.float16)
    assert packed == whole_blocks / 2
    shapes = [tuple(weight.shape) for weight in tiny_run.model.get_layer(half).weights]
    convolutions = sum(int(np.prod(shape)) for shape in shapes if len(shape) == 4)
    channels = sum(shape[0] for shape in shapes if len(shape) == 1)  # Normalization becomes a convolution, too.
    assert 0 <= halved - 2 * (convolutions + whole_blocks / STORAGES[0][1]) <= 2 * channels
    assert all(weight.ndim < 2 for weight in weights if weight.dtype == np.float32)
    assert file.stat().st_size < sum(weight.nbytes for weight in weights) + 30_000


def with_outliers(model: keras.Model, size: float) -> keras.Model:
    """A network with one weight in every block of the decoder's dense kernel `size` times as large as the others.

    These weights have no effect, since the number that they belong to is switched off; but the others, which have the
    block's scale, lose their last digits.
    """
    other = keras.models.clone_model(model)
    other.set_weights(model.get_weights())
    latent, dense = other.get_layer("encoder").layers[-1], other.get_layer("decoder").layers[1]
    gamma, beta, mean, variance = latent.get_weights()
    gamma *= 30  # So that the decoder's answer depends on the latent.
    gamma[0] = beta[0] = 0
    latent.set_weights([gamma, beta, mean, variance])
    kernel, bias = dense.get_weights()
    kernel[0] = size * np.abs(kernel).max()
    dense.set_weights([kernel, bias])
    return other


def test_a_network_that_4_bits_would_change_takes_8(tiny_experiment, tiny_run, tiny_checkpoint, splits, tmp_path):
    assert tiny_checkpoint.manifest["bits"] == 4
    run = replace(tiny_run, model=with_outliers(tiny_run.model, 15))
    checkpoint = exporting.export(tiny_experiment, run, splits[1], splits[2], tmp_path / "tiny")
    assert checkpoint.manifest["bits"] == 8
    assert checkpoint.manifest["test_mse"]["onnx"] == pytest.approx(checkpoint.manifest["test_mse"]["keras"], rel=0.01)
    four, eight = (one.model_bytes for one in (tiny_checkpoint, checkpoint))
    assert eight > 1.15 * four  # Of a network this small, most are convolutions.


@pytest.mark.slow
def test_a_network_that_8_bits_would_change_is_refused(tiny_experiment, tiny_run, splits, tmp_path):
    run = replace(tiny_run, model=with_outliers(tiny_run.model, 10_000))
    with pytest.raises(
        exporting.ExportError, match=r"^tiny: the exported model's test MSE is 0\.\d+, .* more than 1% apart"
    ):
        exporting.export(tiny_experiment, run, splits[1], splits[2], tmp_path / "tiny")
    assert not (tmp_path / "tiny").exists()


def test_a_network_without_dense_kernels_has_them_in_no_bits(tiny_experiment, tiny_run, splits, tmp_path):
    convolutional = replace(tiny_experiment, model=ModelSpec("convolutional", 4096))
    run = replace(tiny_run, model=report.build(convolutional.model))
    assert exporting.export(convolutional, run, splits[1], splits[2], tmp_path / "one").manifest["bits"] is None


@pytest.mark.slow
def test_a_self_ensemble_treats_a_picture_and_its_mirror_image_alike(tiny_experiment, tiny_run, splits, tmp_path):
    twice = replace(tiny_experiment, name="twice", self_ensemble=True)
    checkpoint = exporting.export(twice, tiny_run, splits[1], splits[2], tmp_path / "twice")
    picture = as_float(splits[2].pictures[0])
    both = load_denoiser(open_checkpoint(checkpoint.folder))
    once = load_denoiser(replace(checkpoint, experiment=tiny_experiment))
    np.testing.assert_allclose(both.reconstruct(picture[:, ::-1])[:, ::-1], both.reconstruct(picture), atol=0.002)
    assert np.abs(once.reconstruct(picture[:, ::-1])[:, ::-1] - once.reconstruct(picture)).max() > 0.02
    np.testing.assert_array_equal(both.activations(picture)["reconstruction"], both.reconstruct(picture))


def test_the_files_say_nothing_about_the_machine_they_were_made_on(tiny_checkpoint):
    root = Path(__file__).parents[2]
    for file in tiny_checkpoint.folder.iterdir():
        content = file.read_bytes()
        for path in (root, Path.home(), sys.prefix, tiny_checkpoint.folder.parent, "site-packages"):
            assert str(path).encode() not in content, file.name


def test_the_manifest_tells_how_the_checkpoint_came_about(tiny_checkpoint, tiny_run, tiny_experiment, splits):
    manifest = tiny_checkpoint.manifest
    assert tiny_checkpoint.experiment == tiny_experiment
    digests = dict(zip(("train", "val", "test"), (split.digest for split in splits), strict=True))
    assert manifest["data"] == digests | {"classes": ["cat", "dog"]}
    assert tiny_checkpoint.other_classes == ("cat", "dog")  # They are not the lab's own.
    best = tiny_run.history[best_epoch(tiny_run.history) - 1]
    assert (manifest["epochs_run"], manifest["best_epoch"]) == (4, best["epoch"])
    assert (manifest["loss"], manifest["val_loss"]) == (best["loss"], best["val_loss"])
    counted = [sum(int(np.prod(w.shape)) for w in half.trainable_weights) for half in tiny_run.model.layers[1:]]
    assert manifest["parameters"] == {
        "trainable": sum(counted),
        "fixed": 0,
        "encoder": counted[0],
        "decoder": counted[1],
    }
    assert set(manifest["trained_with"]) == {"keras", "tensorflow"}
    assert set(manifest["exported_with"]) == {"keras", "onnx", "onnxruntime", "tf2onnx"}


def test_history_metrics_and_replay_come_with_it(tiny_checkpoint, tiny_run):
    assert read_history(tiny_checkpoint.folder / "history.csv") == tiny_run.history
    assert (tiny_checkpoint.folder / "metrics.csv").read_text().startswith(",".join(METRIC_COLUMNS) + "\n")
    with Image.open(tiny_checkpoint.folder / "replay.webp") as image:
        assert image.size == (9 * 64, 4 * 64)


def test_a_replay_has_a_row_per_epoch_and_a_column_per_sample(tmp_path):
    replay = np.zeros((2, 3, 64, 64, 3), np.uint8)
    for epoch, sample in np.ndindex(2, 3):
        replay[epoch, sample] = 100 * epoch + 40 * sample
    exporting.write_replay(tmp_path / "replay.webp", replay)
    with Image.open(tmp_path / "replay.webp") as image:
        middles = np.asarray(image.convert("L"))[32::64, 32::64]
    np.testing.assert_allclose(middles, [[0, 40, 80], [100, 140, 180]], atol=3)


def test_an_export_that_fails_leaves_the_older_checkpoint(tiny_experiment, tiny_run, tiny_checkpoint, splits, tmp_path):
    older = shutil.copytree(tiny_checkpoint.folder, tmp_path / "tiny")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limit[1]))  # As on a full disk.
    try:
        with pytest.raises(OSError):
            exporting.export(tiny_experiment, tiny_run, splits[1], splits[2], older)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert open_checkpoint(older).manifest == tiny_checkpoint.manifest


def test_an_export_replaces_an_older_checkpoint_and_leaves_nothing_beside_it(
    tiny_experiment, tiny_run, tiny_checkpoint, splits, tmp_path
):
    older = shutil.copytree(tiny_checkpoint.folder, tmp_path / "tiny")
    (older / "encoder.onnx").write_bytes(b"broken")
    (tmp_path / ".tiny.partial").mkdir()
    exporting.export(tiny_experiment, tiny_run, splits[1], splits[2], older)
    assert open_checkpoint(older).experiment == tiny_experiment
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]


@pytest.mark.parametrize(("bits", "error", "bytes_per_weight"), [(4, 0.02, 0.52), (8, 0.0001, 1.05)])
def test_each_bit_brings_the_export_closer(bits, error, bytes_per_weight, tmp_path):
    keras.utils.set_random_seed(0)
    half = report.build(ModelSpec("network-1", 1000)).get_layer("decoder")  # 1000 is no multiple of a block.
    latents = np.random.default_rng(0).standard_normal((16, 1000), np.float32)
    expected = half.predict(latents, verbose=0)
    exporting.export_onnx(half, tmp_path / "decoder.onnx", bits)
    assert (tmp_path / "decoder.onnx").stat().st_size < bytes_per_weight * 1000 * 4096 + 200_000
    session = onnxruntime.InferenceSession(tmp_path / "decoder.onnx")
    (found,) = session.run(["reconstruction"], {"latent": latents})
    assert np.square(found - expected).mean() < error * expected.var()


@pytest.mark.parametrize(("bits", "block"), STORAGES)
def test_what_flows_into_dense_kernels_is_nearly_as_exact_as_floats(bits, block, tmp_path):
    keras.utils.set_random_seed(0)
    half = report.build(ModelSpec("network-1", 1000)).get_layer("decoder")
    exporting.export_onnx(half, tmp_path / "decoder.onnx", bits, block)
    model = onnx.load(tmp_path / "decoder.onnx")
    (dense,) = (node for node in model.graph.node if node.op_type == "MatMulNBits")
    (level,) = (attribute for attribute in dense.attribute if attribute.name == "accuracy_level")
    in_integers = onnxruntime.InferenceSession(model.SerializeToString())
    level.i = 0
    in_floats = onnxruntime.InferenceSession(model.SerializeToString())
    latents = np.random.default_rng(0).standard_normal((16, 1000), np.float32)
    latents[1] = 0
    latents[2, :block] *= 10
    names = ["decoder_block_0", "reconstruction"]
    for found, expected in zip(*(s.run(names, {"latent": latents}) for s in (in_integers, in_floats)), strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4 * np.abs(expected).max())
    alone = np.concatenate([in_integers.run(["reconstruction"], {"latent": latent[None]})[0] for latent in latents])
    np.testing.assert_allclose(alone, in_integers.run(["reconstruction"], {"latent": latents})[0], rtol=0, atol=1e-5)
