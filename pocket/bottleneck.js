// The same picture through every latent size of network 1, side by side and to leaf through.
import { reconstruct } from "./networks.js"
import { address } from "./pictures.js"
import { mse } from "./scores.js"
import { mount } from "./widgets.js"

const element = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}

const errorOf = (picture, original) => `error ${mse(picture, original).toFixed(4)}`

/** Makes the strip in an element; `picked` is told the network of the size at which the visitor stops leafing. Returns what
has it follow the picture on the tiles, as fast as the networks can. */
export const makeBottleneck = ({ facts, shown, values }, place, picked) => {
  const networks = facts.sizes.map(({ name }) => facts.networks.find((network) => network.name === name))
  const frames = facts.sizes.map(({ size }) => {
    const numbers = size.toLocaleString("en")
    const frame = element("figure", {}, element("img", { alt: "" }), element("figcaption", {}, element("strong", { textContent: numbers }), element("p", {})))
    return { figure: frame, image: frame.querySelector("img"), line: frame.querySelector("p"), numbers }
  })
  const leaves = element("div", { className: "leaves" })
  place.replaceChildren(element("div", { className: "strip" }, ...frames.map(({ figure }) => figure)), leaves)

  let scrubber
  const leaf = async (answers, original) => {
    scrubber ??= await mount("scrubber", leaves, { picked: (index) => picked(networks[index].name) })
    const missing = answers.map((answer) => answer.map((value, at) => Math.min(Math.max(0.5 + 2 * (original[at] - value), 0), 1)))
    const now = networks.findIndex(({ name }) => name === values.model)
    scrubber({
      label: "Latent size",
      values: frames.map(({ numbers }) => numbers),
      index: now < 0 ? frames.length - 1 : now,
      strips: [
        { title: "Reconstructed", src: address(...answers), lines: answers.map((answer) => errorOf(answer, original)) },
        { title: "What is missing", src: address(...missing), lines: answers.map(() => "twice enlarged") },
      ],
    })
  }
  const answer = async (index) => {
    const { distorted, original } = shown
    const { image, line, numbers } = frames[index]
    try {
      const rebuilt = await reconstruct(networks[index], distorted)
      image.src = address(rebuilt)
      line.textContent = errorOf(rebuilt, original)
      image.alt = `Through ${numbers} numbers: ${line.textContent}`
      return rebuilt
    } catch {
      line.textContent = "could not be loaded"
    }
  }
  let [asking, again] = [false, false]
  return async () => {
    again = true
    if (asking) return
    asking = true
    let answers, original
    while (again) {
      again = false
      original = shown.original
      answers = []
      for (let index = 0; index < frames.length; index++) answers.push(await answer(index))
    }
    asking = false
    if (answers.every(Boolean)) await leaf(answers, original)
  }
}
