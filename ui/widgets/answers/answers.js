// These are all networks' answers to a picture; the one that is on has a frame, a click picks another one.
const STILL = 150 // Milliseconds without another picture before the answers to this one are asked for.

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const answers = parentElement.querySelector(".answers")
  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties)
    made.append(...children)
    return made
  }
  if (data.sheet) answers.last = data
  const { sheet, errors } = answers.last ?? { errors: {} }
  const old = !data.sheet
  const pictures = data.groups.flatMap((group) => group.answers)
  const rows = Math.ceil(pictures.length / data.columns)
  const at = (place, count) => `${(100 * place) / Math.max(count - 1, 1)}%`

  const answer = (one) => {
    const index = pictures.indexOf(one)
    const frame = element("span", { className: "frame" })
    if (sheet) {
      frame.style.backgroundImage = `url(${sheet})`
      frame.style.backgroundSize = `${100 * data.columns}% ${100 * rows}%`
      frame.style.backgroundPosition = `${at(index % data.columns, data.columns)} ${at(Math.floor(index / data.columns), rows)}`
    }
    const title = element("span", { className: "title", textContent: one.title })
    const error = element("span", { className: "error", textContent: old ? "\u00a0" : errors[one.name] })
    const button = element("button", { type: "button", className: one.on ? "on" : "", title: one.whole }, frame, title, error)
    button.dataset.name = one.name
    button.setAttribute("aria-pressed", String(one.on))
    button.setAttribute("aria-label", old ? one.whole : `${one.whole}: ${errors[one.name]}`)
    button.onclick = () => setTriggerValue("picked", one.name)
    return button
  }

  const focused = answers.getRootNode().activeElement?.dataset?.name
  answers.classList.toggle("old", old)
  answers.setAttribute("aria-busy", String(old))
  answers.replaceChildren(
    ...data.groups.map((group) => {
      const strip = element("div", { className: "strip" }, ...group.answers.map(answer))
      const section = element("section", {}, element("div", { className: "label", textContent: group.label }), strip)
      section.setAttribute("role", "group")
      section.setAttribute("aria-label", group.label)
      return section
    }),
  )
  if (focused) answers.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true })

  answers.stop?.()
  if (!old) return
  let forget = () => {}
  const inView = new IntersectionObserver((entries) => {
    forget()
    if (entries.at(-1).isIntersecting) forget = whenAnswered(() => setStateValue("asked", data.scene), STILL)
  })
  inView.observe(answers)
  answers.stop = () => {
    inView.disconnect()
    forget()
  }
  return answers.stop
}
