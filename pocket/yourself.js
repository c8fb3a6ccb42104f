// A tiny network that the visitor trains here, on the picture and the distortions that are set above.
import { mount } from "./widgets.js"

const toBytes = (picture) => btoa(String.fromCharCode(...Uint8ClampedArray.from(picture, (value) => 255 * value)))

/** Has the trainer come when somebody looks at its place; `changed` is called when its network is taken for the Playground.
Returns what shows in it that the scene has changed. */
export const offerTraining = (scene, changed, place) => {
  let trainer
  const show = () => {
    if (!trainer) return
    const { facts, values } = scene
    const [distorted, original] = [scene.distorted, scene.original].map(toBytes)
    const strengths = { ...scene.strengths, cutout_size: facts.cutout_size }
    trainer({ distorted, original, strengths, seed: values.seed, note: facts.training_note, use: "Use it above" })
  }
  const inView = new IntersectionObserver(async ([{ isIntersecting }]) => {
    if (!isIntersecting) return
    inView.disconnect()
    trainer = await mount("trainer", place, {
      use: (rebuild) => {
        scene.takeMine(rebuild)
        changed()
        scrollTo({ top: 0 })
      },
    })
    show()
  })
  inView.observe(place)
  return show
}
