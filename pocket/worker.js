// Runs the networks, away from the page, so that nothing there waits for them.
import { SIDE, VALUES } from "./sizes.js"

const MEMORY_PAGES = 8192 // 512 MiB. ONNX Runtime asks for room for 4 GiB, which phones refuse.

const { Memory, instantiate } = WebAssembly
WebAssembly.Memory = function (wish) {
  return new Memory({ ...wish, maximum: Math.min(wish.maximum ?? MEMORY_PAGES, MEMORY_PAGES) })
}

const read = async (address) => {
  const answer = await fetch(address)
  if (!answer.ok) throw new Error(`${address} is not there (${answer.status})`)
  return answer
}

// The runtime is compiled while it is still being unpacked. ONNX Runtime itself would take it in one piece only, so it
// gets a placeholder, and the module when it comes to that.
const unpacked = async () => {
  const { body } = await read("packages/runtime.bin")
  const headers = { "content-type": "application/wasm" }
  return WebAssembly.compileStreaming(new Response(body.pipeThrough(new DecompressionStream("gzip")), { headers }))
}
const compiled = unpacked()
WebAssembly.instantiate = async (_, imports) => {
  const module = await compiled
  return { module, instance: await instantiate(module, imports) }
}

const runtime = (async () => {
  const [ort] = await Promise.all([import("./packages/onnxruntime.js"), compiled])
  ort.env.wasm.numThreads = 1
  ort.env.wasm.wasmBinary = new ArrayBuffer(1)
  return ort
})()

const loading = new Map()
const load = (network) => {
  if (!loading.has(network.name)) {
    const sessions = network.files.map(async (file) => {
      const [ort, answer] = await Promise.all([runtime, read(`networks/${network.name}/${file}`)])
      return ort.InferenceSession.create(new Uint8Array(await answer.arrayBuffer()), { executionProviders: ["wasm"] })
    })
    loading.set(network.name, Promise.all(sessions))
    loading.get(network.name).catch(() => loading.delete(network.name)) // The next one who asks tries again.
  }
  return loading.get(network.name)
}

const mirrored = (picture) => {
  const result = new Float32Array(VALUES)
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
    const other = pixel + SIDE - 1 - 2 * (pixel % SIDE)
    for (let channel = 0; channel < 3; channel++) result[3 * pixel + channel] = picture[3 * other + channel]
  }
  return result
}

const once = async (sessions, picture) => {
  const { Tensor } = await runtime
  let flow = new Tensor("float32", picture, [1, SIDE, SIDE, 3])
  for (const session of sessions) {
    const output = session.outputNames.includes("latent") ? "latent" : "reconstruction"
    flow = (await session.run({ [session.inputNames[0]]: flow }, [output]))[output]
  }
  return flow.data.slice() // What the runtime handed over lies in its own memory.
}

// With a self-ensemble, the mean of the answers to the picture and to its mirror image.
const reconstruct = async (network, picture) => {
  const sessions = await load(network)
  const answer = await once(sessions, picture)
  if (!network.self_ensemble) return answer
  const other = mirrored(await once(sessions, mirrored(picture)))
  return answer.map((value, index) => Math.fround(value + other[index]) / 2)
}

// One question after the other: a session takes one at a time.
let last = Promise.resolve()
addEventListener("message", ({ data: { id, network, picture } }) => {
  last = last.then(async () => {
    try {
      const answer = picture ? await reconstruct(network, picture) : void (await load(network))
      postMessage({ id, answer })
    } catch (error) {
      postMessage({ id, error: String(error?.message ?? error) })
    }
  })
})
