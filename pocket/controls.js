// What a visitor changes: strengths, network, picture and seed.
import * as address from "./address.js"
import { readPicture } from "./pictures.js"
import { MINE, OWN } from "./scene.js"
import { mount } from "./widgets.js"
import { write } from "./words.js"

const find = (id) => document.getElementById(id)
const control = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}

const strengthOf = (scene, kind, { moved, changed }) => {
  const { values } = scene
  const toggle = control("input", { type: "checkbox", id: kind.name, name: kind.name })
  const range = control("input", { type: "range", id: kind.slider, name: kind.slider, min: kind.low, max: kind.high, step: kind.step })
  range.setAttribute("aria-label", `${kind.title}: strength`)
  toggle.onchange = () => ((values[kind.name] = toggle.checked), changed())
  range.oninput = () => {
    values[kind.slider] = range.valueAsNumber
    showStrength(scene, kind)
    moved()
  }
  range.onchange = changed
  return control("div", { className: "strength" }, control("label", {}, toggle, kind.title), range, control("output", {}))
}

const showStrength = ({ values }, { name, slider, form }) => {
  const range = find(slider)
  const words = write(form, values[slider])
  find(name).checked = values[name]
  range.value = values[slider]
  range.disabled = !values[name]
  range.setAttribute("aria-valuetext", words)
  range.parentElement.querySelector("output").textContent = words
}

// A picture of the visitor's own: chosen, dropped or pasted.
const takeFiles = (scene, { changed, complain }) => {
  const take = async ([file]) => {
    if (!file) return
    try {
      scene.takeOwn(await readPicture(file))
      changed()
    } catch (error) {
      complain(error.message)
    }
  }
  find("choose_file").onclick = () => find("file").click()
  find("file").onchange = ({ target }) => take([...target.files]).then(() => (target.value = ""))
  addEventListener("dragover", (event) => event.preventDefault())
  addEventListener("drop", (event) => {
    event.preventDefault()
    take(event.dataTransfer.files)
  })
  addEventListener("paste", (event) => take(event.clipboardData.files))
}

const fill = (scene, { moved, changed }) => {
  const { facts, values } = scene
  find("strengths").append(...facts.kinds.map((kind) => strengthOf(scene, kind, { moved, changed })))
  find("image").append(...facts.samples.map(({ name, title }) => new Option(title, name)), new Option("Your own picture", OWN))
  find("image").onchange = ({ target }) => {
    if (target.value !== OWN || scene.hasOwn) values.image = target.value
    else find("file").click()
    changed()
  }
  find("model").append(...facts.networks.map(({ name, title }) => new Option(title, name)))
  find("model").onchange = ({ target }) => ((values.model = target.value), changed())
  find("seed").onchange = ({ target }) => {
    values.seed = address.value(facts.parameters.seed, target.value) ?? values.seed
    changed()
  }
  find("shuffle").onclick = () => ((values.seed = Math.floor((facts.parameters.seed.high + 1) * Math.random())), changed())
}

/** Makes the controls. It `tells` when a strength is moved, when anything has changed, and what is wrong, in a sentence.
Returns what shows them. */
export const makeControls = async (scene, tells) => {
  const { facts, values } = scene
  const { moved, changed } = tells
  fill(scene, tells)
  takeFiles(scene, tells)
  const picker = await mount("network", find("picker"), {
    picked: ([row, option]) => {
      values.model = scene.network.rows.find(({ name }) => name === row).leads[option]
      changed()
    },
  })
  const canvas = await mount("canvas", find("canvas"), {
    strokes: (strokes) => {
      scene.strokes = strokes
      moved()
      showCanvas() // It waits for an answer before it says more.
    },
  })
  const brushes = { colours: facts.colours, sliders: [], label: facts.texts.playground.canvas.parts[0].text, tools: true }
  const showCanvas = () => canvas({ ...brushes, strokes: scene.strokes })
  return () => {
    for (const kind of facts.kinds) showStrength(scene, kind)
    if (scene.mine && !find("model").querySelector(`[value=${MINE}]`)) find("model").prepend(new Option(scene.mine.title, MINE))
    for (const name of ["image", "model", "seed"]) find(name).value = values[name]
    find("own").hidden = values.image !== OWN
    find("about").textContent = scene.network.about
    picker({ network: values.model, rows: scene.network.rows })
    if (scene.shown.original) showCanvas() // It lies on a picture.
    address.show(facts.parameters, values)
  }
}
