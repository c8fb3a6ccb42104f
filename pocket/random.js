// NumPy's default generator, bit for bit, so that a seed draws the same distortion here as in Python: PCG64, seeded by a
// SeedSequence (O'Neill 2014), and normals by the ziggurat of Marsaglia and Tsang (2000).

const f = Math.fround
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n
const [MASK_64, MASK_128] = [(1n << 64n) - 1n, (1n << 128n) - 1n]

// Four 64-bit words from a whole number below 2 ** 53: SeedSequence(seed).generate_state(4, np.uint64).
const seedWords = (seed) => {
  let factor = 0x43b0d7e5
  const hash = (value) => {
    value ^= factor
    factor = Math.imul(factor, 0x931e8875)
    value = Math.imul(value, factor)
    return value ^ (value >>> 16)
  }
  const mix = (x, y) => {
    const mixed = Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)
    return mixed ^ (mixed >>> 16)
  }
  const pool = [seed >>> 0, Math.floor(seed / 2 ** 32), 0, 0].map(hash)
  for (let source = 0; source < 4; source++)
    for (let target = 0; target < 4; target++) if (source !== target) pool[target] = mix(pool[target], hash(pool[source]))
  factor = 0x8b51f9dd
  const words = Array.from({ length: 8 }, (_, index) => {
    let word = pool[index % 4] ^ factor
    factor = Math.imul(factor, 0x58f38ded)
    word = Math.imul(word, factor)
    return BigInt((word ^ (word >>> 16)) >>> 0)
  })
  return [0, 2, 4, 6].map((index) => (words[index + 1] << 32n) | words[index])
}

// The layers of the ziggurat under exp(-x * x / 2), all of one area, and what decides in one comparison whether a point
// lies under the curve. The numbers are made as NumPy's were, in double precision, and rounded to float32 at the end.
const LAYERS = 256
const BASE = 3.6541528853610088 // Where the tail begins.
const [BASE_32, INVERSE_32] = [f(BASE), f(1 / BASE)]
const AREA = 0.00492867323399
const STEPS = 2 ** 23
const curve = (x) => Math.exp(-0.5 * x * x)
const [accepted, width, height] = [new Uint32Array(LAYERS), new Float32Array(LAYERS), new Float32Array(LAYERS)]
{
  let [x, before] = [BASE, BASE]
  const bottom = AREA / curve(BASE)
  accepted[0] = Math.round((BASE / bottom) * STEPS)
  accepted[1] = 0
  width[0] = bottom / STEPS
  width[LAYERS - 1] = BASE / STEPS
  height[0] = 1
  height[LAYERS - 1] = curve(BASE)
  for (let layer = LAYERS - 2; layer >= 1; layer--) {
    x = Math.sqrt(-2 * Math.log(AREA / before + curve(before)))
    accepted[layer + 1] = Math.round((x / before) * STEPS)
    before = x
    height[layer] = curve(x)
    width[layer] = x / STEPS
  }
}

// log(1 + x) for -1 < x <= 0 in float32, step by step as the C library of most machines computes it (fdlibm, 1993), whose
// last bit is not always the nearest.
const bits = new Int32Array(1)
const view = new Float32Array(bits.buffer)
const bitsOf = (x) => ((view[0] = x), bits[0])
const floatOf = (x) => ((bits[0] = x), view[0])
const [LN2_HIGH, LN2_LOW] = [floatOf(0x3f317180), floatOf(0x3717f7d1)]
const SERIES = [0x3e178897, 0x3e1cd04f, 0x3e3a3325, 0x3e638e29, 0x3e924925, 0x3ecccccd, 0x3f2aaaab].map(floatOf)
const log1p = (x) => {
  if (x > -(2 ** -29)) return x
  let [power, rest, part, mantissa] = [0, 0, x, 1]
  if (x <= floatOf(0xbe95f61f | 0)) {
    let sum = f(1 + x)
    power = (bitsOf(sum) >> 23) - 127
    rest = f(f(x - f(sum - 1)) / sum)
    mantissa = bitsOf(sum) & 0x7fffff
    const isSmall = mantissa < 0x3504f7
    sum = floatOf(mantissa | (isSmall ? 0x3f800000 : 0x3f000000))
    if (!isSmall) {
      power += 1
      mantissa = (0x800000 - mantissa) >> 2
    }
    part = f(sum - 1)
  }
  const half = f(f(0.5 * part) * part)
  const low = f(f(power * LN2_LOW) + rest)
  const high = f(power * LN2_HIGH)
  if (mantissa === 0) {
    const correction = f(half * (1 - (2 / 3) * part))
    return part === 0 ? f(high + low) : f(high - f(f(correction - low) - part))
  }
  const ratio = f(part / f(2 + part))
  const square = f(ratio * ratio)
  const series = SERIES.slice(1).reduce((sum, factor) => f(factor + f(square * sum)), SERIES[0])
  const product = f(ratio * f(half + f(square * series)))
  return power === 0 ? f(part - f(half - product)) : f(high - f(f(half - f(product + low)) - part))
}

/** As `np.random.default_rng(seed)`: a source of random numbers, each call takes the next ones. */
export const generator = (seed) => {
  const [high, low, odd, even] = seedWords(seed)
  const increment = ((((odd << 64n) | even) << 1n) | 1n) & MASK_128
  let state = (((((increment + ((high << 64n) | low)) & MASK_128) * MULTIPLIER) & MASK_128) + increment) & MASK_128
  let kept // The upper half of a word whose lower half was taken.

  const next32 = () => {
    if (kept !== undefined) {
      const half = kept
      kept = undefined
      return half
    }
    state = (state * MULTIPLIER + increment) & MASK_128
    const turn = state >> 122n
    const folded = (state >> 64n) ^ (state & MASK_64)
    const word = ((folded >> turn) | (folded << (64n - turn))) & MASK_64
    kept = Number(word >> 32n)
    return Number(word & 0xffffffffn)
  }
  const uniform = () => (next32() >>> 8) / 2 ** 24

  const tail = (negative) => {
    for (;;) {
      const x = f(-INVERSE_32 * log1p(-uniform()))
      const y = f(-log1p(-uniform()))
      if (f(y + y) > f(x * x)) return f(BASE_32 + x) * (negative ? -1 : 1)
    }
  }
  const normal = () => {
    for (;;) {
      const bits = next32()
      const [layer, size] = [bits & 0xff, (bits >>> 9) & 0x7fffff]
      const x = f(size * width[layer]) * (bits & 0x100 ? -1 : 1)
      if (size < accepted[layer]) return x
      if (layer === 0) return tail(size & 0x100)
      const inside = f(f(height[layer - 1] - height[layer]) * uniform())
      if (f(inside + height[layer]) < curve(x)) return x
    }
  }
  // A whole number from 0 to below `count` (Lemire 2019).
  const below = (count) => {
    const threshold = (2 ** 32 - count) % count
    for (;;) {
      const product = BigInt(next32()) * BigInt(count)
      if (Number(product & 0xffffffffn) >= threshold) return Number(product >> 32n)
    }
  }
  const many = (draw) => (count) => Float32Array.from({ length: count }, draw)
  return { uniforms: many(uniform), normals: many(normal), below }
}
