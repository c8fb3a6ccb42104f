// Keeps the edition in the browser, so that it opens without a network. The build puts VERSION and FILES before this: a
// new version brings a new cache, and the old one goes.
const CACHE = `denoising-lab-${VERSION}`

// Asks the server whether what the browser holds from an older version is still true.
const ASKED = { cache: "no-cache" }

addEventListener("install", (event) => {
  skipWaiting()
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES.map((file) => new Request(file, ASKED)))))
})

addEventListener("activate", (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) if (name.startsWith("denoising-lab-") && name !== CACHE) await caches.delete(name)
    await clients.claim()
    for (const client of await clients.matchAll()) client.postMessage("ask again") // For what came before this was here.
  }
  event.waitUntil(clean())
})

const answer = async (request) => {
  const cache = await caches.open(CACHE)
  const kept = await cache.match(request, { ignoreSearch: true })
  if (kept) return kept
  const fetched = await fetch(request.url, ASKED)
  if (fetched.ok) cache.put(request, fetched.clone())
  return fetched
}

addEventListener("fetch", (event) => {
  const { request } = event
  if (request.method === "GET" && new URL(request.url).origin === location.origin) event.respondWith(answer(request))
})
