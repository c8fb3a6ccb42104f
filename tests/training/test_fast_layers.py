"""What trains faster is the same network, and takes the same steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dae_core.experiments import ModelSpec
from dae_core.pictures.dataset import as_float
from tests.later import Later

keras, tf, report = Later("keras"), Later("tensorflow"), Later("dae_core.networks.report")
fast_layers, training = Later("dae_core.training.fast_layers"), Later("dae_core.training.run")

# Keras 3.15 turns TensorFlow's variables into arrays in a way that NumPy is going to drop.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
SPECS = [ModelSpec("network-1", 8), ModelSpec("convolutional", 4096), ModelSpec("restorer", 0)]


def normalizations(model: keras.Model) -> list[keras.Layer]:
    return [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.BatchNormalization)]


def test_the_fused_normalization_computes_what_keras_does():
    random = np.random.default_rng(0)
    images, weights = random.normal(2, 3, (2, 16, 8, 8, 24)).astype(np.float32)
    results = []
    for kind in (keras.layers.BatchNormalization, fast_layers.FusedBatchNormalization):
        layer = kind()
        layer.build(images.shape)
        layer.gamma.assign(np.linspace(-1, 2, 24))
        layer.beta.assign(np.linspace(1, 0, 24))
        with tf.GradientTape() as tape:
            variable = tf.Variable(images)
            outputs = layer(variable, training=True)
            loss = tf.reduce_sum(outputs * weights)
        gradients = tape.gradient(loss, [variable, layer.gamma.value, layer.beta.value])
        results.append([outputs, *gradients, *layer.get_weights(), layer(images)])
    for expected, actual in zip(*results, strict=True):
        # The batch's variance is the unbiased estimate, of 1024 values.
        np.testing.assert_allclose(actual, expected, rtol=0.002, atol=1e-4)


def test_the_fused_group_normalization_computes_what_keras_does():
    random = np.random.default_rng(0)
    images, weights = random.normal(2, 3, (2, 16, 8, 8, 24)).astype(np.float32)
    results = []
    for kind in (keras.layers.GroupNormalization, fast_layers.FusedGroupNormalization):
        layer = kind(groups=8)
        layer.build(images.shape)
        layer.gamma.assign(np.linspace(-1, 2, 24))
        layer.beta.assign(np.linspace(1, 0, 24))
        with tf.GradientTape() as tape:
            variable = tf.Variable(images)
            outputs = layer(variable)
            loss = tf.reduce_sum(outputs * weights)
        results.append([outputs, *tape.gradient(loss, [variable, layer.gamma.value, layer.beta.value])])
    for expected, actual in zip(*results, strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.architecture)
def test_the_fused_network_is_the_same_network(spec, splits):
    pictures = as_float(splits[0].pictures)
    plain = report.build(spec)
    fast = fast_layers.fused(plain)
    assert normalizations(fast) and all(
        type(layer) is fast_layers.FusedBatchNormalization for layer in normalizations(fast)
    )
    for expected, actual in zip(plain.get_weights(), fast.get_weights(), strict=True):
        np.testing.assert_array_equal(actual, expected)
    np.testing.assert_allclose(fast.predict(pictures, verbose=0), plain.predict(pictures, verbose=0), atol=1e-6)


@pytest.mark.slow
def test_training_in_bfloat16_learns_as_much_and_leaves_a_plain_network_in_float32(
    tiny_experiment, tiny_run, splits, tmp_path
):
    rough = replace(tiny_experiment, precision="mixed_bfloat16")
    run = training.train(rough, *splits[:2], tmp_path)
    assert {weight.dtype for weight in run.model.weights} == {"float32"}
    assert {layer.compute_dtype for layer in run.model._flatten_layers()} == {"float32"}
    assert not any(isinstance(layer, fast_layers.FusedBatchNormalization) for layer in run.model._flatten_layers())
    losses, exact = ([row["val_loss"] for row in one.history] for one in (run, tiny_run))
    assert losses != exact
    assert min(losses) == pytest.approx(min(exact), rel=0.5)
    assert keras.config.dtype_policy().name == "float32"

    # And goes on after an interruption as if nothing had been: in bfloat16.
    short = tmp_path / "short"
    training.train(replace(rough, epochs=2), *splits[:2], short)
    claim = short / "run.json"
    claim.write_text(claim.read_text().replace('"epochs": 2', '"epochs": 4'))
    assert [row["val_loss"] for row in training.train(rough, *splits[:2], short).history] == losses


def test_the_fused_adam_takes_the_steps_of_keras_adam():
    random = np.random.default_rng(0)
    pictures, targets = random.random((2, 96, 8), np.float32)
    weights = []
    for optimizer in (keras.optimizers.Adam(0.01), fast_layers.FusedAdam(0.01)):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(8)])
        model.compile(optimizer=optimizer, loss="mse")
        model.fit(pictures, targets, batch_size=32, epochs=5, shuffle=False, verbose=0)
        weights.append(model.get_weights())
    for expected, actual in zip(*weights, strict=True):
        np.testing.assert_allclose(actual, expected, atol=1e-5)  # A step is 1e-2.


@pytest.mark.parametrize("spec", [*SPECS, ModelSpec("linear-bottleneck", 8)], ids=lambda spec: spec.architecture)
def test_in_bfloat16_pictures_stay_exact_also_after_the_state_was_stored(spec, tmp_path):
    model = fast_layers.trainable(spec, "mixed_bfloat16")
    model.save(tmp_path / "model.keras")
    stored = keras.saving.load_model(tmp_path / "model.keras")
    for one in (model, stored):
        computed_in = {layer.name: layer.compute_dtype for layer in one._flatten_layers() if layer.weights}
        assert "bfloat16" in computed_in.values() and one.output.dtype == "float32"
        assert {computed_in[name] for name in ("latent", "spread") if name in computed_in and spec.latent_size} <= {
            "float32" if spec.architecture == "linear-bottleneck" else "bfloat16"
        }


def test_a_network_that_cannot_be_built_leaves_the_precision_as_it_was():
    with pytest.raises(ValueError, match="4096 numbers"):
        fast_layers.trainable(ModelSpec("convolutional", 1000), "mixed_bfloat16")
    assert keras.config.dtype_policy().name == "float32"
