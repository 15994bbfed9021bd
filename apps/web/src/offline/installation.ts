// The page as something that stays: kept for offline by the service worker, storage that the browser promises not to clear, and word of a
// newer build. Late code: nothing of it happens before the click.

import { createSignal, type Source } from '../visit/source.ts'

export interface Installation {
  /** The page and all its parts open without any network. */
  readonly offline: boolean
  /** A newer build is here and waits for a reload. */
  readonly update: boolean
  /** Whether the browser has promised to keep what is stored; undefined where it does not say. */
  readonly persisted: boolean | undefined
  /** What is stored, bytes. */
  readonly usedBytes: number | undefined
}

export interface Installing extends Source<Installation> {
  /** Loads the page anew, in its newest build. */
  reload(): void
}

const LOOK_FOR_UPDATES_MS = 3_600_000
const LOOK_AT_STORAGE_MS = 30_000

let installing: Installing | undefined

/** Of this page: installs it with the first call, which is after the click. */
export function installation(): Installing {
  installing ??= installPage(window)
  return installing
}

function installPage(page: Window & typeof globalThis): Installing {
  const signal = createSignal<Installation>({ offline: false, update: false, persisted: undefined, usedBytes: undefined })
  const change = (part: Partial<Installation>): void => signal.set({ ...signal.current(), ...part })
  const { serviceWorker, storage } = page.navigator
  let registration: ServiceWorkerRegistration | undefined

  const look = async (): Promise<void> => change({ usedBytes: (await storage.estimate()).usage })
  void storage?.persist().then((persisted) => change({ persisted }), () => undefined)
  void look().then(() => setInterval(() => void look().catch(() => undefined), LOOK_AT_STORAGE_MS), () => undefined)

  const newer = async (waiting: ServiceWorker): Promise<void> => {
    const own = page.document.querySelector<HTMLScriptElement>('script[type=module][src]')?.src
    if (own !== undefined && !await tell(waiting, own)) change({ update: true })
  }
  const follow = async (): Promise<void> => {
    const address = new URL('index.html', page.document.baseURI)
    const found = registration = await serviceWorker.register(new URL('service-worker.js', address), { scope: address.pathname })
    const came = (): void => {
      const coming = found.installing
      coming?.addEventListener('statechange', () => {
        if (coming.state === 'installed' && found.active !== null) void newer(coming)
      })
    }
    found.addEventListener('updatefound', came)
    came()
    if (found.waiting !== null) void newer(found.waiting)
    const lookForUpdates = (): void => {
      if (page.document.visibilityState === 'visible') found.update().catch(() => undefined)
    }
    setInterval(lookForUpdates, LOOK_FOR_UPDATES_MS)
    page.document.addEventListener('visibilitychange', lookForUpdates)
    const installed = found.active ?? found.waiting ?? found.installing
    if (installed !== null && installed.state !== 'activated') {
      await new Promise<void>((resolve) => installed.addEventListener('statechange', () => { if (installed.state === 'activated') resolve() }))
    }
    // A reload, a bookmark and a second tab made from this one come under this address, which opens without a network.
    if (page.location.pathname !== address.pathname) page.history.replaceState(null, '', address.pathname + page.location.search + page.location.hash)
    change({ offline: true })
  }
  // A browser or a private window without it: the page needs its host then, as every other.
  follow().catch(() => undefined)

  return {
    ...signal,
    async reload() {
      const waiting = registration?.waiting
      if (waiting) await tell(waiting, '')
      page.location.reload()
    },
  }
}

/** @returns whether the worker's build is that of `script`; an empty one is every build's */
function tell(worker: ServiceWorker, script: string): Promise<boolean> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<boolean>) => {
      port1.close()
      resolve(data)
    }
    worker.postMessage({ script }, [port2])
  })
}
