// What every network here makes of the picture. It is asked when somebody looks at it; large networks are loaded only
// for those who pick them.
import { reconstruct } from "./networks.js"
import { sheet } from "./pictures.js"
import { mse } from "./scores.js"
import { mount } from "./widgets.js"

const COLUMNS = 8

/** Makes the strip. `changed` is called when a network is picked in it. Returns what shows that the picture is new. */
export const makeStrip = async (scene, changed) => {
  const { facts, values, shown } = scene
  const order = facts.groups.flatMap(({ answers }) => answers.map(({ name }) => name))
  const loaded = new Set(facts.networks.filter(({ bytes }) => bytes <= facts.small).map(({ name }) => name))

  const data = () => {
    const mark = (answer) => ({ ...answer, on: answer.name === values.model })
    return { scene: "", columns: COLUMNS, groups: facts.groups.map((group) => ({ ...group, answers: group.answers.map(mark) })) }
  }
  const line = ({ name, bytes }, picture) => {
    if (picture) return [name, `MSE\u00a0${mse(picture, shown.original).toFixed(4)}`]
    return [name, loaded.has(name) ? "not loaded" : `${(bytes / 1e6).toFixed(1)}\u00a0MB to load`]
  }
  const answerAll = async () => {
    const { distorted } = shown
    const answers = new Map([[values.model, shown.reconstructed]])
    for (const network of facts.networks.filter(({ name }) => loaded.has(name) && !answers.has(name))) {
      const answer = await reconstruct(network, distorted).catch(() => undefined) // Its place says that it is missing.
      if (distorted !== shown.distorted) return
      answers.set(network.name, answer)
    }
    const errors = Object.fromEntries(facts.networks.map((network) => line(network, answers.get(network.name))))
    strip({ ...data(), sheet: sheet(order.map((name) => answers.get(name)), COLUMNS).toDataURL(), errors })
  }
  const strip = await mount("answers", document.getElementById("answers"), {
    picked: (name) => ((values.model = name), changed()),
    asked: answerAll,
  })
  return () => {
    loaded.add(values.model)
    strip(data())
  }
}
