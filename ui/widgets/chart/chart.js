// This is the place of a chart that nobody has seen yet.
const STAYS = 300 // Milliseconds; while a page builds up, much passes through the view that belongs further down.

export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".place")
  const [, height] = data.heights.findLast(([width]) => width <= innerWidth)
  place.style.height = `${height}px`
  place.setAttribute("aria-label", data.label)
  let forget = () => {}
  const inView = new IntersectionObserver((entries) => {
    forget()
    if (entries.at(-1).isIntersecting) forget = whenAnswered(() => setTriggerValue("seen", innerWidth), STAYS)
  })
  inView.observe(place)
  return () => {
    inView.disconnect()
    forget()
  }
}
