// The same picture through every latent size of network 1.
import { reconstruct } from "./networks.js"
import { address } from "./pictures.js"
import { mse } from "./scores.js"

const element = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}

/** Makes the strip in an element. Returns what has it follow the picture on the tiles, as fast as the networks can. */
export const makeBottleneck = ({ facts, shown }, place) => {
  const networks = facts.sizes.map(({ name }) => facts.networks.find((network) => network.name === name))
  const frames = facts.sizes.map(({ size }) => {
    const numbers = size.toLocaleString("en")
    const frame = element("figure", {}, element("img", { alt: "" }), element("figcaption", {}, element("strong", { textContent: numbers }), element("p", {})))
    return { figure: frame, image: frame.querySelector("img"), line: frame.querySelector("p"), numbers }
  })
  place.replaceChildren(...frames.map(({ figure }) => figure))

  const answer = async (index) => {
    const { distorted, original } = shown
    const { image, line, numbers } = frames[index]
    try {
      const rebuilt = await reconstruct(networks[index], distorted)
      const error = mse(rebuilt, original).toFixed(4)
      image.src = address(rebuilt)
      image.alt = `Through ${numbers} numbers: error ${error}`
      line.textContent = `error ${error}`
    } catch {
      line.textContent = "could not be loaded"
    }
  }
  let [asking, again] = [false, false]
  return async () => {
    again = true
    if (asking) return
    asking = true
    while (again) {
      again = false
      for (let index = 0; index < frames.length; index++) await answer(index)
    }
    asking = false
  }
}
