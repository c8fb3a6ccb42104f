// Mounts the widgets of the full lab, ui/widgets, as Streamlit does: each in a shadow root, with what it is told and what
// it says. The build puts the files of each into one module.

// What ui/component.js looks at before it asks a server for anything: here, every answer has come.
window.talk = { asked: 0, heard: 1 }

/** Mounts a widget in an element. What it says with a name goes to `says[name]`. Returns what shows data in it. */
export const mount = async (name, element, says = {}) => {
  const { default: widget, html, css } = await import(`./widgets/${name}.js`)
  const root = element.shadowRoot ?? element.attachShadow({ mode: "open" })
  root.innerHTML = `<style>${css}</style>${html}`
  const say = (what, value) => says[what]?.(value)
  return (data) => widget({ data, parentElement: root, setStateValue: say, setTriggerValue: say })
}
