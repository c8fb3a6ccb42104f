// A network is picked in rows of chips. A dashed chip was not trained with what the other rows say; its hint names what
// it leads to.
export default function ({ data, parentElement, setTriggerValue }) {
  const picker = parentElement.querySelector(".picker")
  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties)
    made.append(...children)
    return made
  }
  const state = ({ on, missing }) => [on && "on", missing && "missing"].filter(Boolean).join(" ")
  const chip = (row, option) => {
    const button = element("button", { type: "button", textContent: option.label, title: option.hint })
    button.className = state(option)
    button.dataset.at = `${row.name} ${option.value}`
    button.setAttribute("aria-pressed", String(option.on))
    if (option.missing) button.setAttribute("aria-description", option.hint)
    button.onclick = () => setTriggerValue("picked", [row.name, option.value])
    return button
  }
  const menu = (row, { label, options }) => {
    const nothing = element("option", { value: "", textContent: label, disabled: true })
    const select = element("select", {}, nothing, ...options.map(({ value, label }) => new Option(label, value)))
    select.value = options.find(({ on }) => on)?.value ?? ""
    select.className = state({ on: select.value !== "" })
    select.dataset.at = `${row.name} ${label}`
    select.setAttribute("aria-label", label)
    select.onchange = () => setTriggerValue("picked", [row.name, select.value])
    return select
  }

  const focused = picker.getRootNode().activeElement?.dataset?.at
  picker.dataset.network = data.network
  picker.replaceChildren(
    ...data.rows.map((row) => {
      const chips = element("div", { className: "chips" }, ...row.chips.map((option) => chip(row, option)))
      if (row.menu) chips.append(menu(row, row.menu))
      const group = element("div", {}, element("div", { className: "label", textContent: row.label, title: row.help }), chips)
      group.setAttribute("role", "group")
      group.setAttribute("aria-label", row.label)
      return group
    }),
  )
  if (focused) picker.querySelector(`[data-at="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true })
}
