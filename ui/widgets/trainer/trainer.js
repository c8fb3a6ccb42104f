// Trains a tiny network, or two in a race, in the visitor's own browser. Before this stand ENGINE, the script of the worker
// that trains, and PICTURES, what it learns from: a byte per value, as base64.
const SIDE = 64
const VALUES = 3 * SIDE * SIDE
const CHOICES = { filters: [4, 8, 16], channels: [2, 4, 8, 16], rate: [0.0003, 0.001, 0.003, 0.01] }
const NAMES = { filters: "Filters", channels: "Latent channels", rate: "Learning rate" }
const BEGINS = [
  { filters: 8, channels: 8, rate: 0.003 },
  { filters: 8, channels: 8, rate: 0.01 },
]
const COLOURS = ["#0072B2", "#D55E00"] // Of Okabe and Ito.

const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}
const floats = (text) => Float32Array.from(atob(text), (byte) => byte.charCodeAt(0) / 255)
const errorOf = (picture, clean) => picture.reduce((sum, value, at) => sum + (value - clean[at]) ** 2, 0) / VALUES
const written = (error) => `error ${error.toFixed(4)}`

// A picture with its name and a line below.
const frameOf = (title, colour) => {
  const canvas = element("canvas", { width: SIDE, height: SIDE })
  const line = element("div")
  const figure = element("figure", {}, canvas, element("figcaption", {}, element("strong", { textContent: title }), line))
  canvas.setAttribute("role", "img")
  canvas.setAttribute("aria-label", `${title}: nothing yet`)
  figure.style.borderTop = `4px solid ${colour ?? "transparent"}`
  const show = (picture, words) => {
    const image = new ImageData(SIDE, SIDE)
    for (let value = 0; value < VALUES; value++) image.data[4 * Math.floor(value / 3) + (value % 3)] = 255 * picture[value]
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) image.data[4 * pixel + 3] = 255
    canvas.getContext("2d").putImageData(image, 0, 0)
    canvas.setAttribute("aria-label", `${title}: ${words}`)
    line.textContent = words
  }
  return { figure, show }
}

// The curves of all runners, error on a logarithmic axis against epochs, as the inside of an SVG of 640 x 250.
const AXIS = [0.1, 0.03, 0.01, 0.003]
const curves = (runners, epochs, nothing) => {
  const [left, right, top, bottom] = [62, 630, 14, 200]
  const [highest, lowest] = [AXIS.at(0), AXIS.at(-1)].map(Math.log)
  const x = (epoch) => left + ((right - left) * epoch) / epochs
  const y = (error) => {
    const height = (Math.log(error) - lowest) / (highest - lowest)
    return bottom - (bottom - top) * Math.min(Math.max(height, 0), 1)
  }
  const level = (error, name = "") => `<line class="${name}" x1="${left}" x2="${right}" y1="${y(error)}" y2="${y(error)}" />`
  const label = (text, at, below, anchor = "middle") => `<text x="${at}" y="${below}" text-anchor="${anchor}">${text}</text>`
  const curve = ({ index, history }, what) => {
    const points = history.filter((report) => report[what] !== undefined).map((report) => `${x(report.epoch)},${y(report[what])}`)
    return `<polyline class="${what}" style="--runner: ${COLOURS[index]}" points="${points.join(" ")}" />`
  }
  return [
    ...AXIS.map((error) => level(error) + label(error, left - 8, y(error) + 4, "end")),
    ...[0, epochs / 2, epochs].map((epoch) => label(epoch, x(epoch), bottom + 22)),
    label("Epoch", (left + right) / 2, bottom + 44),
    nothing ? level(nothing, "nothing") : "",
    ...runners.map((runner) => curve(runner, "error") + curve(runner, "loss")),
  ].join("")
}

// A worker that trains one network. `rebuild` is what the network makes of a picture, while it learns and afterwards.
let engine
const runnerOf = (index, told, heard) => {
  engine ??= URL.createObjectURL(new Blob([ENGINE], { type: "text/javascript" }))
  const worker = new Worker(engine)
  const answers = new Map()
  const runner = {
    index,
    worker,
    history: [],
    ended: false,
    rebuild: (picture) =>
      new Promise((resolve) => {
        answers.set((runner.asked = (runner.asked ?? 0) + 1), resolve)
        worker.postMessage({ rebuild: picture, id: runner.asked })
      }),
  }
  worker.onmessage = ({ data: report }) => (report.id ? answers.get(report.id)(report.rebuilt) : heard(runner, report))
  worker.postMessage({ start: told })
  return runner
}

export default function ({ data, parentElement, setTriggerValue }) {
  const find = (selector) => parentElement.querySelector(selector)
  const trainer = find(".trainer")
  const state = (trainer.state ??= { settings: BEGINS.map((one) => ({ ...one })), runners: [], racing: false, runs: false })
  state.data = data // What a training was begun with stays with it; the next one begins with this.
  const settings = () => state.settings.slice(0, state.racing ? 2 : 1)
  const pair = () => [state.data.distorted, state.data.original].map(floats)
  const epochs = () => Number(find(".epochs").value)
  const busy = () => state.runners.some(({ ended }) => !ended)
  const epoch = () => state.runners[0]?.history.at(-1)?.epoch ?? 0

  const layOut = (distorted, clean) => {
    const [first, last] = [frameOf("Distorted"), frameOf("Original")]
    state.nothing = errorOf(distorted, clean)
    state.frames = settings().map((_, index) => frameOf(state.racing ? `Network ${index + 1}` : "Reconstructed", COLOURS[index]))
    find(".pictures").replaceChildren(...[first, ...state.frames, last].map(({ figure }) => figure))
    first.show(distorted, written(state.nothing))
    last.show(clean, "never trained on")
  }
  const heard = (runner, report) => {
    if (report.failed) {
      runner.ended = true
      return show(`In epoch ${report.epoch} the error stopped being a number: try a lower learning rate.`)
    }
    runner.history.push(report)
    runner.ended ||= report.ended
    state.runs &&= busy()
    state.frames[runner.index].show(report.rebuilt, written(report.error))
    show()
  }
  const begin = () => {
    end()
    const { seed, strengths } = state.data
    const [distorted, clean] = pair()
    const all = floats(PICTURES)
    const pictures = Array.from({ length: all.length / VALUES }, (_, at) => all.subarray(VALUES * at, VALUES * (at + 1)))
    const others = pictures.filter((picture) => errorOf(picture, clean) > 1e-6) // The held-out one may be among them.
    layOut(distorted, clean)
    state.runners = settings().map((chosen, index) => {
      const told = { ...chosen, epochs: epochs(), seed, strengths, distorted, original: clean, pictures: others }
      return runnerOf(index, told, heard)
    })
  }
  const tell = (until) => state.runners.forEach(({ worker }) => worker.postMessage({ until }))
  const end = () => {
    tell(null)
    for (const { worker, kept } of state.runners) if (!kept) worker.terminate() // A kept one is asked further on.
    for (const runner of state.runners) runner.ended = true
    state.runs = false
  }
  const go = (runs) => {
    if (!busy()) begin()
    state.runs = runs
    tell(runs ? epochs() : epoch() + 1)
    show()
  }

  const status = () => {
    if (!state.runners.some(({ history }) => history.length)) return ""
    const parameters = state.runners.map(({ history }) => history.at(-1)?.parameters.toLocaleString("en"))
    return `Epoch ${epoch()} of ${epochs()}. ${parameters.join(" and ")} parameters.`
  }
  const show = (sentence = status()) => {
    find(".status").textContent = sentence
    find(".train").textContent = busy() ? (state.runs ? "Pause" : "Go on") : "Train"
    find(".step").disabled = busy() && state.runs
    find(".stop").disabled = !busy()
    find(".rival").setAttribute("aria-pressed", String(state.racing))
    for (const control of parentElement.querySelectorAll("select, .epochs, .rival")) control.disabled = busy()
    Object.assign(find(".use"), { hidden: !data.use, textContent: data.use ?? "" })
    find(".use").disabled = !state.runners.length || state.runners.some(({ history }) => !history.length)
    find(".count").textContent = epochs()
    const errors = state.runners.map(({ index, history }) => `network ${index + 1} ${history.at(-1)?.error.toFixed(4) ?? "not begun"}`)
    find(".curve").innerHTML = curves(state.runners, epochs(), state.nothing)
    find(".curve").setAttribute("aria-label", `Error by epoch: ${errors.join(", ") || "nothing yet"}`)
  }
  const rowOf = (chosen, index) => {
    const choices = Object.entries(CHOICES).map(([name, values]) => {
      const select = element("select", {}, ...values.map((value) => new Option(value, value)))
      select.value = chosen[name]
      select.onchange = () => (chosen[name] = Number(select.value))
      return element("label", {}, NAMES[name], select)
    })
    const row = element("div", { className: "runner" }, ...(state.racing ? [`Network ${index + 1}`] : []), ...choices)
    row.style.setProperty("--runner", COLOURS[index])
    return row
  }
  const showRows = () => find(".runners").replaceChildren(...settings().map(rowOf))

  find(".train").onclick = () => {
    if (!state.runs) return go(true)
    state.runs = false
    tell(null)
    show()
  }
  find(".step").onclick = () => go(false)
  find(".stop").onclick = () => {
    end()
    show()
  }
  find(".rival").onclick = () => {
    state.racing = !state.racing
    showRows()
    show()
  }
  find(".use").onclick = () => {
    const [best] = [...state.runners].sort((one, other) => one.history.at(-1).error - other.history.at(-1).error)
    best.kept = true
    setTriggerValue("use", best.rebuild)
  }
  find(".epochs").oninput = () => show()
  find(".note").textContent = data.note
  if (!find(".runners").childElementCount) showRows()
  if (!state.runners.length) layOut(...pair())
  show()
  return () => setTimeout(() => trainer.isConnected || end()) // Not when it is only told something new.
}
