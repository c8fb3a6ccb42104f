// What the camera sees becomes the picture, as often as networks can follow.
import { fromImage } from "./pictures.js"

const find = (id) => document.getElementById(id)

const REFUSED = {
  NotAllowedError: "The camera is blocked: allow it for this page in the browser's settings, then try again.",
  NotFoundError: "No camera was found: connect one, then try again.",
  NotReadableError: "The camera is busy: close the other program that uses it, then try again.",
}

const open = () => {
  const { mediaDevices } = navigator
  if (!mediaDevices) throw new Error("Browsers lend the camera only to pages with https, or on this computer itself: open the lab at such an address.")
  return mediaDevices.getUserMedia({ video: { facingMode: "user", width: { ideal: 320 }, height: { ideal: 240 } } })
}

/** Has a button switch the camera on and off. It `tells` when the picture has moved, when anything else has changed, and
what is wrong, in a sentence. */
export const offerCamera = (scene, { moved, changed, complain }) => {
  const [button, video] = [find("camera"), document.createElement("video")]
  Object.assign(video, { muted: true, playsInline: true })
  let stream

  const look = () => {
    if (!stream) return
    if (video.videoWidth) {
      scene.takeOwn(fromImage(video, video.videoWidth, video.videoHeight, find("mirror").checked), "What the camera sees")
      moved()
    }
    requestAnimationFrame(look)
  }
  const show = () => {
    button.setAttribute("aria-pressed", String(Boolean(stream)))
    find("seen").hidden = !stream
    changed()
  }
  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop()
    stream = undefined
    show()
  }
  const start = async () => {
    try {
      stream = await open()
      video.srcObject = stream
      await video.play()
      scene.takeOwn(fromImage(video, video.videoWidth, video.videoHeight, find("mirror").checked), "What the camera sees")
      complain("")
      show()
      look()
    } catch (error) {
      stop()
      complain(REFUSED[error.name] ?? error.message)
    }
  }
  button.onclick = () => (stream ? stop() : start())
  document.addEventListener("visibilitychange", () => document.hidden && stream && stop())
  find("image").addEventListener("change", () => stream && stop())
}
