// The picture above is the canvas. A finger or a mouse paints on 64 x 64 digits, one per pixel, as in
// dae_core/distortions/brush.py, and drags the sliders below; the server answers with the pictures themselves. Here is
// only shown what it does not know yet.
const SIDE = 64
const LOST = 1000 // Milliseconds after which no answer is expected any more.
const STILL = 600 // Milliseconds in which nobody does anything, before what stands further down on the page follows.
const [CREEPS, REPAIRS] = [900, 700] // Milliseconds.

const isFirstVisit = () => {
  try {
    const before = localStorage.getItem("denoising-lab")
    localStorage.setItem("denoising-lab", "visited")
    return !before
  } catch {
    return false // A browser that remembers nothing would show it every time.
  }
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const find = (selector) => parentElement.querySelector(selector)
  const [stage, paper] = [find(".stage"), find(".paper")]
  // What is painted outlives a rerun: the server's answer to a stroke must not undo the next one.
  const state = (stage.state ??= { strokes: data.strokes, past: [], at: [SIDE / 2, SIDE / 2], colour: "1", sent: 0 })
  state.stop?.()
  const stop = new AbortController()
  const listen = (target, event, does) => target.addEventListener(event, does, { signal: stop.signal, capture: true })
  const tile = (name) => document.querySelector(`.st-key-${name} img`)

  // One question at a time, and the next one as soon as it is answered: so pictures follow as fast as they can.
  const send = () => {
    if (Date.now() - state.sent < LOST) return
    if (state.strokes === data.strokes && !state.dragged) return
    state.sent = Date.now()
    if (state.strokes !== data.strokes) setStateValue("strokes", state.strokes)
    if (state.dragged) setTriggerValue("dragged", state.dragged)
    state.dragged = undefined
    busy()
  }
  let forget = () => {}
  const busy = () => {
    forget()
    if (data.behind) forget = whenAnswered(settle, STILL)
  }
  // Until the page is no longer behind: what is said once can get lost between two reruns.
  const settle = () => {
    if (!state.down) setTriggerValue("settled", true)
    busy()
  }
  busy()

  // Painting.
  const draw = () => {
    const shown = new ImageData(SIDE, SIDE)
    for (let index = 0; index < SIDE * SIDE; index++) {
      const kind = state.strokes[index]
      if (kind === data.strokes[index] || kind === "0") continue
      const rgb = data.colours.find((colour) => colour.digit === kind).rgb ?? [0, 0, 0].map(() => 255 * Math.random())
      shown.data.set([...rgb, 255], 4 * index)
    }
    paper.getContext("2d").putImageData(shown, 0, 0)
  }
  const stamp = ([x, y]) => {
    const radius = Number(find(".width").value) / 2
    const digits = [...state.strokes]
    for (let row = 0; row < SIDE; row++)
      for (let column = 0; column < SIDE; column++)
        if (Math.hypot(column + 0.5 - x, row + 0.5 - y) <= radius) digits[row * SIDE + column] = state.colour
    state.strokes = digits.join("")
  }
  const line = (from, to) => {
    const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1])))
    for (let step = 0; step <= steps; step++) stamp([0, 1].map((i) => from[i] + ((to[i] - from[i]) * step) / steps))
    draw()
    send()
  }
  const place = (event) => {
    const box = paper.getBoundingClientRect()
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE]
  }
  const remember = () => state.past.push(state.strokes)
  const change = (strokes) => {
    state.strokes = strokes
    draw()
    send()
  }
  paper.onpointerdown = (event) => {
    paper.setPointerCapture(event.pointerId)
    remember()
    state.painting = true
    state.at = place(event)
    line(state.at, state.at)
  }
  paper.onpointermove = (event) => state.painting && line(state.at, (state.at = place(event)))
  paper.onpointerup = paper.onpointercancel = () => (state.painting = false)
  paper.onkeydown = (event) => {
    const move = { ArrowLeft: [-2, 0], ArrowRight: [2, 0], ArrowUp: [0, -2], ArrowDown: [0, 2] }[event.key]
    if (!move && event.key !== " " && event.key !== "Enter") return
    event.preventDefault()
    event.stopPropagation() // Presenter mode has other uses for these keys.
    if (move) state.at = state.at.map((value, axis) => Math.min(SIDE, Math.max(0, value + move[axis])))
    if (move && !event.shiftKey) return ring()
    remember()
    line(state.at, state.at)
  }
  const ring = () => {
    draw()
    const context = paper.getContext("2d")
    context.strokeStyle = "white"
    context.beginPath()
    context.arc(...state.at, Number(find(".width").value) / 2, 0, 2 * Math.PI)
    context.stroke()
  }
  paper.onblur = draw
  paper.setAttribute("aria-label", data.label)
  find(".tools").hidden = !data.tools
  find(".undo").onclick = () => state.past.length && change(state.past.pop())
  find(".clear").onclick = () => {
    remember()
    change("0".repeat(SIDE * SIDE))
  }
  const swatch = ({ digit, title, rgb }) => {
    const label = Object.assign(document.createElement("label"), { title, className: title.toLowerCase() })
    if (rgb) label.style.background = `rgb(${rgb})`
    const input = Object.assign(document.createElement("input"), { type: "radio", name: "colour", value: digit })
    input.checked = digit === state.colour
    input.setAttribute("aria-label", title)
    input.onchange = () => (state.colour = digit)
    label.append(input)
    return label
  }
  if (!find(".colours").childElementCount) find(".colours").append(...data.colours.map(swatch))

  // Dragging: Streamlit's slider tells the server only where it is let go.
  listen(document, "pointerdown", (event) => {
    state.down = true
    state.slider = data.sliders.find(([, key]) => event.target.closest?.(`.st-key-${key}`))
    state.value = undefined
  })
  listen(document, "pointermove", () => {
    if (!state.down || !state.slider) return
    const [name, key] = state.slider
    requestAnimationFrame(() => {
      const value = document.querySelector(`.st-key-${key} input`)?.valueAsNumber
      if (!state.slider || value === (state.value ??= value)) return
      state.value = value
      state.dragged = [name, value]
      send()
    })
  })
  for (const end of ["pointerup", "pointercancel"])
    listen(document, end, () => (state.down = state.slider = state.dragged = undefined))

  const cover = () => {
    const [box, home] = [tile("distorted").getBoundingClientRect(), stage.getBoundingClientRect()]
    const where = { left: `${box.left - home.left}px`, top: `${box.top - home.top}px`, width: `${box.width}px`, height: `${box.height}px` }
    for (const one of [paper, find(".veil")]) Object.assign(one.style, where)
  }
  const resized = new ResizeObserver(cover)
  const follow = () => {
    if (stop.signal.aborted) return
    if (!tile("distorted")) return requestAnimationFrame(follow) // The page is still being built.
    // Whatever grows between the picture and the stage makes the block that holds both grow.
    const block = tile("distorted").closest("[data-testid=stMainBlockContainer]") ?? document.body
    for (const one of [tile("distorted"), stage, block]) resized.observe(one)
    if (!state.introduced) introduce()
  }

  // Once, on somebody's first visit, the distortion creeps in and is repaired.
  const introduce = async () => {
    state.introduced = true
    if (!tile("reconstructed")) return // On a page without an answer there is nothing to be repaired.
    if (matchMedia("(prefers-reduced-motion: reduce)").matches || !isFirstVisit()) return
    const [veil, rebuilt, original] = [find(".veil"), tile("reconstructed"), tile("original")]
    await Promise.all([rebuilt.decode(), original.decode()])
    const context = veil.getContext("2d")
    context.drawImage(original, 0, 0, SIDE, SIDE)
    veil.hidden = false
    const hidden = [...Array(SIDE * SIDE).keys()].map((index) => [Math.random(), index]).sort(([a], [b]) => a - b)
    const repair = rebuilt.animate([{ clipPath: "inset(0 100% 0 0)" }, { clipPath: "inset(0)" }], { delay: CREEPS, duration: REPAIRS, fill: "backwards" })
    const end = () => {
      hidden.length = 0
      repair.finish()
    }
    for (const event of ["pointerdown", "keydown"]) addEventListener(event, end, { once: true, capture: true })
    const began = performance.now()
    const creep = () => {
      const left = (SIDE * SIDE * (began + CREEPS - performance.now())) / CREEPS
      while (hidden.length > Math.max(0, left)) {
        const [, index] = hidden.pop()
        context.clearRect(index % SIDE, Math.floor(index / SIDE), 1, 1)
      }
      veil.hidden = !hidden.length
      if (hidden.length) requestAnimationFrame(creep)
    }
    creep()
  }

  state.stop = () => {
    stop.abort()
    forget()
    resized.disconnect()
  }
  follow()
  state.sent = 0
  draw()
  send()
  return state.stop
}
