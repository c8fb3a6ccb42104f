// From values to what the browser shows, and back.
import { SIDE, VALUES } from "./sizes.js"

const LEAST = 16 // Pixels a side of a file.

const canvasOf = (width, height) => Object.assign(document.createElement("canvas"), { width, height })

/** Pictures side by side, in rows of so many columns, as one canvas; a missing one is left transparent. */
export const sheet = (pictures, columns = pictures.length) => {
  const canvas = canvasOf(SIDE * columns, SIDE * Math.ceil(pictures.length / columns))
  const context = canvas.getContext("2d", { willReadFrequently: true })
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

/** The square in the middle of an image or a video of this size, 64 x 64; mirrored, if that is asked. */
export const fromImage = (image, width, height, mirror = false) => {
  const side = Math.min(width, height)
  // Halved until it is nearly there: at once, fine patterns would turn into coarse ones.
  let [source, box] = [image, [(width - side) / 2, (height - side) / 2, side, side]]
  for (let now = side; ; ) {
    const next = Math.max(SIDE, Math.ceil(now / 2))
    const canvas = canvasOf(next, next)
    const context = canvas.getContext("2d", { willReadFrequently: true })
    context.fillStyle = "white" // What is transparent lies on it.
    context.fillRect(0, 0, next, next)
    context.imageSmoothingQuality = "high"
    if (mirror && next === SIDE) context.setTransform(-1, 0, 0, 1, SIDE, 0)
    context.drawImage(source, ...box, 0, 0, next, next)
    if (next === SIDE) return fromBytes(context.getImageData(0, 0, SIDE, SIDE).data.filter((_, index) => index % 4 < 3))
    ;[source, box, now] = [canvas, [0, 0, next, next], next]
  }
}

/** The picture in a file, upright. Rejects with a sentence. */
export const readPicture = async (file) => {
  let image
  try {
    image = await createImageBitmap(file, { imageOrientation: "from-image" })
  } catch {
    const advice = "choose a JPEG or PNG file, or take a screenshot of it and choose that."
    throw new Error(`This file is not a picture that this browser can read: ${advice}`)
  }
  const { width, height } = image
  if (Math.min(width, height) < LEAST)
    throw new Error(`This picture has ${width} × ${height} pixels. Each side must have at least ${LEAST}: choose a larger one.`)
  return fromImage(image, width, height)
}

/** Values in [0, 1] from bytes, red, green and blue. */
export const fromBytes = (bytes) => Float32Array.from(bytes, (byte) => byte / 255)
