// On a phone, a control often stands where the pictures that it changes are out of view. Then they are shown once more, in
// a strip at the top, for as long as the controls are there. It is a popover, since nothing else is above Streamlit's header.
const PHONE = matchMedia("(max-width: 640px)")
const EXHIBITS = "[class*=st-key-exhibit], .st-key-stage"
const CONTROLS = "[class*=st-key-controls]" // Those of an exhibit are the first after it.
const [HEIGHT, MOST] = [72, 8]

export default function ({ parentElement }) {
  const pinned = parentElement.querySelector(".pinned")
  const main = document.querySelector("[data-testid=stMain]")
  const find = (what, where = document) => [...where.querySelectorAll(what)]
  const pictures = (exhibit) => find("[data-testid=stImage] img", exhibit).slice(0, MOST)
  const isLeftBehind = (exhibit) => {
    const controls = find(CONTROLS).find((one) => exhibit.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING)
    return controls && !isAbove(controls) && pictures(exhibit).length && pictures(exhibit).every(isAbove)
  }
  const isAbove = (element) => element.getBoundingClientRect().bottom < HEIGHT

  let asked
  const follow = () => {
    asked ??= requestAnimationFrame(() => {
      asked = undefined
      if (!pinned.isConnected) return
      const away = PHONE.matches ? find(EXHIBITS).findLast(isLeftBehind) : undefined
      const shown = away ? pictures(away) : []
      pinned.togglePopover(shown.length > 0)
      while (pinned.childElementCount > shown.length) pinned.lastElementChild.remove()
      while (pinned.childElementCount < shown.length) pinned.append(Object.assign(new Image(), { alt: "" }))
      shown.forEach((picture, index) => {
        if (pinned.children[index].src !== picture.src) pinned.children[index].src = picture.src
      })
    })
  }
  pinned.stop?.()
  const stop = new AbortController()
  const changes = new MutationObserver(follow)
  changes.observe(main, { subtree: true, childList: true, attributeFilter: ["src"] })
  main.addEventListener("scroll", follow, { signal: stop.signal, passive: true })
  addEventListener("resize", follow, { signal: stop.signal })
  pinned.stop = () => {
    stop.abort()
    changes.disconnect()
  }
  follow()
  return pinned.stop
}
