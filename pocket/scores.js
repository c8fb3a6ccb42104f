// How far a picture is from another one, as in dae_core/scores/metrics.py.
import { SIDE, VALUES } from "./distortions.js"

/** Mean squared error of two pictures in [0, 1]. */
export const mse = (picture, reference) =>
  picture.reduce((sum, value, index) => sum + (value - reference[index]) ** 2, 0) / VALUES

/** Peak signal-to-noise ratio in dB; infinite for equal pictures. */
export const psnr = (picture, reference) => -10 * Math.log10(mse(picture, reference))

const REACH = 5 // The window of Wang et al. (2004): 11 x 11 pixels, a Gaussian of standard deviation 1.5.
const weights = Float64Array.from({ length: 2 * REACH + 1 }, (_, index) => Math.exp(-((index - REACH) ** 2) / (2 * 1.5 ** 2)))
const total = weights.reduce((sum, weight) => sum + weight)
const WINDOW = weights.map((weight) => weight / total)
const INSIDE = SIDE - 2 * REACH // Only where the whole window lies on the picture.

// The weighted means of the windows of one channel, INSIDE x INSIDE.
const means = (values) => {
  const rows = new Float64Array(SIDE * INSIDE)
  for (let row = 0; row < SIDE; row++)
    for (let column = 0; column < INSIDE; column++) {
      let sum = 0
      for (let at = 0; at < WINDOW.length; at++) sum += WINDOW[at] * values[SIDE * row + column + at]
      rows[INSIDE * row + column] = sum
    }
  return Float64Array.from({ length: INSIDE * INSIDE }, (_, place) => {
    let sum = 0
    for (let at = 0; at < WINDOW.length; at++) sum += WINDOW[at] * rows[place + INSIDE * at]
    return sum
  })
}

/** Structural similarity: 1 for equal pictures. */
export const ssim = (picture, reference) => {
  const [c1, c2] = [0.01 ** 2, 0.03 ** 2]
  let sum = 0
  for (let channel = 0; channel < 3; channel++) {
    const [x, y] = [picture, reference].map((all) => Float64Array.from({ length: SIDE * SIDE }, (_, pixel) => all[3 * pixel + channel]))
    const [meanX, meanY] = [means(x), means(y)]
    const [squareX, squareY, product] = [means(x.map((a) => a * a)), means(y.map((a) => a * a)), means(x.map((a, at) => a * y[at]))]
    for (let at = 0; at < meanX.length; at++) {
      const [a, b] = [meanX[at], meanY[at]]
      const luminance = (2 * a * b + c1) / (a * a + b * b + c1)
      sum += (luminance * (2 * (product[at] - a * b) + c2)) / (squareX[at] - a * a + squareY[at] - b * b + c2)
    }
  }
  return sum / (3 * INSIDE * INSIDE)
}
