// Streamlit's uploader says why it refused a file in letters of one pixel, and of a file that was picked while there was
// no connection it says nothing. Here stands what happened, as a sentence.
const PATIENCE = 4000 // Milliseconds in which the uploader shows a file that it has taken notice of.

export default function ({ data, parentElement, setTriggerValue }) {
  const uploader = document.querySelector(".st-key-upload_file")
  const words = parentElement.querySelector("p")
  if (!uploader) return

  const say = (sentence) => {
    words.textContent = sentence
    words.hidden = !sentence
  }
  const chips = () => [...uploader.querySelectorAll("[data-testid=stFileChip]")]
  const reason = (chip) => {
    const alert = chip.querySelector("[role=alert]")?.textContent ?? ""
    if (/413|exceed|larger|must be/i.test(alert)) return data.large
    if (/403/.test(alert) && window.top !== window) return data.framed
    return data.lost
  }
  const look = () => {
    const last = chips().at(-1)
    if (last?.getAttribute("aria-invalid") === "true") say(reason(last))
    else if (last) say("")
  }
  const picked = (event) => {
    const file = (event.target.files ?? event.dataTransfer?.files)?.[0]
    if (!file || !uploader.contains(event.target)) return
    say("")
    const names = () => chips().map((chip) => chip.querySelector("[data-testid=stFileChipName]")?.title)
    clearTimeout(parentElement.patience) // The file before this one gives way to it.
    parentElement.patience = setTimeout(() => {
      if (!names().includes(file.name)) say(file.size > data.limit ? data.large : data.lost)
    }, PATIENCE)
  }

  const clicked = (event) => {
    const cross = event.target.closest?.("[data-testid=stFileChipDeleteBtn]")
    const chip = cross?.closest("[data-testid=stFileChip]")
    // The cross of a file that never arrived takes away nothing.
    if (chip && uploader.contains(chip) && chip.getAttribute("aria-invalid") !== "true") setTriggerValue("removed", true)
  }

  const observer = new MutationObserver(look)
  parentElement.stop?.() // This runs again after every rerun of the page.
  parentElement.stop = () => {
    observer.disconnect()
    for (const kind of ["change", "drop"]) document.removeEventListener(kind, picked, true)
    document.removeEventListener("click", clicked, true)
  }
  observer.observe(uploader, { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-invalid"] })
  for (const kind of ["change", "drop"]) document.addEventListener(kind, picked, true)
  document.addEventListener("click", clicked, true)
  look()
  return () => parentElement.stop()
}
