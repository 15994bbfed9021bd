// The page without its host: keeps every file of this build, answers with them, and hands out the page itself when the network does not.
// Nothing is computed here and nobody is connected to; it is registered after the click. Built into `service-worker.js`.

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface Fetching extends Extendable {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}
/** The part of ServiceWorkerGlobalScope that is used: TypeScript cannot load its library beside that of pages. */
interface Scope {
  readonly registration: { readonly scope: string }
  readonly clients: { claim(): Promise<void> }
  skipWaiting(): Promise<void>
  addEventListener(kind: 'install' | 'activate', listener: (event: Extendable) => void): void
  addEventListener(kind: 'fetch', listener: (event: Fetching) => void): void
  addEventListener(kind: 'message', listener: (event: MessageEvent<{ readonly script: string }>) => void): void
}

/** Paths from here, and a digest of all of them. The build writes both. */
declare const MEGABRAIN_FILES: readonly string[]
declare const MEGABRAIN_VERSION: string

const PREFIX = 'megabrain-'
/** A host that has not answered by then is as good as gone. */
const PATIENCE_MS = 3_000

const worker = self as unknown as Scope
const scope = worker.registration.scope
const cacheName = PREFIX + MEGABRAIN_VERSION
const files = new Set(MEGABRAIN_FILES.map((file) => new URL(file, scope).href))

async function keepFiles(): Promise<void> {
  const cache = await caches.open(cacheName)
  // Past the browser's own cache, where a file without a hash may be of another build.
  await cache.addAll([scope, ...files].map((url) => new Request(url, /\/assets\//.test(url) ? {} : { cache: 'reload' })))
}

/** Tabs of the build before may still need their files; those of older ones are gone. */
async function dropOldFiles(): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== cacheName)
  for (const name of others.slice(0, -1)) await caches.delete(name)
  await worker.clients.claim()
}

async function page(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) })
    if (answer.status < 500) return answer
  } catch {
    // Offline, or the host is gone: the page from before does as well.
  }
  return await (await caches.open(cacheName)).match(scope) ?? Response.error()
}

async function file(request: Request): Promise<Response> {
  return await caches.match(request, { ignoreVary: true }) ?? fetch(request)
}

worker.addEventListener('install', (event) => event.waitUntil(keepFiles()))
worker.addEventListener('activate', (event) => event.waitUntil(dropOldFiles()))
worker.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET' || !request.url.startsWith(scope)) return
  const url = request.url.split(/[?#]/, 1)[0]!
  if (request.mode === 'navigate') {
    if (url === scope || url === `${scope}index.html`) event.respondWith(page(request))
  } else if (files.has(url) || url.startsWith(`${scope}assets/`)) event.respondWith(file(request))
})
// A page asks whether this build is its own. Only then, or when its visitor wants the new one, does this worker take the old one's place.
worker.addEventListener('message', ({ data, ports: [port] }) => {
  const isOwn = data.script === '' || files.has(data.script)
  if (isOwn) void worker.skipWaiting()
  port?.postMessage(isOwn)
})
