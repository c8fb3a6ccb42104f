// Each picture is a point of a plane; the nearest one is shown while the pointer is near, a click picks it.
const NEAR = 24 // The pointer may be so many pixels away.

export default function ({ data, parentElement, setTriggerValue }) {
  const find = (selector) => parentElement.querySelector(selector)
  const plane = find(".plane")
  const preview = find(".preview")
  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties)
    made.append(...children)
    return made
  }
  const put = (made, [x, y]) => {
    made.style.left = `${100 * x}%`
    made.style.bottom = `${100 * y}%`
    return made
  }
  const coloured = (made, kind) => {
    made.style.background = data.kinds[kind].colour
    return made
  }

  const drawn = data.points.map((point, index) => {
    if (!point.name) return put(coloured(element("i"), point.kind), point.at)
    const side = point.at[0] < 0.1 ? "left" : point.at[0] > 0.9 ? "right" : ""
    const mark = coloured(element("span", { className: "mark" }), point.kind)
    const button = element("button", { type: "button", className: side }, mark, element("span", {}, point.name))
    button.onfocus = () => button.matches(":focus-visible") && show(index)
    button.onblur = () => show(null)
    return put(button, point.at)
  })
  // A name that has no room above its point stands below it; without room there, it waits for the pointer.
  const separate = () => {
    const taken = []
    for (const button of drawn.filter((one) => one.matches("button"))) {
      const name = button.lastChild
      for (const place of ["above", "below", "nowhere"]) {
        name.className = place
        const box = name.getBoundingClientRect()
        const meets = (other) =>
          box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom
        if (place === "nowhere" || taken.some(meets)) continue
        taken.push(box)
        break
      }
    }
  }
  const path = data.path.map((at, end) => put(element("b", { textContent: "×○"[end] }), at))
  plane.querySelectorAll(":scope > i, :scope > button, :scope > b").forEach((old) => old.remove())
  plane.append(...drawn, ...path)
  plane.resized?.disconnect() // This runs again after every rerun of the page.
  plane.resized = new ResizeObserver(separate)
  plane.resized.observe(plane)
  const [from, to] = data.path.map(([x, y]) => [`${100 * x}%`, `${100 * (1 - y)}%`])
  const ends = { x1: from[0], y1: from[1], x2: to[0], y2: to[1] }
  for (const [name, value] of Object.entries(ends)) find("line").setAttribute(name, value)

  find(".legend").replaceChildren(
    ...data.kinds.map(({ title }, kind) => element("li", {}, coloured(element("i"), kind), title)),
    element("li", { textContent: "× – ○ this picture, from distorted to original" }),
  )
  find(".axis").textContent = data.axis
  plane.setAttribute("role", "group")
  plane.setAttribute("aria-label", data.label)

  const show = (index) => {
    preview.hidden = index === null
    if (index === null) return
    const point = data.points[index]
    const thumbnail = find(".thumbnail")
    const rows = Math.ceil(data.points.length / data.columns)
    thumbnail.style.backgroundSize = `${100 * data.columns}% ${100 * rows}%`
    const [column, row] = [index % data.columns, Math.floor(index / data.columns)]
    thumbnail.style.backgroundPosition = `${(100 * column) / (data.columns - 1)}% ${(100 * row) / Math.max(rows - 1, 1)}%`
    preview.querySelector("span").textContent = point.title
    // It stands beside the point, towards the middle, so that it never leaves the plane.
    const [x, y] = point.at
    Object.assign(preview.style, { left: "", right: "", top: "", bottom: "" })
    if (x < 0.5) preview.style.left = `calc(${100 * x}% + 12px)`
    else preview.style.right = `calc(${100 * (1 - x)}% + 12px)`
    if (y < 0.5) preview.style.bottom = `calc(${100 * y}% + 12px)`
    else preview.style.top = `calc(${100 * (1 - y)}% + 12px)`
  }
  const nearest = (event) => {
    const box = plane.getBoundingClientRect()
    const far = data.points.map(({ at: [x, y] }) =>
      Math.hypot(box.left + x * box.width - event.clientX, box.bottom - y * box.height - event.clientY),
    )
    const index = far.indexOf(Math.min(...far))
    return far[index] <= NEAR ? index : null
  }
  plane.onpointermove = (event) => show(nearest(event))
  plane.onpointerleave = () => show(null)
  plane.onclick = (event) => {
    const button = drawn.indexOf(event.target.closest("button")) // It may be pressed, or its name clicked beside it.
    const index = button >= 0 ? button : nearest(event)
    if (index !== null) setTriggerValue("picked", index)
  }
  return () => plane.resized.disconnect()
}
