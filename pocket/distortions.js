// The report's three distortions and the brush, the same pixels as dae_core/distortions makes of the same seed.
// A picture is a Float32Array of 64 x 64 x 3 values in [0, 1], row by row, red, green and blue side by side.
import { generator } from "./random.js"

export const SIDE = 64
export const VALUES = SIDE * SIDE * 3
const CUTOUT_SIZE = 12
const DRAWS = 3 // Each seed has a draw of its own for each of the three.

const gaussianNoise = (picture, std, seed) => {
  const noise = generator(DRAWS * seed).normals(VALUES)
  const scale = Math.fround(std)
  return picture.map((value, index) => Math.min(Math.max(value + Math.fround(scale * noise[index]), 0), 1))
}

const saltAndPepper = (picture, amount, seed) => {
  const draw = generator(DRAWS * seed + 1).uniforms(VALUES)
  const [pepper, salt] = [Math.fround(amount / 2), Math.fround(1 - amount / 2)]
  return picture.map((value, index) => (draw[index] < pepper ? 0 : draw[index] >= salt ? 1 : value))
}

const cutout = (picture, squares, seed) => {
  const random = generator(DRAWS * seed + 2)
  const places = () => Array.from({ length: squares }, () => random.below(SIDE - CUTOUT_SIZE + 1))
  const [tops, lefts] = [places(), places()]
  const result = picture.slice()
  tops.forEach((top, square) => {
    for (let row = top; row < top + CUTOUT_SIZE; row++) {
      const start = 3 * (SIDE * row + lefts[square])
      result.fill(0, start, start + 3 * CUTOUT_SIZE)
    }
  })
  return result
}

// In this order, so that the squares stay black.
const KINDS = { gaussian_noise: gaussianNoise, salt_and_pepper: saltAndPepper, cutout }

/** The distorted picture. `strengths` has one for each kind by its name; zero, or none, is off. */
export const corrupt = (picture, strengths, seed) =>
  Object.entries(KINDS).reduce((result, [name, kind]) => (strengths[name] ? kind(result, strengths[name], seed) : result), picture.slice())

/** The picture with what was painted on it: `strokes` has a digit per pixel, `colours` an entry {digit, rgb} for each. */
export const paint = (picture, strokes, seed, colours) => {
  const result = picture.slice()
  const rgbs = Object.fromEntries(colours.map(({ digit, rgb }) => [digit, rgb]))
  const noise = strokes.includes(colours.find(({ digit, rgb }) => !rgb && digit !== "0").digit) && generator(seed).uniforms(VALUES)
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
    if (strokes[pixel] === "0") continue
    const rgb = rgbs[strokes[pixel]]
    for (let channel = 0; channel < 3; channel++)
      result[3 * pixel + channel] = rgb ? Math.fround(rgb[channel] / 255) : noise[3 * pixel + channel]
  }
  return result
}
