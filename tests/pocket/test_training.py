"""How the tiny network learns in the browser: its gradients, and that it learns."""

import numpy as np
import pytest

from dae_core.pictures.samples import SAMPLES, load_sample
from tests.visitor import ROOT

ENGINE = (ROOT / "ui" / "widgets" / "trainer" / "engine.js").read_text(encoding="utf-8")

# Moves the weights of one layer along its gradient, there and back, by very little: the error changes as the gradient
# says. In double precision, since the difference would drown in the rounding of single precision.
SLOPES = """() => {
  const random = randomFrom(5)
  const layers = layersOf({ filters: 4, channels: 3 })
  const weights = weightsOf(layers, random)
  for (const { bias } of weights) bias.forEach((_, at) => (bias[at] = 0.1 * random.uniform()))
  const network = networkOf(layers, weights, 16)
  const [distorted, clean] = [0, 1].map(() => Float32Array.from({ length: 768 }, random.uniform))
  network.learn(distorted, clean, 1)
  const gradients = network.gradients.map(({ kernel, bias }) => ({ kernel: kernel.slice(), bias: bias.slice() }))
  const error = () => network.forward(distorted).reduce((sum, value, at) => sum + (value - clean[at]) ** 2 / 768, 0)
  return weights.flatMap((layer, index) => ["kernel", "bias"].map((name) => {
    const [values, gradient] = [layer[name].slice(), gradients[index][name]]
    const steepness = gradient.reduce((sum, one) => sum + one * one, 0)
    const moved = [1, -1].map((sign) => {
      layer[name].set(values.map((value, at) => value + (sign * 1e-9 * gradient[at]) / Math.sqrt(steepness)))
      return error()
    })
    layer[name].set(values)
    return (moved[0] - moved[1]) / 2e-9 / Math.sqrt(steepness)
  }))
}"""

LEARNS = """pictures => {
  const strengths = { gaussian_noise: 0.1, salt_and_pepper: 0.05, cutout: 0, cutout_size: 12 }
  const all = pictures.map((picture) => Float32Array.from(picture))
  const training = trainingOf({ filters: 8, channels: 8, rate: 0.003, seed: 0, strengths, pictures: all.slice(1) })
  const errors = []
  for (let epoch = 0; epoch < 4; epoch++)
    errors.push(Array.from({ length: training.batches }, training.batch).reduce((sum, error) => sum + error))
  const damaged = distort(all[0], strengths, randomFrom(1))
  const rebuilt = [...training.rebuild(damaged)]
  return { errors, parameters: training.parameters, damaged: [...damaged], rebuilt }
}"""


@pytest.fixture
def run(chromium):
    """Runs a function beside the engine, in single or in double precision."""
    page = chromium.new_page()
    yield lambda function, argument=None, precision="Float32Array": page.evaluate(
        f"argument => {{ {ENGINE.replace('Float32Array', precision)}\nreturn ({function})(argument) }}", argument
    )
    page.close()


def test_its_gradients_are_the_slopes_of_the_error(run):
    slopes = run(SLOPES, precision="Float64Array")
    assert slopes == pytest.approx([1] * len(slopes), abs=1e-4)


def test_it_learns_to_reconstruct_a_picture_that_it_never_saw(run, picture):
    pictures = [picture, *(load_sample(name) for name in SAMPLES if name != "cat-chelsea")]
    found = run(LEARNS, [one.ravel().tolist() for one in pictures])
    # Each layer has a weight for every pixel of its kernel, input and output, and a bias for every output.
    layers = [(3, 8, 3), (8, 16, 3), (16, 8, 3), (8, 16, 3), (16, 8, 3), (8, 3, 1)]
    assert found["parameters"] == sum(outputs * (inputs * size**2 + 1) for inputs, outputs, size in layers)
    assert found["errors"][-1] < 0.7 * found["errors"][0]
    before, after = (np.square(picture.ravel() - found[name]).mean() for name in ("damaged", "rebuilt"))
    assert after < 0.7 * before
