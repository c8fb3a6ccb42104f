// Presenter mode has larger type for the last row, and a key for everything that one does in front of a class.
const TYPED_INTO = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable=true]"

export default function ({ data, parentElement, setTriggerValue }) {
  document.documentElement.style.fontSize = data.presenting ? "125%" : ""
  const listen = (event) => {
    const target = event.composedPath()[0]
    if (event.ctrlKey || event.altKey || event.metaKey || target.matches?.(TYPED_INTO)) return
    if (data.keys.includes(event.key)) setTriggerValue("key", event.key)
  }
  // This runs again after every rerun of the page, and only at the end is what it returned called.
  document.removeEventListener("keydown", parentElement.listen)
  parentElement.listen = listen
  document.addEventListener("keydown", listen)
  return () => {
    document.removeEventListener("keydown", parentElement.listen)
    document.documentElement.style.fontSize = ""
  }
}
