// A closer look: both pictures on top of each other, or where each is wrong.
import { address, errorMap } from "./pictures.js"
import { mount } from "./widgets.js"

const find = (id) => document.getElementById(id)

/** Makes the closer look. Returns what shows the pictures on the tiles in it. */
export const makeLook = async ({ shown }) => {
  const buttons = [...document.querySelectorAll("[data-look]")]
  const open = (look) => {
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.look === look))
      find(button.dataset.look).hidden = button.dataset.look !== look
    }
  }
  for (const button of buttons) button.onclick = () => open(button.dataset.look)
  const wipe = await mount("wipe", find("wipe"))
  return () => {
    const pictures = [shown.distorted, shown.reconstructed]
    const [before, after] = pictures.map((picture) => address(picture))
    wipe({ before, after, left: "Distorted", right: "Reconstructed" })
    find("errors").querySelectorAll("img").forEach((image, index) => {
      image.src = address(errorMap(pictures[index], shown.original))
    })
  }
}
