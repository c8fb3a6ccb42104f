// The whole sweep is here before anybody drags: moving asks nothing of the server, letting go tells it where.
export default function ({ data, parentElement, setTriggerValue }) {
  const frames = parentElement.querySelector(".frames")
  const range = parentElement.querySelector("input")
  const output = parentElement.querySelector("output")
  const last = data.values.length - 1

  frames.replaceChildren(
    ...data.strips.map((strip) => {
      const figure = document.createElement("figure")
      const frame = document.createElement("div")
      frame.className = "frame"
      frame.setAttribute("role", "img")
      frame.style.backgroundImage = `url(${strip.src})`
      frame.style.backgroundSize = `${100 * (last + 1)}% 100%`
      figure.append(frame, document.createElement("figcaption"))
      return figure
    }),
  )

  const show = (index) => {
    data.strips.forEach((strip, number) => {
      const [frame, caption] = frames.children[number].children
      frame.style.backgroundPosition = `${(100 * index) / Math.max(last, 1)}% 0`
      frame.setAttribute("aria-label", `${strip.title} at ${data.values[index]}: ${strip.lines[index]}`)
      caption.textContent = `${strip.title}: ${strip.lines[index]}`
    })
    output.textContent = `${data.label}: ${data.values[index]}`
    range.setAttribute("aria-valuetext", data.values[index])
  }
  range.max = last
  range.value = data.index
  range.setAttribute("aria-label", data.label)
  range.oninput = () => show(Number(range.value))
  range.onchange = () => setTriggerValue("picked", Number(range.value))
  show(data.index)
}
