// The page without its host: keeps every file of this build, answers with them, and hands out the page itself when the network does not.
// Nothing is computed here and nobody is connected to; it is registered after the click. Built into `service-worker.js`.

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface Installing extends Extendable {
  /** Chromium's static routing: https://w3c.github.io/ServiceWorker/#dom-installevent-addroutes */
  addRoutes?(routes: readonly { readonly condition: object; readonly source: 'cache' | 'race-network-and-fetch-handler' }[]): Promise<void>
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
  addEventListener(kind: 'install', listener: (event: Installing) => void): void
  addEventListener(kind: 'activate', listener: (event: Extendable) => void): void
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
/** The page's address that this worker answers for; its files are beside it. */
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

/**
 * Chromium runs this worker in the process of one of the page's tabs. When that process stands still, so does this worker, and another
 * tab that takes over would wait for its files: with these routes the browser itself hands them out. They do not hold for the scripts
 * of workers, which are therefore outside of this worker's scope.
 */
async function routeAround(event: Installing): Promise<void> {
  await event.addRoutes?.([
    ...['assets/*', 'favicon.svg'].map((path) => ({ condition: { urlPattern: new URL(path, scope).href }, source: 'cache' as const })),
    { condition: { requestMode: 'navigate' }, source: 'race-network-and-fetch-handler' },
  ])
}

worker.addEventListener('install', (event) => {
  event.waitUntil(keepFiles())
  // A browser with another idea of routes gets along without.
  event.waitUntil(routeAround(event).catch(() => undefined))
})
worker.addEventListener('activate', (event) => event.waitUntil(dropOldFiles()))
worker.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET' || new URL(request.url).origin !== new URL(scope).origin) return
  const url = request.url.split(/[?#]/, 1)[0]!
  if (request.mode === 'navigate') {
    if (url === scope) event.respondWith(page(request))
  } else if (files.has(url) || url.startsWith(new URL('assets/', scope).href)) event.respondWith(file(request))
})
// A page asks whether this build is its own. Only then, or when its visitor wants the new one, does this worker take the old one's place.
worker.addEventListener('message', ({ data, ports: [port] }) => {
  const isOwn = data.script === '' || files.has(data.script)
  if (isOwn) void worker.skipWaiting()
  port?.postMessage(isOwn)
})
