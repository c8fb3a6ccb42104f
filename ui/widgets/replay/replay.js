// Everything happens in the browser: playing and scrubbing ask nothing of the server.
const SIDE = 64
const MARGIN = { left: 48, right: 10, top: 22, bottom: 34 }

// Each element remembers where its training stands, as the server may send the same one again at any time.
const states = new WeakMap()

export default function ({ data, parentElement }) {
  const find = (selector) => parentElement.querySelector(selector)
  const [root, svg, range, button, select] = [".replay", "svg", "input", "button", "select"].map(find)
  const { history, titles } = data
  states.get(root)?.release()
  if (states.get(root)?.name !== data.name) {
    states.set(root, { name: data.name, epoch: 1, playing: !matchMedia("(prefers-reduced-motion: reduce)").matches })
  }
  const state = states.get(root)
  let scale, timer

  const pictures = titles.map((title) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: 3 * SIDE, title })
    canvas.setAttribute("role", "img")
    return canvas
  })
  find(".pictures").replaceChildren(...pictures)
  const [sheet, inputs] = [data.sheet, data.inputs].map((src) => {
    const image = Object.assign(new Image(), { src })
    image.decode().then(show)
    return image
  })

  function show() {
    const { epoch } = state
    const { loss, val_loss } = history[epoch - 1]
    const numbers = `validation ${val_loss.toFixed(4)}, training ${loss.toFixed(4)}`
    pictures.forEach((canvas, column) => {
      const draw = (image, from, to) =>
        image.complete && canvas.getContext("2d").drawImage(image, column * SIDE, from * SIDE, SIDE, SIDE, 0, to * SIDE, SIDE, SIDE)
      draw(inputs, 0, 0)
      draw(sheet, epoch - 1, 1)
      draw(inputs, 1, 2)
      canvas.setAttribute("aria-label", `${titles[column]}: distorted, reconstructed after epoch ${epoch}, original`)
    })
    find(".now").textContent = `Top to bottom: distorted; reconstructed after epoch ${epoch}; original. MSE: ${numbers}.`
    range.value = epoch
    range.setAttribute("aria-valuetext", `epoch ${epoch}, ${numbers}`)
    button.textContent = state.playing ? "Pause" : "Play"
    mark(svg, scale, epoch, [loss, val_loss])
  }

  function go(epoch) {
    state.epoch = Math.min(Math.max(epoch, 1), history.length)
    show()
  }

  function play(on) {
    clearInterval(timer)
    state.playing = on
    if (on && state.epoch === history.length) state.epoch = 1
    if (on) {
      timer = setInterval(() => {
        go(state.epoch + 1)
        if (state.epoch === history.length) play(false)
      }, 1000 / select.value)
    }
    show()
  }

  range.max = history.length
  range.oninput = () => go(Number(range.value))
  button.onclick = () => play(!state.playing)
  select.onchange = () => play(state.playing)
  root.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (event.key === " " && event.target === range) play(!state.playing)
    else if (step && event.target === button) go(state.epoch + step)
    else return // The browser knows what to do.
    event.preventDefault()
  }
  svg.onpointerdown = svg.onpointermove = (event) => {
    if (event.buttons) go(Math.round(scale.epoch(event.clientX - svg.getBoundingClientRect().left)))
  }
  const drawn = () => {
    scale = scales(svg, history)
    drawCurve(svg, scale, data)
    show()
  }
  const observer = new ResizeObserver(drawn)
  observer.observe(svg)
  drawn()
  play(state.playing)
  // This runs again after every rerun of the page, and only at the end is what it returned called.
  state.release = () => {
    clearInterval(timer)
    observer.disconnect()
  }
  return () => states.get(root).release()
}

// Epochs go to the right, losses upwards on a logarithmic axis; both become pixels.
function scales(svg, history) {
  const [width, height] = [Math.max(svg.clientWidth, 100), svg.clientHeight]
  const losses = history.flatMap(({ loss, val_loss }) => [loss, val_loss])
  const [low, high] = [Math.min(...losses) * 0.9, Math.max(...losses) * 1.1]
  const inner = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom }
  const steps = Math.max(history.length - 1, 1)
  return {
    width, height, low, high, steps,
    x: (epoch) => MARGIN.left + (inner.width * (epoch - 1)) / steps,
    y: (loss) => MARGIN.top + inner.height * (Math.log(high / loss) / Math.log(high / low)),
    epoch: (x) => 1 + (steps * (x - MARGIN.left)) / inner.width,
  }
}

function drawCurve(svg, scale, { history, best, patience, name }) {
  const { x, y, width, height, low, high, steps } = scale
  const [bottom, right] = [height - MARGIN.bottom, width - MARGIN.right]
  const every = [1, 2, 5, 10, 20, 50].find((every) => (every * (right - MARGIN.left)) / steps > 28) ?? 100
  const epochs = history.map(({ epoch }) => epoch).filter((epoch) => epoch === 1 || epoch % every === 0)
  const losses = [-4, -3, -2, -1].flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)))
  const line = (key) => "M" + history.map((row) => `${x(row.epoch)},${y(row[key])}`).join("L")
  const end = Math.min(best + patience, history.length)
  svg.setAttribute("aria-label", `Loss of ${name} by epoch, in training and in validation; best epoch ${best}`)
  svg.innerHTML = `
    ${losses.filter((loss) => loss >= low && loss <= high).map((loss) => `
      <line class="grid" x1="${MARGIN.left}" x2="${right}" y1="${y(loss)}" y2="${y(loss)}" />
      <text x="${MARGIN.left - 6}" y="${y(loss) + 4}" text-anchor="end">${loss}</text>`).join("")}
    ${epochs.map((epoch) => `<text x="${x(epoch)}" y="${bottom + 15}" text-anchor="middle">${epoch}</text>`).join("")}
    <text x="0" y="12">MSE (less is better)</text>
    <text x="${(MARGIN.left + right) / 2}" y="${height - 4}" text-anchor="middle">Epoch</text>
    <rect class="patience" x="${x(best)}" y="${MARGIN.top}" width="${x(end) - x(best)}" height="${bottom - MARGIN.top}" />
    <path class="training" d="${line("loss")}" />
    <path class="validation" d="${line("val_loss")}" />
    <circle class="best" cx="${x(best)}" cy="${y(history[best - 1].val_loss)}" r="5" />
    <g class="mark"><line y1="${MARGIN.top}" y2="${bottom}" /><circle r="4" /><circle r="4" /></g>`
}

function mark(svg, scale, epoch, losses) {
  const group = svg.querySelector(".mark")
  group.setAttribute("transform", `translate(${scale.x(epoch)} 0)`)
  group.querySelectorAll("circle").forEach((circle, index) => circle.setAttribute("cy", scale.y(losses[index])))
}
