// The report's three distortions and the brush, the same pixels as dae_core/distortions makes of the same seed.
import { generator } from "./random.js"
import { SIDE, VALUES } from "./sizes.js"

const CUTOUT_SIZE = 12
const DRAWS = 3 // Each seed has a draw of its own for each of the three.

// The draw of the last seed: while a strength is dragged, only what is made of it changes.
const remembered = (draw) => {
  let [of, last] = []
  return (seed) => (seed === of ? last : (last = draw((of = seed))))
}
const normals = remembered((seed) => generator(seed).normals(VALUES))
const uniforms = remembered((seed) => generator(seed).uniforms(VALUES))

const gaussianNoise = (picture, std, seed) => {
  const noise = normals(DRAWS * seed)
  const scale = Math.fround(std)
  return picture.map((value, index) => Math.min(Math.max(value + Math.fround(scale * noise[index]), 0), 1))
}

const saltAndPepper = (picture, amount, seed) => {
  const draw = uniforms(DRAWS * seed + 1)
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
