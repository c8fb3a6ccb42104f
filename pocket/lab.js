// The Playground. Distort a picture, let a network rebuild it, compare.
import * as address from "./address.js"
import { offerCamera } from "./camera.js"
import { makeControls } from "./controls.js"
import { offerLink } from "./link.js"
import { makeLook } from "./look.js"
import { prepare, reconstruct } from "./networks.js"
import { offerReplay } from "./replay.js"
import { makeScene } from "./scene.js"
import { makeStrip } from "./strip.js"
import { showTiles } from "./tiles.js"
import { elements, say } from "./words.js"
import { offerTraining } from "./yourself.js"

const STILL = 150 // Milliseconds without a change, before what stands further down follows.
const find = (id) => document.getElementById(id)

const complain = (sentence) => {
  find("trouble").textContent = sentence
  find("trouble").hidden = !sentence
}

const load = async (file) => {
  const answer = await fetch(file)
  if (!answer.ok) throw new Error(`${file} is not there (${answer.status})`)
  return answer
}

const openScene = async () => {
  const [facts, bytes] = await Promise.all([
    load("facts.json").then((answer) => answer.json()),
    load("samples.bin").then((answer) => answer.arrayBuffer()),
  ])
  const values = address.read(facts.parameters)
  // Who comes without a wish gets a network that is quick to load; an address of the full lab keeps its own.
  if (!location.search) values.model = facts.first
  return makeScene(facts, bytes, values)
}

// Calls back with the first reconstruction, and after every one when nothing has changed for a while.
const keepUp = (scene, { first, follow, rests }) => {
  let [asking, again, timer, failed] = [false, false, 0, false]
  const show = (answer) => {
    showTiles(scene.facts.texts.tiles, answer)
    Object.assign(scene.shown, answer)
    if (failed) complain("") // What somebody else has complained of meanwhile stays.
    failed = false
    first()
    follow()
  }
  // One question at a time, and always the latest; while the worker looks for the answer, the last one is shown.
  return async () => {
    again = true
    if (asking) return
    asking = true
    clearTimeout(timer)
    let answer
    while (again) {
      again = false
      const { title, original, distorted, network } = scene
      const question = reconstruct(network, distorted)
      if (answer) show(answer)
      try {
        answer = { title, original, distorted, reconstructed: await question }
      } catch (error) {
        answer = undefined
        failed = true
        const what = `${network.title} could not be loaded: ${error.message}.`
        complain(`${what} Check your connection and reload the page, or pick another network.`)
      }
    }
    if (answer) show(answer)
    asking = false
    if (answer) timer = setTimeout(rests, STILL)
  }
}

const start = async () => {
  const scene = await openScene()
  shown = scene.shown
  prepare(scene.network).catch(() => {}) // Whoever asks it says what went wrong.
  find("what_to_do").append(...elements(say(scene.facts.texts.playground.what_to_do)))
  find("blurry").append(...elements(say(scene.facts.texts.playground.blurry)))
  find("elsewhere").textContent = scene.facts.elsewhere
  offerLink(find("share"), find("link"))

  const moved = () => update() // A strength, while it is dragged.
  const changed = () => {
    complain("")
    showControls()
    update()
  }
  const tells = { moved, changed, complain }
  offerCamera(scene, tells)
  const [showControls, showStrip, look] = await Promise.all([
    makeControls(scene, tells),
    makeStrip(scene, changed),
    makeLook(scene, changed),
  ])
  const showReplay = offerReplay(scene, find("history"))
  const showTraining = offerTraining(scene, changed, find("trainer"))
  const rests = () => {
    showStrip()
    look.rests().catch(() => {}) // Its parts could not be fetched: the next picture tries again.
    showReplay()
    showTraining()
  }
  let update
  await new Promise((first) => {
    update = keepUp(scene, { first, follow: look.follow, rests })
    changed()
  })
  showControls()
}

let shown = {}
const ready = start()
ready.then(() => navigator.serviceWorker?.register("service-worker.js")).catch(() => {}) // Without it, all works but offline.
ready.catch((error) => complain(`The lab could not be loaded: ${error.message}. Check your connection, then reload the page.`))
// For tests, and for the curious.
window.lab = { ready, pixels: (name) => shown[name] }
