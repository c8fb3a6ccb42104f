"""The networks beyond the report, their training pictures and their loss."""

from __future__ import annotations

import numpy as np
import pytest

from dae_core.checkpoints import CheckpointError
from dae_core.distortions.apply import corrupt, corrupt_batch
from dae_core.distortions.strengths import KINDS, AnyStrength, Corruption
from dae_core.experiments import EXPERIMENTS, ModelSpec
from dae_core.networks.linear import principal_components
from dae_core.pictures.samples import SAMPLES, load_sample
from dae_core.scores.metrics import ssim as exact_ssim
from dae_core.scores.principal_components import COUNTS, component_errors, read_component_errors
from dae_core.serving.denoiser import Denoiser
from tests.later import Later

keras, report, beyond = Later("keras"), Later("dae_core.networks.report"), Later("dae_core.networks.beyond")
losses, export = Later("dae_core.training.losses"), Later("dae_core.training.export")
PICTURES = np.stack([load_sample(name) for name in SAMPLES])
ARCHITECTURES = list(dict.fromkeys(one.model.architecture for one in EXPERIMENTS if one.group == "beyond"))
LATENT_SIZES = {"residual": 4096, "linear-bottleneck": 8}  # Of the others: 0.

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:In the future `np.object` will be defined:FutureWarning"),
]


def shaken(architecture: str) -> keras.Model:
    """An untrained network with its weights shaken, so that no part of it is still without effect."""
    keras.utils.set_random_seed(1)
    model = report.build(ModelSpec(architecture, LATENT_SIZES.get(architecture, 0)))
    random = np.random.default_rng(0)
    for layer in model._flatten_layers():
        if layer.name != "spread" and hasattr(layer, "kernel"):
            layer.kernel.assign(layer.kernel + 0.02 * random.normal(size=layer.kernel.shape))
    return model


@pytest.mark.parametrize(
    "architecture",
    [pytest.param(one, marks=pytest.mark.slow if one == "linear-bottleneck" else ()) for one in ARCHITECTURES],
)
def test_the_exported_network_reconstructs_like_the_model_block_by_block(architecture, tmp_path):
    model = shaken(architecture)
    files = export.parts(model)
    for file, part in files.items():
        export.export_onnx(part, tmp_path / file, 8)
    denoiser = Denoiser(*((tmp_path / file).read_bytes() for file in files))
    expected = model.predict(PICTURES, verbose=0)
    assert expected.shape == PICTURES.shape and expected.min() >= 0 and expected.max() <= 1
    assert np.abs(expected - PICTURES).mean() > 0.001 and expected.std() > 0.001
    tolerance = 0.02 if architecture == "linear-bottleneck" else 0.0005  # Dense kernels are kept in 8 bits.
    np.testing.assert_allclose(denoiser.reconstruct(PICTURES), expected, atol=tolerance)
    assert denoiser.has_latent == (architecture in LATENT_SIZES)
    activations = denoiser.activations(PICTURES[0])
    assert {name: values.shape for name, values in activations.items()} == denoiser.shapes()
    assert list(activations)[0] == "picture" and list(activations)[-1] == "reconstruction"
    np.testing.assert_array_equal(activations["reconstruction"], denoiser.reconstruct(PICTURES[0]))
    halves = [name.partition("_")[0] for name in activations if "_block_" in name]
    assert halves == sorted(halves, key=["encoder", "middle", "decoder"].index)


@pytest.mark.parametrize(
    "architecture", [name for name in ARCHITECTURES if name not in LATENT_SIZES and name != "residual"]
)
def test_a_network_that_corrects_begins_by_leaving_the_picture_as_it_is(architecture):
    model = report.build(ModelSpec(architecture, 0))
    np.testing.assert_allclose(model.predict(PICTURES, verbose=0), PICTURES, atol=1e-6)


def test_every_architecture_beyond_the_report_belongs_to_an_experiment():
    assert list(beyond.BEYOND) == ARCHITECTURES


def test_the_recommended_network_has_at_most_two_million_parameters():
    model = report.build(ModelSpec("restorer", 0))
    assert sum(int(np.prod(weight.shape)) for weight in model.trainable_weights) <= 2_000_000


def test_the_linear_bottleneck_goes_through_principal_components():
    pictures = np.stack([np.roll(picture, shift, axis=1) for picture in PICTURES for shift in range(0, 8, 2)])
    model = report.build(ModelSpec("linear-bottleneck", 8))
    beyond.set_principal_components(model, np.rint(pictures * 255).astype(np.uint8))
    mean, components = principal_components(np.rint(pictures * 255).astype(np.float32) / 255, 8)
    np.testing.assert_allclose(components @ components.T, np.eye(8), atol=1e-3)
    flat = PICTURES.reshape(len(PICTURES), -1)
    linear = np.clip(((flat - mean) @ components.T) @ components + mean, 0, 1)
    np.testing.assert_allclose(model.predict(PICTURES, verbose=0), linear.reshape(PICTURES.shape), atol=1e-3)
    # No eight directions keep more: these have the largest singular values.
    centred = pictures.reshape(len(pictures), -1) - pictures.reshape(len(pictures), -1).mean(axis=0)
    largest = np.square(np.linalg.svd(centred, compute_uv=False)[:8]).sum()
    assert np.square(centred @ components.T).sum() == pytest.approx(largest, rel=1e-3)


@pytest.mark.slow
def test_training_leaves_the_linear_bottleneck_linear_and_as_it_was():
    model = report.build(ModelSpec("linear-bottleneck", 8))
    linear = [layer for half in model.layers[1:] for layer in half.layers if layer.name in ("latent", "spread")]
    before = [layer.get_weights() for layer in linear if layer.weights]
    first = [weight.numpy() for weight in model.trainable_weights]
    model.compile("adam", "mse", run_eagerly=True)  # For two steps, nothing is worth compiling.
    for _ in range(2):  # Some layers begin at zero, and so do the gradients before them.
        model.train_on_batch(PICTURES, 1 - PICTURES)
    after = [layer.get_weights() for layer in linear if layer.weights]
    assert len(before) == 2
    for then, now in zip(before, after, strict=True):
        np.testing.assert_array_equal(then[0], now[0])
    changed = [not np.array_equal(then, now.numpy()) for then, now in zip(first, model.trainable_weights, strict=True)]
    assert np.mean(changed) > 0.9


def test_the_committed_errors_of_components_fall_with_their_number_and_a_broken_file_gets_a_sentence(tmp_path):
    errors = read_component_errors()
    assert list(errors) == list(COUNTS)
    assert list(errors.values()) == sorted(errors.values(), reverse=True)
    assert read_component_errors(tmp_path / "components.csv") == {}
    (tmp_path / "components.csv").write_text("components,val_mse\nmany,1\n")
    with pytest.raises(CheckpointError, match=r"components\.csv, are broken: restore the file"):
        read_component_errors(tmp_path / "components.csv")


def test_as_many_components_as_pictures_rebuild_these_pictures(splits):
    few = splits[0].pictures
    own = component_errors(splits[0], splits[0], (2, len(few) - 1))
    assert own[len(few) - 1] < 1e-5 < own[2]


def test_a_blind_experiment_sees_every_strength_of_the_sliders_and_each_distortion_half_of_the_time():
    names = tuple(KINDS)
    drawn = [AnyStrength(names).draw(seed) for seed in range(4000)]
    assert AnyStrength(names).draw(7) == drawn[7]
    for name, kind in KINDS.items():
        strengths = np.array([getattr(one, name) for one in drawn])
        assert 0.47 < (strengths > 0).mean() < 0.53
        on = strengths[strengths > 0]
        assert on.min() < 0.05 * kind.bounds[1] or on.min() == 1
        assert 0.95 * kind.bounds[1] < on.max() <= kind.bounds[1]
        assert 0.85 < (on <= 2 * kind.preset).mean() < 0.97
        assert 0.8 * kind.preset < np.median(on) < 1.4 * kind.preset
    assert 0.1 < np.mean([one == Corruption() for one in drawn]) < 0.15
    assert AnyStrength(("cutout",)).draw(3).active in ((), ("cutout",))
    pictures = corrupt_batch(PICTURES, AnyStrength(names), np.arange(9))
    np.testing.assert_array_equal(pictures[4], corrupt(PICTURES[4], drawn[4], 4))


def test_the_sharp_loss_has_the_ssim_of_the_scores_and_is_least_for_the_picture_itself():
    noisy = corrupt_batch(PICTURES, Corruption(gaussian_noise=0.1), np.arange(9))
    exact = np.mean([exact_ssim(*pair) for pair in zip(PICTURES, noisy, strict=True)])
    assert float(losses.ssim(PICTURES, noisy)) == pytest.approx(exact, abs=1e-4)
    assert float(losses.sharp(PICTURES, PICTURES)) == pytest.approx(
        0.001, abs=1e-4
    )  # The root of Charbonnier's epsilon.
    assert float(losses.sharp(PICTURES, noisy)) > 0.05


def test_every_step_beyond_is_the_one_before_and_one_idea():
    steps = {e.name: e for e in EXPERIMENTS if e.group == "beyond"}
    assert [name.removeprefix("beyond-") for name in steps] == [
        *("residual", "correction", "unet", "blind", "sharp", "restorer", "bottleneck")
    ]
    assert len({(e.model, e.blind, e.loss) for e in steps.values()}) == len(steps)
    assert len({e.summary for e in EXPERIMENTS if e.group == "beyond"}) == len(steps)
