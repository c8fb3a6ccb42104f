// Asks the worker, which index.html has started.

const { worker } = window
const waiting = new Map()
let questions = 0

worker.onmessage = ({ data: { id, answer, error } }) => {
  const { resolve, reject } = waiting.get(id)
  waiting.delete(id)
  if (error) reject(new Error(error))
  else resolve(answer)
}
worker.onerror = (event) => {
  for (const { reject } of waiting.values()) reject(new Error(event.message ?? "this browser cannot run networks"))
  waiting.clear()
}

const ask = (question) =>
  new Promise((resolve, reject) => {
    waiting.set(++questions, { resolve, reject })
    worker.postMessage({ id: questions, ...question })
  })

// The service worker keeps what passes through it; the first visit's networks came before it was there.
const asked = new Map()
navigator.serviceWorker?.addEventListener("message", () => {
  for (const { name, files } of asked.values()) for (const file of files) fetch(`networks/${name}/${file}`)
})

/** What a network, an entry of the facts, makes of a picture. Rejects with what could not be loaded. */
export const reconstruct = (network, picture) => {
  if (network.rebuild) return network.rebuild(picture)
  asked.set(network.name, network)
  return ask({ network, picture })
}

/** Has a network loaded, for whoever will soon need it. */
export const prepare = (network) => ask({ network })
