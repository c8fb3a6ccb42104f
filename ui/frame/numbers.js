// A browser that translates a page puts other elements in the place of its texts, and React goes on changing texts that
// nobody sees any more: beside an element, a number stays what it was. So lines of texts and elements that hold numbers
// are not translated; a text that is alone in its element is replaced as a whole, and may be.
const LINES = "p, li, h1, h2, h3, h4, h5, h6, small, span, strong, em, label"

const isMixed = (line) =>
  line.firstElementChild && [...line.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && /\S/.test(node.data))

const protect = () => {
  for (const place of document.querySelectorAll("[data-testid=stMarkdownContainer]")) {
    for (const line of place.querySelectorAll(LINES)) {
      if (!line.translate) continue
      if (/\d/.test(line.textContent) && isMixed(line)) line.translate = false
    }
  }
}

export default function ({ parentElement }) {
  const main = document.querySelector("[data-testid=stApp]")
  parentElement.observer?.disconnect() // This runs again after every rerun of the page.
  parentElement.observer = new MutationObserver(protect)
  parentElement.observer.observe(main, { subtree: true, childList: true, characterData: true })
  protect()
  return () => parentElement.observer.disconnect()
}
