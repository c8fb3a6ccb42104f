// A finger or a mouse paints on 64 x 64 digits, one per pixel, as in dae_core/distortions/brush.py; the server answers
// with the reconstruction.
const SIDE = 64
const REPORT_EVERY = 200 // The server hears of a stroke after so many milliseconds.

const pixels = async (url) => {
  const image = new Image()
  image.src = url
  await image.decode()
  const canvas = new OffscreenCanvas(SIDE, SIDE)
  const context = canvas.getContext("2d")
  context.drawImage(image, 0, 0)
  return context.getImageData(0, 0, SIDE, SIDE)
}

export default function ({ data, parentElement, setStateValue }) {
  const find = (selector) => parentElement.querySelector(selector)
  const canvas = find("canvas")
  // What is painted outlives a rerun: the server's answer to a stroke must not undo the next one.
  const state = (canvas.state ??= { strokes: data.strokes, past: [], at: [SIDE / 2, SIDE / 2], reported: 0 })

  const draw = async () => {
    const [picture, noise] = await Promise.all([pixels(data.picture), pixels(data.noise)])
    state.draw = () => {
      const shown = new ImageData(new Uint8ClampedArray(picture.data), SIDE, SIDE)
      for (let index = 0; index < SIDE * SIDE; index++) {
        const kind = state.strokes[index]
        for (let channel = 0; channel < 3; channel++) {
          const place = 4 * index + channel
          if (kind === "3") shown.data[place] = noise.data[place]
          else if (kind !== "0") shown.data[place] = kind === "1" ? 0 : 255
        }
      }
      canvas.getContext("2d").putImageData(shown, 0, 0)
    }
    state.draw()
  }
  draw()

  const report = () => {
    state.reported = Date.now()
    setStateValue("strokes", state.strokes)
  }
  const remember = () => state.past.push(state.strokes)
  const stamp = ([x, y]) => {
    const radius = Number(find(".width").value) / 2
    const kind = find("input[name=brush]:checked").value
    const digits = [...state.strokes]
    for (let row = 0; row < SIDE; row++)
      for (let column = 0; column < SIDE; column++)
        if (Math.hypot(column + 0.5 - x, row + 0.5 - y) <= radius) digits[row * SIDE + column] = kind
    state.strokes = digits.join("")
  }
  const line = (from, to) => {
    const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1])))
    for (let step = 0; step <= steps; step++) stamp([0, 1].map((i) => from[i] + ((to[i] - from[i]) * step) / steps))
    state.draw?.()
  }
  const place = (event) => {
    const box = canvas.getBoundingClientRect()
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE]
  }

  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId)
    remember()
    state.at = place(event)
    line(state.at, state.at)
    state.painting = true
  }
  canvas.onpointermove = (event) => {
    if (!state.painting) return
    line(state.at, (state.at = place(event)))
    if (Date.now() - state.reported > REPORT_EVERY) report()
  }
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (state.painting) report()
    state.painting = false
  }
  canvas.onkeydown = (event) => {
    const move = { ArrowLeft: [-2, 0], ArrowRight: [2, 0], ArrowUp: [0, -2], ArrowDown: [0, 2] }[event.key]
    if (!move && event.key !== " " && event.key !== "Enter") return
    event.preventDefault()
    if (move) state.at = state.at.map((value, axis) => Math.min(SIDE, Math.max(0, value + move[axis])))
    if (move && !event.shiftKey) return ring()
    remember()
    line(state.at, state.at)
    report()
  }
  const ring = () => {
    state.draw?.()
    const context = canvas.getContext("2d")
    context.strokeStyle = "white"
    context.beginPath()
    context.arc(...state.at, Number(find(".width").value) / 2, 0, 2 * Math.PI)
    context.stroke()
  }
  canvas.onblur = () => state.draw?.()
  const change = (strokes) => {
    state.strokes = strokes
    state.draw?.()
    report()
  }
  find(".undo").onclick = () => state.past.length && change(state.past.pop())
  find(".clear").onclick = () => {
    remember()
    change("0".repeat(SIDE * SIDE))
  }

  const label = "Paint with a finger or a mouse; or move with the arrow keys, and paint with the space bar"
  canvas.setAttribute("aria-label", label)
  find(".rebuilt").src = data.rebuilt
  find(".rebuilt").alt = `What the network makes of it: ${data.after}`
  find(".before").textContent = `Paint here: ${data.before}`
  find(".after").textContent = `Reconstructed: ${data.after}`
}
