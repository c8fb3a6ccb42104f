// The three tiles: a picture, how alike it is to the original as a bar, and its error in words.
import { address } from "./pictures.js"
import { mse, psnr, ssim } from "./scores.js"
import { elements, plain, say } from "./words.js"

const shown = new Map()

const show = (name, picture, line, { alt, likeness, more = "" }) => {
  const tile = document.getElementById(name)
  const image = tile.querySelector("img")
  if (shown.get(tile) !== picture) image.src = address(picture)
  shown.set(tile, picture)
  image.alt = alt
  tile.querySelector("progress").value = Math.min(Math.max(likeness, 0), 1)
  const heading = Object.assign(document.createElement("strong"), { textContent: name[0].toUpperCase() + name.slice(1) })
  const caption = tile.querySelector("figcaption")
  caption.replaceChildren(heading, ...elements(line))
  caption.title = more
}

/** Shows what a network made of a distorted picture, beside both. `texts` are those of tiles.toml. */
export const showTiles = (texts, { title, distorted, reconstructed, original }) => {
  const grey = mse(original.map(() => 0.5), original)
  const [before, after] = [distorted, reconstructed].map((picture) => mse(picture, original))
  const change = { error: after, less: 1 - after / before, more: after / before - 1 }
  const lines = {
    distorted: say(texts.distorted, { error: before }),
    reconstructed: before ? say(texts.reconstructed, change) : say(texts.reconstructed_undamaged, { error: after }),
  }
  for (const [name, picture] of Object.entries({ distorted, reconstructed })) {
    const likeness = ssim(picture, original)
    const more = plain(say(texts.scores, { psnr: psnr(picture, original), ssim: likeness, grey }))
    show(name, picture, lines[name], { alt: `${title}, ${name}: ${plain(lines[name])}`, likeness, more })
  }
  show("original", original, title, { alt: `${title}, the original`, likeness: 1 })
}
