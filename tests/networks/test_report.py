"""The networks are the ones that the report prints."""

from __future__ import annotations

import numpy as np
import pytest

from dae_core.experiments import ModelSpec
from tests.later import Later

keras, report = Later("keras"), Later("dae_core.networks.report")
LATENT = {"network-1": (4096,), "network-2": (4096,), "network-3": (4096,), "convolutional": (8, 8, 64)}
PARAMETERS = {
    "network-1": 50_704_803,  # Report, table 1.
    "network-2": 50_704_803,
    "network-3": 50_680_971,
    "convolutional": 134_403,  # By hand, from the layers of section 4.
}
DENSE_ENCODER = {"encoder_block_1": (32, 32, 32), "encoder_block_2": (16, 16, 64), "encoder_block_3": (8, 8, 128)}
WIDE_DECODER = {
    "decoder_block_0": (8, 8, 64),
    "decoder_block_1": (16, 16, 64),
    "decoder_block_2": (32, 32, 32),
    "decoder_block_3": (64, 64, 16),
}
NARROW_DECODER = {
    "decoder_block_0": (8, 8, 64),
    "decoder_block_1": (16, 16, 32),
    "decoder_block_2": (32, 32, 16),
    "decoder_block_3": (64, 64, 8),
}
BLOCKS = {
    "network-1": DENSE_ENCODER | WIDE_DECODER,
    "network-2": DENSE_ENCODER | WIDE_DECODER,
    "network-3": DENSE_ENCODER | NARROW_DECODER,
    "convolutional": {
        "encoder_block_1": (32, 32, 32),
        "encoder_block_2": (16, 16, 48),
        "decoder_block_1": (16, 16, 32),
        "decoder_block_2": (32, 32, 16),
        "decoder_block_3": (64, 64, 8),
    },
}


@pytest.fixture(scope="module", params=PARAMETERS)
def model(request):
    keras.utils.set_random_seed(1)
    return report.build(ModelSpec(request.param, 4096))


def halves(model: keras.Model) -> tuple[keras.Model, keras.Model]:
    return model.get_layer("encoder"), model.get_layer("decoder")


def trainable(model: keras.Model) -> int:
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def kinds(model: keras.Model) -> str:
    """One letter per layer that computes: convolution, transposed, dense, batch normalization, pooling, upsampling."""
    letters = {"Conv2D": "C", "Conv2DTranspose": "T", "Dense": "D", "MaxPooling2D": "P", "UpSampling2D": "U"}
    letters["BatchNormalization"] = "b"
    return "".join(letters.get(type(layer).__name__, "") for layer in model.layers)


def test_trainable_parameters_are_as_many_as_in_the_report(model):
    assert trainable(model) == PARAMETERS[model.name]
    assert sum(trainable(half) for half in halves(model)) == PARAMETERS[model.name]


def test_the_layers_follow_each_other_as_in_the_report(model):
    encoder, decoder = halves(model)
    dense = model.name != "convolutional"
    assert kinds(encoder) == "CbCbP" * 3 + "Db" * dense
    blocks = {"network-2": "TbU" * 3, "network-3": "TbTb" * 3}.get(model.name, "Tb" * 3)
    assert kinds(decoder) == "Db" * dense + blocks + "C"
    for layer in (*encoder.layers, *decoder.layers):
        if isinstance(layer, keras.layers.Conv2D | keras.layers.Conv2DTranspose):
            last = layer.name == "reconstruction"
            assert layer.kernel_size == ((1, 1) if last and not dense else (3, 3)) and layer.padding == "same"
            assert layer.activation.__name__ == ("sigmoid" if last else "relu")


def test_every_block_has_the_shape_of_the_report(model):
    encoder, decoder = halves(model)
    found = {layer.name: layer.output.shape[1:] for half in halves(model) for layer in half.layers}
    assert {name: shape for name, shape in found.items() if "_block_" in name} == BLOCKS[model.name]
    assert encoder.input_shape == decoder.output_shape == model.input_shape == model.output_shape == (None, 64, 64, 3)
    assert encoder.output_shape == decoder.input_shape == (None, *LATENT[model.name])


def test_the_two_halves_in_a_row_are_the_model(model, picture):
    encoder, decoder = halves(model)
    batch = np.stack([picture, 1 - picture])
    rebuilt = decoder(encoder(batch, training=False), training=False)
    np.testing.assert_array_equal(rebuilt, model(batch, training=False))


def test_whatever_comes_in_a_picture_comes_out(model, picture):
    _, decoder = halves(model)
    batch = np.stack([picture, np.zeros_like(picture), np.ones_like(picture), 100 * (picture - 0.5)])
    for result in (
        model(batch, training=False),
        decoder(100 * np.random.default_rng(0).normal(size=(4, *LATENT[model.name])), training=False),
    ):
        result = keras.ops.convert_to_numpy(result)
        assert result.shape == (4, 64, 64, 3) and result.dtype == np.float32
        assert result.min() >= 0 and result.max() <= 1 and result.std() > 0


def test_only_the_convolutional_network_keeps_distant_regions_apart(model, picture):
    touched = picture.copy()
    touched[:2, :2] = 1 - touched[:2, :2]
    before, after = (keras.ops.convert_to_numpy(model(p[None], training=False))[0] for p in (picture, touched))
    assert (before[:8, :8] != after[:8, :8]).any()
    assert (before[-8:, -8:] != after[-8:, -8:]).any() == (model.name != "convolutional")


@pytest.mark.parametrize("latent_size", [32, 1000])
def test_the_latent_has_the_size_asked_for(latent_size):
    encoder, decoder = halves(report.build(ModelSpec("network-1", latent_size)))
    assert encoder.output_shape == decoder.input_shape == (None, latent_size)


@pytest.mark.parametrize("spec", [ModelSpec("network-99"), ModelSpec("convolutional", 1000), ModelSpec("", 32)])
def test_what_the_report_does_not_have_is_refused(spec):
    with pytest.raises(ValueError, match=r"No architecture is called|has 4096 numbers in its latent, not 1000"):
        report.build(spec)
