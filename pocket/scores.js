// How far a picture is from another one, as in dae_core/scores/metrics.py.
import { SIDE, VALUES } from "./sizes.js"

/** Mean squared error of two pictures in [0, 1]. */
export const mse = (picture, reference) => {
  let sum = 0
  for (let index = 0; index < VALUES; index++) sum += (picture[index] - reference[index]) ** 2
  return sum / VALUES
}

/** Peak signal-to-noise ratio in dB; infinite for equal pictures. */
export const psnr = (picture, reference) => -10 * Math.log10(mse(picture, reference))

const REACH = 5 // The window of Wang et al. (2004): 11 x 11 pixels, a Gaussian of standard deviation 1.5.
const weights = Float64Array.from({ length: 2 * REACH + 1 }, (_, index) => Math.exp(-((index - REACH) ** 2) / (2 * 1.5 ** 2)))
const total = weights.reduce((sum, weight) => sum + weight)
const WINDOW = weights.map((weight) => weight / total)
const INSIDE = SIDE - 2 * REACH // Only where the whole window lies on the picture.

const rows = new Float64Array(SIDE * INSIDE)
// The weighted means of the windows of one channel, INSIDE x INSIDE. Plain loops, since this runs for every picture while
// a strength is dragged.
const means = (values) => {
  for (let row = 0; row < SIDE; row++)
    for (let column = 0; column < INSIDE; column++) {
      let sum = 0
      for (let at = 0; at <= 2 * REACH; at++) sum += WINDOW[at] * values[SIDE * row + column + at]
      rows[INSIDE * row + column] = sum
    }
  const result = new Float64Array(INSIDE * INSIDE)
  for (let place = 0; place < result.length; place++) {
    let sum = 0
    for (let at = 0; at <= 2 * REACH; at++) sum += WINDOW[at] * rows[place + INSIDE * at]
    result[place] = sum
  }
  return result
}

const product = (x, y) => {
  const result = new Float64Array(x.length)
  for (let at = 0; at < x.length; at++) result[at] = x[at] * y[at]
  return result
}

const channelsOf = (picture) =>
  [0, 1, 2].map((channel) => {
    const values = new Float64Array(SIDE * SIDE)
    for (let pixel = 0; pixel < values.length; pixel++) values[pixel] = picture[3 * pixel + channel]
    return { values, mean: means(values), square: means(product(values, values)) }
  })
const known = new WeakMap() // The original stays the same for a while.

/** Structural similarity: 1 for equal pictures. */
export const ssim = (picture, reference) => {
  const [c1, c2] = [0.01 ** 2, 0.03 ** 2]
  if (!known.has(reference)) known.set(reference, channelsOf(reference))
  const originals = known.get(reference)
  let sum = 0
  channelsOf(picture).forEach(({ values, mean, square }, channel) => {
    const other = originals[channel]
    const both = means(product(values, other.values))
    for (let at = 0; at < both.length; at++) {
      const [a, b] = [mean[at], other.mean[at]]
      const luminance = (2 * a * b + c1) / (a * a + b * b + c1)
      sum += (luminance * (2 * (both[at] - a * b) + c2)) / (square[at] - a * a + other.square[at] - b * b + c2)
    }
  })
  return sum / (3 * INSIDE * INSIDE)
}
