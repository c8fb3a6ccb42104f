// From values to what the browser shows, and back.
import { SIDE, VALUES } from "./sizes.js"

const canvasOf = (width, height) => Object.assign(document.createElement("canvas"), { width, height })

/** Pictures side by side, in rows of so many columns, as one canvas; a missing one is left transparent. */
export const sheet = (pictures, columns = pictures.length) => {
  const canvas = canvasOf(SIDE * columns, SIDE * Math.ceil(pictures.length / columns))
  const context = canvas.getContext("2d")
  pictures.forEach((picture, index) => {
    if (!picture) return
    const shown = new ImageData(SIDE, SIDE)
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
      for (let channel = 0; channel < 3; channel++) shown.data[4 * pixel + channel] = 255 * picture[3 * pixel + channel]
      shown.data[4 * pixel + 3] = 255
    }
    context.putImageData(shown, SIDE * (index % columns), SIDE * Math.floor(index / columns))
  })
  return canvas
}

/** The same as the address of a PNG. */
export const address = (...pictures) => sheet(pictures).toDataURL()

/** The absolute error of each pixel, from black to bright, the mean of its channels; 0.25 and more is as bright as can be. */
export const errorMap = (picture, original) =>
  Float32Array.from({ length: VALUES }, (_, value) => {
    const pixel = value - (value % 3)
    const error = [0, 1, 2].reduce((sum, channel) => sum + Math.abs(picture[pixel + channel] - original[pixel + channel]) / 3, 0)
    const heat = Math.min(4 * error, 1)
    return [heat * 1.6, heat * heat * 1.1, 0.35 * Math.sin(Math.PI * heat)][value % 3]
  }).map((value) => Math.min(value, 1))

/** The picture in a file: the square in its middle, upright, 64 x 64. Rejects with a sentence. */
export const readPicture = async (file) => {
  let image
  try {
    image = await createImageBitmap(file, { imageOrientation: "from-image" })
  } catch {
    throw new Error("This file is not a picture that this browser can read: choose a JPEG or PNG file, or take a screenshot of it and choose that.")
  }
  const side = Math.min(image.width, image.height)
  if (side < 16) throw new Error(`This picture has ${image.width} × ${image.height} pixels. Each side must have at least 16: choose a larger one.`)
  const left = (image.width - side) / 2
  const top = (image.height - side) / 2
  // Halved until it is nearly there: at once, fine patterns would turn into coarse ones.
  let [source, box] = [image, [left, top, side, side]]
  for (let now = side; ; ) {
    const next = Math.max(SIDE, Math.ceil(now / 2))
    const canvas = canvasOf(next, next)
    const context = canvas.getContext("2d", { willReadFrequently: true })
    context.fillStyle = "white" // What is transparent lies on it.
    context.fillRect(0, 0, next, next)
    context.imageSmoothingQuality = "high"
    context.drawImage(source, ...box, 0, 0, next, next)
    if (next === SIDE) return fromBytes(context.getImageData(0, 0, SIDE, SIDE).data.filter((_, index) => index % 4 < 3))
    ;[source, box, now] = [canvas, [0, 0, next, next], next]
  }
}

/** Values in [0, 1] from bytes, red, green and blue. */
export const fromBytes = (bytes) => Float32Array.from(bytes, (byte) => byte / 255)
