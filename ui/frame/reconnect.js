// After a broken connection Streamlit connects again, but runs nothing: what was clicked in between would not be shown.
const STATE = "data-test-connection-state"

export default function ({ parentElement, setTriggerValue }) {
  const app = document.querySelector("[data-testid=stApp]")
  const observer = new MutationObserver(() => {
    const connected = app.getAttribute(STATE) === "CONNECTED"
    if (connected && parentElement.lost) setTimeout(() => setTriggerValue("again", true))
    parentElement.lost = !connected
  })
  // This runs again after every rerun of the page, and only at the end is what it returned called.
  parentElement.observer?.disconnect()
  parentElement.observer = observer
  observer.observe(app, { attributes: true, attributeFilter: [STATE] })
  return () => parentElement.observer.disconnect()
}
