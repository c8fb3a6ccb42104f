"""What the pocket edition computes is what Python computes: distortions, scores and reconstructions."""

import hashlib

import numpy as np
import pytest

from dae_core.distortions.apply import corrupt
from dae_core.distortions.brush import COLOURS, brush_noise, paint
from dae_core.distortions.strengths import REPORT_CORRUPTION, Corruption
from dae_core.pictures.samples import load_sample
from dae_core.scores.metrics import scores
from dae_core.serving.denoiser import load_denoiser
from dae_core.telling.steps import RECOMMENDED
from deploy.pocket import offered
from tests.pocket.conftest import changes

SEEDS = (*range(500), 123_456, 999_999)
NETWORKS = offered()

# Of each distorted picture its digest, and its scores.
DISTORT = """async ([picture, cases]) => {
  const { corrupt } = await import("./distortions.js")
  const { mse, psnr, ssim } = await import("./scores.js")
  const original = Float32Array.from(picture)
  const hexadecimal = (byte) => byte.toString(16).padStart(2, "0")
  const digest = async (values) =>
    [...new Uint8Array(await crypto.subtle.digest("SHA-256", values))].map(hexadecimal).join("")
  return Promise.all(cases.map(async ([seed, strengths]) => {
    const distorted = corrupt(original, strengths, seed)
    const close = [mse, psnr, ssim].map((score) => score(distorted, original))
    return [await digest(distorted), close]
  }))
}"""


@pytest.fixture(scope="module")
def page(home, chromium):
    page = chromium.new_page()
    page.goto(home)
    page.evaluate("lab.ready")
    yield page
    page.close()


def strengths(seed: int) -> Corruption:
    """Those of the report for every second seed, and any for the others."""
    if seed % 2:
        return REPORT_CORRUPTION
    random = np.random.default_rng(seed)
    noise, salt = (round(float(strength), 2) for strength in random.uniform(0.01, 0.5, 2))
    return Corruption(noise, salt, int(random.integers(1, 11)))


def test_a_seed_makes_the_same_pixels_and_the_same_scores(page, picture):
    corruptions = {seed: strengths(seed) for seed in SEEDS}
    cases = [
        [seed, {name: getattr(corruption, name) for name in corruption.active}]
        for seed, corruption in corruptions.items()
    ]
    found = page.evaluate(DISTORT, [picture.ravel().tolist(), cases])
    for (seed, corruption), (digest, close) in zip(corruptions.items(), found, strict=True):
        distorted = corrupt(picture, corruption, seed)
        assert digest == hashlib.sha256(distorted.tobytes()).hexdigest(), seed
        np.testing.assert_allclose(close, list(scores(distorted, picture).values()), rtol=0, atol=1e-9)


def test_the_brush_paints_the_same_pixels(page, picture):
    strokes = "".join(np.random.default_rng(0).choice(list(COLOURS), 4096))
    colours = [{"digit": digit, "rgb": colour.rgb} for digit, colour in COLOURS.items()]
    script = """async ([picture, strokes, colours]) => {
      const { paint } = await import("./distortions.js")
      return [...paint(Float32Array.from(picture), strokes, 7, colours)]
    }"""
    painted = page.evaluate(script, [picture.ravel().tolist(), strokes, colours])
    np.testing.assert_array_equal(np.float32(painted), paint(picture, strokes, 7).ravel())
    assert brush_noise(7).ravel()[0] != brush_noise(8).ravel()[0]


def values(page, tile: str) -> np.ndarray:
    return np.float32(page.evaluate("tile => Array.from(lab.pixels(tile))", tile)).reshape(64, 64, 3)


def test_an_address_and_each_network_show_what_the_full_lab_shows(come, home):
    asked = "image=owl&seed=42&gaussian_noise_std=0.2&cutout_squares=5&salt_and_pepper=false"
    page = come(f"{home}?model={NETWORKS[0].name}&{asked}")
    original = load_sample("owl")
    distorted = corrupt(original, Corruption(gaussian_noise=0.2, cutout=5), 42)
    np.testing.assert_array_equal(values(page, "original"), original)
    np.testing.assert_array_equal(values(page, "distorted"), distorted)
    for checkpoint in NETWORKS:
        if checkpoint != NETWORKS[0]:
            changes(page, lambda name=checkpoint.name: page.locator("#model").select_option(name))
            assert (f"model={checkpoint.name}&" in page.url) == (checkpoint.name != RECOMMENDED)
        # Two versions of ONNX Runtime multiply weights of 4 or 8 bits in different orders.
        tolerance = 1e-4 if "bits" in checkpoint.manifest else 1e-5
        rebuilt = load_denoiser(checkpoint).reconstruct(distorted)
        np.testing.assert_allclose(values(page, "reconstructed"), rebuilt, rtol=0, atol=tolerance)
