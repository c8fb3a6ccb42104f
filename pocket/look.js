// A closer look: both pictures on top of each other, where each is wrong, or the picture through every latent size.
import { makeBottleneck } from "./bottleneck.js"
import { address, errorMap } from "./pictures.js"
import { mount } from "./widgets.js"

const find = (id) => document.getElementById(id)

/** Makes the closer look. Returns what shows the pictures on the tiles in it: at rest, and while they move. `changed` is called
when a network is picked in it. */
export const makeLook = (scene, changed) => {
  const { shown } = scene
  const bottleneck = makeBottleneck(scene, find("sizes"), (name) => {
    scene.values.model = name
    changed()
  })
  const buttons = [...document.querySelectorAll("[data-look]")]
  const open = (look) => {
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.look === look))
      find(button.dataset.look).hidden = button.dataset.look !== look
    }
    follow()
  }
  const follow = () => find("sizes").hidden || bottleneck()
  for (const button of buttons) button.onclick = () => open(button.dataset.look)
  let wipe
  const rests = async () => {
    wipe ??= await mount("wipe", find("wipe")) // It has no name before it is shown something.
    const pictures = [shown.distorted, shown.reconstructed]
    const [before, after] = pictures.map((picture) => address(picture))
    wipe({ before, after, left: "Distorted", right: "Reconstructed" })
    find("errors").querySelectorAll("img").forEach((image, index) => {
      image.src = address(errorMap(pictures[index], shown.original))
    })
  }
  return { rests, follow }
}
