// Streamlit shows nothing at all while it waits for its connection. After five seconds, this says why.
{
  const SECONDS = 5
  const connected = () =>
    document.querySelector("[data-testid=stApp]")?.getAttribute("data-test-connection-state") === "CONNECTED"
  const sentence = async () => {
    const answers = await fetch(new URL("_stcore/health", new URL("./", location.href))).then((answer) => answer.ok, () => false)
    return answers
      ? "The server answers, but something between it and this page, such as a school's network or a proxy, blocks web " +
          "sockets, which the lab needs: try another network, or a phone's hotspot."
      : "The server does not answer: it may be starting anew, or this computer may have no network. This page goes on trying."
  }
  addEventListener("load", () => {
    let waited = 0
    const words = Object.assign(document.createElement("p"), { id: "no-connection", role: "alert" })
    Object.assign(words.style, { position: "fixed", inset: "35% 10% auto", margin: "0", font: "1.25rem/1.5 sans-serif", textAlign: "center", zIndex: "1" })
    const timer = setInterval(async () => {
      if (connected()) {
        words.remove()
        clearInterval(timer)
      } else if (++waited >= SECONDS) {
        words.textContent = await sentence()
        if (!connected()) document.body.append(words)
      }
    }, 1000)
  })
}
// When this page last asked the server, and when it last heard from it: ui/component.js waits for answers by that.
{
  const talk = (window.talk = { asked: 0, heard: 0 })
  const listening = new WeakSet()
  const send = WebSocket.prototype.send
  WebSocket.prototype.send = function (message) {
    if (!listening.has(this)) this.addEventListener("message", () => (talk.heard = performance.now()))
    listening.add(this)
    talk.asked = performance.now()
    send.call(this, message)
  }
}
