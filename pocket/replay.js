// How the network on the tiles learned, epoch by epoch.
import { mount } from "./widgets.js"

/** Has the replay come when somebody opens its place, a `details`. Returns what shows in it that the network is another. */
export const offerReplay = (scene, place) => {
  const [stage, sentence] = [place.querySelector("div"), place.querySelector("p")]
  let name, replay
  const show = async () => {
    const { network } = scene
    place.hidden = !network.files // The curve of one's own network is where it was trained.
    if (!place.open || place.hidden || name === network.name) return
    name = network.name
    try {
      const answer = await fetch(`networks/${name}/replay.json`)
      if (!answer.ok) throw new Error(`it is not there (${answer.status})`)
      const told = await answer.json()
      replay ??= await mount("replay", stage)
      replay(told)
      sentence.textContent = network.title
    } catch (error) {
      name = undefined
      sentence.textContent = `The replay could not be loaded: ${error.message}. Check your connection, then open it again.`
    }
  }
  place.ontoggle = show
  return show
}
