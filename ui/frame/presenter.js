// In presenter mode the page is a stage: large type, little else than pictures, and a key for everything that one does in
// front of a class. What a key did is said on the screen for two seconds, since nobody saw it being pressed.
const TYPED_INTO = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable=true]"
const MOVED_WITH_ARROWS = "input, [role=radio], [role=application], [role=slider]"
const PRESSED_WITH_SPACE = "input, button, summary, a, [role=radio], [role=application]"
const SECONDS = 2
const PAUSE = 50 // Milliseconds in which the page begins to ask for a key, before it is looked whether it has an answer.
const PHONE = matchMedia("(max-width: 640px)") // There, the navigation covers the page.

export default function ({ data, parentElement, setTriggerValue }) {
  const said = parentElement.querySelector(".said")
  const say = (words) => {
    said.textContent = words
    said.hidden = false
    clearTimeout(said.timer)
    said.timer = setTimeout(() => (said.hidden = true), SECONDS * 1000)
  }
  document.documentElement.classList.toggle("presenting", data.presenting)
  if (said.page !== data.page && (data.presenting || PHONE.matches))
    document.querySelector("[data-testid=stSidebar][data-collapsed=false] [data-testid=stSidebarCollapseButton] button")?.click()
  said.page = data.page
  if (data.said && said.number !== data.said[0]) {
    if (said.number !== undefined || data.said[0]) say(data.said[1])
    said.number = data.said[0]
  }

  const keys = (parentElement.keys ??= [])
  const next = () =>
    whenAnswered(() => {
      setTriggerValue("key", keys[0])
      setTimeout(() => keys.shift() && keys.length && next(), PAUSE)
    }, 0)

  const listen = (event) => {
    const target = event.composedPath()[0]
    if (event.ctrlKey || event.altKey || event.metaKey || target.matches?.(TYPED_INTO)) return
    if (event.key.startsWith("Arrow") && target.matches?.(MOVED_WITH_ARROWS)) return
    if (event.key === " " && target.matches?.(PRESSED_WITH_SPACE)) return
    if (data.presenting && event.key.toLowerCase() === "f") {
      if (document.fullscreenElement) document.exitFullscreen()
      else document.documentElement.requestFullscreen()
      say(document.fullscreenElement ? "Window" : "Full screen")
    } else if (data.keys.includes(event.key)) {
      event.preventDefault() // The page would scroll.
      if (event.repeat && keys.length) return // Somebody who holds a key wants to stop where they let it go.
      keys.push(event.key)
      if (keys.length === 1) next()
    }
  }
  // This runs again after every rerun of the page, and only at the end is what it returned called.
  document.removeEventListener("keydown", parentElement.listen)
  parentElement.listen = listen
  document.addEventListener("keydown", listen)
  return () => {
    document.removeEventListener("keydown", parentElement.listen)
    document.documentElement.classList.remove("presenting")
  }
}
