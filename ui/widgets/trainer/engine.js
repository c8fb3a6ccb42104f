// The tiny fully convolutional network of the page Training, and how it learns: forward, gradients and Adam, written out.
// A plain script: a browser runs it as a worker, see the end. Feature maps are Float32Arrays, row by row, the channels of
// a pixel side by side, and square.

const PATCH = 32
const PATCHES_PER_EPOCH = 256
const BATCH_SIZE = 16
const SIDE = 64

// Random numbers from a seed (mulberry32); a training need not repeat what Python draws.
const randomFrom = (seed) => {
  let state = seed >>> 0
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count) => Math.floor(count * uniform())
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  return { uniform, below, normal }
}

// The report's section 4 in small: two convolutions with pooling, the latent, two transposed ones, and one of 1 x 1.
const layersOf = ({ filters, channels }) => [
  { kind: "convolution", inputs: 3, outputs: filters, size: 3 },
  { kind: "pooling" },
  { kind: "convolution", inputs: filters, outputs: 2 * filters, size: 3 },
  { kind: "pooling" },
  { kind: "convolution", inputs: 2 * filters, outputs: channels, size: 3 },
  { kind: "convolution", inputs: channels, outputs: 2 * filters, size: 3, stride: 2 },
  { kind: "convolution", inputs: 2 * filters, outputs: filters, size: 3, stride: 2 },
  { kind: "convolution", inputs: filters, outputs: 3, size: 1, activation: "sigmoid" },
]

// Weights (row, column, input, output) and biases, as Keras begins: uniform after Glorot, and zero.
const weightsOf = (layers, random) =>
  layers.filter(({ kind }) => kind === "convolution").map(({ inputs, outputs, size }) => {
    const reach = Math.sqrt(6 / (size * size * (inputs + outputs)))
    const kernel = Float32Array.from({ length: size * size * inputs * outputs }, () => reach * (2 * random.uniform() - 1))
    return { kernel, bias: new Float32Array(outputs) }
  })

// A convolution of stride 1, or a transposed one of stride 2, which doubles the sides; both with "same" padding and an
// activation. Every input pixel adds to the output pixels that its kernel reaches.
const convolution = ({ inputs, outputs, size, stride = 1, activation = "relu" }, { kernel, bias }, side) => {
  const outSide = side * stride
  const output = new Float32Array(outSide * outSide * outputs)
  const toInput = new Float32Array(side * side * inputs)
  const gradient = { kernel: new Float32Array(kernel.length), bias: new Float32Array(outputs) }
  const reached = (at, step) => (stride === 2 ? 2 * at + step : at + (size >> 1) - step)
  let input

  const eachPair = (does) => {
    for (let row = 0; row < side; row++)
      for (let down = 0; down < size; down++) {
        const outRow = reached(row, down)
        if (outRow < 0 || outRow >= outSide) continue
        for (let column = 0; column < side; column++)
          for (let across = 0; across < size; across++) {
            const outColumn = reached(column, across)
            if (outColumn < 0 || outColumn >= outSide) continue
            does(inputs * (side * row + column), outputs * (outSide * outRow + outColumn), inputs * outputs * (size * down + across))
          }
      }
  }
  const forward = (values) => {
    input = values
    for (let at = 0; at < output.length; at++) output[at] = bias[at % outputs]
    eachPair((from, to, weight) => {
      for (let i = 0; i < inputs; i++) {
        const value = input[from + i]
        if (value === 0) continue
        const start = weight + i * outputs
        for (let o = 0; o < outputs; o++) output[to + o] += value * kernel[start + o]
      }
    })
    for (let at = 0; at < output.length; at++)
      output[at] = activation === "relu" ? Math.max(output[at], 0) : 1 / (1 + Math.exp(-output[at]))
    return output
  }
  // Takes the gradient at the output, adds to those of the weights, and returns the one at the input.
  const backward = (above) => {
    toInput.fill(0)
    for (let at = 0; at < above.length; at++) {
      above[at] *= activation === "relu" ? Number(output[at] > 0) : output[at] * (1 - output[at])
      gradient.bias[at % outputs] += above[at]
    }
    eachPair((from, to, weight) => {
      for (let i = 0; i < inputs; i++) {
        const value = input[from + i]
        const start = weight + i * outputs
        let sum = 0
        for (let o = 0; o < outputs; o++) {
          sum += above[to + o] * kernel[start + o]
          gradient.kernel[start + o] += value * above[to + o]
        }
        toInput[from + i] += sum
      }
    })
    return toInput
  }
  return { forward, backward, gradient, side: outSide, channels: outputs }
}

// The largest of each 2 x 2 values.
const pooling = (channels, side) => {
  const half = side / 2
  const output = new Float32Array(half * half * channels)
  const chosen = new Int32Array(output.length)
  const toInput = new Float32Array(side * side * channels)
  const forward = (input) => {
    for (let at = 0; at < output.length; at++) {
      const pixel = Math.floor(at / channels)
      const first = channels * (2 * side * Math.floor(pixel / half) + 2 * (pixel % half)) + (at % channels)
      let best = first
      for (const other of [first + channels, first + channels * side, first + channels * (side + 1)])
        if (input[other] > input[best]) best = other
      chosen[at] = best
      output[at] = input[best]
    }
    return output
  }
  const backward = (above) => {
    toInput.fill(0)
    for (let at = 0; at < above.length; at++) toInput[chosen[at]] += above[at]
    return toInput
  }
  return { forward, backward, side: half, channels }
}

// The network for pictures of one size; networks of several sizes may share their weights.
const networkOf = (layers, weights, pictureSide) => {
  let [side, channels, used] = [pictureSide, 3, 0]
  const parts = layers.map((layer) => {
    const part = layer.kind === "pooling" ? pooling(channels, side) : convolution(layer, weights[used++], side)
    ;({ side, channels } = part)
    return part
  })
  const gradients = parts.flatMap(({ gradient }) => gradient ?? [])
  const forward = (picture) => parts.reduce((flow, part) => part.forward(flow), picture)
  // The squared error of one picture, whose gradients are added to those of the batch.
  const learn = (distorted, clean, batch) => {
    const rebuilt = forward(distorted)
    let error = 0
    const above = rebuilt.map((value, at) => {
      error += (value - clean[at]) ** 2 / rebuilt.length
      return (2 * (value - clean[at])) / (rebuilt.length * batch)
    })
    parts.reduceRight((flow, part) => part.backward(flow), above)
    return error
  }
  return { forward, learn, gradients }
}

// Adam (Kingma and Ba 2015), with Keras's defaults. A step uses the gradients up.
const adam = (weights, gradients, rate) => {
  const pairs = weights.flatMap((layer, at) => ["kernel", "bias"].map((name) => [layer[name], gradients[at][name]]))
  const moments = pairs.map(([values]) => [new Float32Array(values.length), new Float32Array(values.length)])
  let steps = 0
  return () => {
    steps += 1
    const scale = (rate * Math.sqrt(1 - 0.999 ** steps)) / (1 - 0.9 ** steps)
    pairs.forEach(([values, gradient], index) => {
      const [mean, square] = moments[index]
      for (let at = 0; at < values.length; at++) {
        mean[at] += 0.1 * (gradient[at] - mean[at])
        square[at] += 0.001 * (gradient[at] ** 2 - square[at])
        values[at] -= (scale * mean[at]) / (Math.sqrt(square[at]) + 1e-7)
      }
      gradient.fill(0)
    })
  }
}

// The distortions of the lab with draws of its own, in the lab's order. `strengths` has one by the name of each.
const distort = (picture, { gaussian_noise: std, salt_and_pepper: amount, cutout: squares, cutout_size: size }, random) => {
  const result = picture.slice()
  for (let at = 0; at < result.length; at++) {
    if (std) result[at] = Math.min(Math.max(result[at] + std * random.normal(), 0), 1)
    const hit = amount ? random.uniform() : 1
    if (hit < amount) result[at] = Number(hit < amount / 2)
  }
  for (let square = 0; square < squares; square++) {
    const [top, left] = [random.below(SIDE - size + 1), random.below(SIDE - size + 1)]
    for (let row = top; row < top + size; row++) result.fill(0, 3 * (SIDE * row + left), 3 * (SIDE * row + left + size))
  }
  return result
}

// A patch of a picture, distorted and clean, half of the time mirrored. The picture is distorted before it is cut, so that
// a patch has its share of the black squares and not all of them.
const patchOf = (pictures, strengths, random) => {
  const clean = pictures[random.below(pictures.length)]
  const pair = [distort(clean, strengths, random), clean]
  const [top, left, mirrored] = [random.below(SIDE - PATCH + 1), random.below(SIDE - PATCH + 1), random.below(2)]
  return pair.map((picture) =>
    Float32Array.from({ length: 3 * PATCH * PATCH }, (_, at) => {
      const [row, column] = [Math.floor(at / 3 / PATCH), Math.floor(at / 3) % PATCH]
      return picture[3 * (SIDE * (top + row) + left + (mirrored ? PATCH - 1 - column : column)) + (at % 3)]
    }),
  )
}

// A training: `epoch` learns from the patches of one, batch by batch, and returns their mean squared error; `rebuild` is
// what the network makes of a picture by now.
const trainingOf = ({ filters, channels, rate, seed, strengths, pictures }) => {
  const random = randomFrom(seed)
  const layers = layersOf({ filters, channels })
  const weights = weightsOf(layers, random)
  const [small, whole] = [PATCH, SIDE].map((side) => networkOf(layers, weights, side))
  const step = adam(weights, small.gradients, rate)
  const batch = () => {
    let error = 0
    for (let patch = 0; patch < BATCH_SIZE; patch++) error += small.learn(...patchOf(pictures, strengths, random), BATCH_SIZE)
    step()
    return error / BATCH_SIZE
  }
  const parameters = weights.reduce((sum, { kernel, bias }) => sum + kernel.length + bias.length, 0)
  return { batch, batches: PATCHES_PER_EPOCH / BATCH_SIZE, rebuild: (picture) => whole.forward(picture).slice(), parameters }
}

// As a worker. Told to `start` a training, and `until` which epoch to go on, it says after each how it went, and what it
// makes of the held-out picture; asked to `rebuild` a picture, it answers with the same `id`.
const serve = () => {
  let [training, told, epoch, goal, runs] = [undefined, undefined, 0, 0, false]
  const rest = () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = resolve
      port2.postMessage("") // What was said meanwhile is heard before this.
    })
  const report = (loss) => {
    const rebuilt = training.rebuild(told.distorted)
    const error = rebuilt.reduce((sum, value, at) => sum + (value - told.original[at]) ** 2, 0) / rebuilt.length
    postMessage({ epoch, loss, error, rebuilt, parameters: training.parameters, ended: epoch >= told.epochs })
  }
  const run = async () => {
    if (runs) return
    runs = true
    while (epoch < goal) {
      let loss = 0
      for (let batch = 0; batch < training.batches; batch++) {
        loss += training.batch() / training.batches
        await rest()
      }
      epoch += 1
      if (!Number.isFinite(loss)) return postMessage({ epoch, failed: true })
      report(loss)
    }
    runs = false
  }
  onmessage = ({ data: { start, until, rebuild, id } }) => {
    if (start) {
      told = start
      training = trainingOf(start)
      report()
    }
    if (until !== undefined) {
      goal = Math.min(until ?? epoch, told.epochs)
      run()
    }
    if (rebuild) postMessage({ id, rebuilt: training.rebuild(rebuild) })
  }
}
if (typeof importScripts === "function") serve()
