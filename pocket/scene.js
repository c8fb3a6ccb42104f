// What is on screen: a picture, what is done to it, and the network that answers.
import { corrupt, paint } from "./distortions.js"
import { fromBytes } from "./pictures.js"
import { SIDE, VALUES } from "./sizes.js"

export const OWN = "upload" // The visitor's own picture; it stays in the browser, so no address can ask for it.

export const MINE = "yours" // The network that the visitor has trained.

/** The scene for what an address asks for. `facts` are those of the build, `bytes` the samples one after the other. */
export const makeScene = (facts, bytes, values) => {
  const samples = facts.samples.map(({ name, title }, index) => {
    return [name, { title, picture: fromBytes(new Uint8Array(bytes, VALUES * index, VALUES)) }]
  })
  const pictures = Object.fromEntries(samples)
  return {
    facts,
    values,
    strokes: "0".repeat(SIDE * SIDE),
    shown: {}, // The pictures on the tiles, by the names of these.
    get network() {
      return values.model === MINE ? this.mine : facts.networks.find(({ name }) => name === values.model)
    },
    get title() {
      return pictures[values.image].title
    },
    get original() {
      return pictures[values.image].picture
    },
    get strengths() {
      return Object.fromEntries(facts.kinds.map(({ name, slider }) => [name, values[name] ? values[slider] : 0]))
    },
    get distorted() {
      return paint(corrupt(this.original, this.strengths, values.seed), this.strokes, values.seed, facts.colours)
    },
    // `rebuild` is what the visitor's network makes of a picture, as a promise.
    takeMine(rebuild) {
      const off = (option) => ({ ...option, on: false })
      const rows = facts.networks[0].rows.map((row) => ({ ...row, chips: row.chips.map(off) }))
      this.mine = { name: MINE, title: "Your own network", about: "The tiny network that you have trained, as it is now.", bytes: 0, rows, rebuild }
      values.model = MINE
    },
    get hasOwn() {
      return OWN in pictures
    },
    takeOwn(picture, title = "Your picture") {
      pictures[OWN] = { title, picture }
      values.image = OWN
    },
  }
}
