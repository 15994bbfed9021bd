// What stands in the way of running here: a context without security, or a browser without a part that evolution
// needs. Found before anything is started, so that the page can say it instead of failing later.

export type Feature = 'Web Workers' | 'Web Locks' | 'IndexedDB' | 'WebCrypto' | 'WebRTC' | 'BroadcastChannel'

export type Obstacle =
  | { readonly kind: 'insecure'; readonly host: string; readonly localAddress: string }
  | { readonly kind: 'missing'; readonly features: readonly Feature[] }
  | { readonly kind: 'no-realm' }
  /** Something else; `detail` is what the browser said. */
  | { readonly kind: 'failed'; readonly detail: string }

/** The first obstacle of `page`, or undefined when it can run. */
export function findObstacle(page: Window & typeof globalThis): Obstacle | undefined {
  if (!page.isSecureContext) {
    const port = page.location.port === '' ? '' : `:${page.location.port}`
    return { kind: 'insecure', host: page.location.host, localAddress: `http://localhost${port}/` }
  }
  const features = missingFeatures(page)
  return features.length === 0 ? undefined : { kind: 'missing', features }
}

function missingFeatures(page: Window & typeof globalThis): readonly Feature[] {
  const present: readonly (readonly [Feature, unknown])[] = [
    ['Web Workers', page.Worker],
    ['Web Locks', page.navigator.locks],
    ['IndexedDB', page.indexedDB],
    ['WebCrypto', page.crypto?.subtle],
    ['WebRTC', page.RTCPeerConnection],
    ['BroadcastChannel', page.BroadcastChannel],
  ]
  return present.filter(([, part]) => part === undefined || part === null).map(([feature]) => feature)
}
