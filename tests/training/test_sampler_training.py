"""A sampler is trained, cut off, gone on with and exported as any other network, but its weights are averages."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import onnx
import pytest

from dae_core.experiments import EXPERIMENTS
from dae_core.serving.sampler import Sampler
from tests.later import Later

keras, training = Later("keras"), Later("dae_core.training.run")
exporting, fast_layers = Later("dae_core.training.export"), Later("dae_core.training.fast_layers")

pytestmark = [
    pytest.mark.slow,
    # Keras 3.15 turns TensorFlow's variables into arrays in a way that NumPy is going to drop.
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),
    # Keras 3.15 looks for np.object, which it then gives to tf2onnx, to see whether it is gone.
    pytest.mark.filterwarnings("ignore:In the future `np.object` will be defined:FutureWarning"),
]
(EXPERIMENT,) = (replace(one, batch_size=12, precision="float32") for one in EXPERIMENTS if one.is_sampler)


@pytest.fixture(scope="module", autouse=True)
def small():
    """The same network of two sizes instead of four: a graph of all its blocks takes TensorFlow half a minute."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dae_core.networks.sampler.WIDTHS", (8, 128))
        patch.setattr("dae_core.networks.sampler.BLOCKS", (1, 1))
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sampler")


@pytest.fixture(scope="module")
def first() -> list:
    """The weights that its training begins with."""
    keras.utils.set_random_seed(EXPERIMENT.seed)
    return fast_layers.trainable(EXPERIMENT.model).get_weights()


@pytest.fixture(scope="module")
def run(folder, splits):
    return training.train(replace(EXPERIMENT, epochs=1), *splits[:2], folder)


def distance(weights, others) -> float:
    return sum(float(np.abs(one - other).sum()) for one, other in zip(weights, others, strict=True))


def test_what_is_kept_is_the_average_which_lags_behind_the_weights(run, folder, first):
    last = keras.saving.load_model(max(folder.glob("epoch-*")) / "model.keras").get_weights()
    assert 0 < distance(run.model.get_weights(), first) < 0.05 * distance(last, first)


def test_after_an_interruption_it_goes_on_and_the_average_with_it(run, folder, first, splits, tmp_path):
    cut = shutil.copytree(folder, tmp_path / "cut")
    claim = cut / "run.json"
    claim.write_text(claim.read_text().replace('"epochs": 1', '"epochs": 2'))
    again = training.train(replace(EXPERIMENT, epochs=2), *splits[:2], cut)
    assert again.history[0] == run.history[0] and again.history[1]["val_loss"] < run.history[0]["val_loss"]
    moved = [distance(one.model.get_weights(), first) for one in (run, again)]
    assert moved[0] < moved[1] < 10 * moved[0]  # An average that begins anew would be near zero, far from them all.


def test_the_replay_is_a_draw_of_each_sample_and_the_losses_are_of_velocities(run):
    assert run.replay.shape == (1, 9, 64, 64, 3) and run.replay.std() > 10
    assert 0.1 < run.history[0]["loss"] < 3


@pytest.fixture(scope="module")
def exported(run, folder):
    """The network with random weights, so that it has much to say."""
    random = np.random.default_rng(0)
    model = keras.models.clone_model(run.model)
    model.set_weights([random.normal(0, 0.05, weights.shape) for weights in model.get_weights()])
    file = folder.with_name("model.onnx")
    exporting.export_onnx(model, file, bits=0)
    return model, file


def test_the_export_answers_as_keras_does_alone_and_among_others(exported):
    model, file = exported
    random = np.random.default_rng(0)
    sampler = Sampler(file)
    pictures, states = random.uniform(-1, 1, (2, 5, 64, 64, 3)).astype(np.float32)
    times = np.linspace(0, 1, 5, dtype=np.float32)
    together = sampler.velocity(pictures, states, times)
    expected = np.asarray(model([pictures, states, times]))
    assert np.abs(together - expected).max() < 0.01 * np.abs(expected).max()
    for index in range(5):
        alone = sampler.velocity(*(values[index : index + 1] for values in (pictures, states, times)))
        assert np.abs(alone - together[index]).max() < 1e-5 * np.abs(expected).max()
    kernels = [one for one in onnx.load(file).graph.initializer if len(one.dims) == 4]
    assert {one.data_type for one in kernels} == {onnx.TensorProto.FLOAT16}


def test_it_is_a_denoiser_too_whose_answer_is_one_draw(exported, picture):
    sampler = Sampler(exported[1].read_bytes())
    one = sampler.reconstruct(picture)
    assert one.shape == (64, 64, 3) and one.min() >= 0 and one.max() <= 1
    np.testing.assert_allclose(sampler.reconstruct(np.stack([picture, picture]))[1], one, atol=1e-4)
