// One runner per browser and origin: the tab that holds the Web Lock runs, the others hear its snapshots over a
// BroadcastChannel and send it commands. The browser frees the lock of a tab that dies, so nothing needs a timeout.

import type { Command, Snapshot } from '../snapshot.ts'

const LOCK = 'megabrain'
const CHANNEL = 'megabrain'

type Message =
  /** A tab has just opened and wants to see. */
  | { readonly kind: 'hello' }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'command'; readonly command: Command }
  /** A tab that watches is in front, or no longer. Repeated while it is, in case it dies without a word. */
  | { readonly kind: 'looking'; readonly tab: string; readonly looking: boolean }
  /** The visitor pressed Stop: tabs that wait for their turn must not go on instead. */
  | { readonly kind: 'stopped' }

export interface TabListener {
  /** Another tab's island. */
  onSnapshot(snapshot: Snapshot): void
  /** For the runner, from a tab that watches. */
  onCommand(command: Command): void
  onHello(): void
  onLooking(tab: string, looking: boolean): void
  onStopped(): void
  /** No other tab runs any more. */
  onGone(): void
}

export interface Tabs {
  share(snapshot: Snapshot): void
  sendCommand(command: Command): void
  announceStop(): void
  announceLooking(looking: boolean): void
  /**
   * Resolves once this tab is the runner, with the function that gives the place up; `undefined` when aborted.
   * @param onWaiting another tab runs; the place is taken when it is free
   */
  acquire(onWaiting: () => void, signal: AbortSignal): Promise<(() => void) | undefined>
  close(): void
}

export function openTabs(listener: TabListener): Tabs {
  const channel = new BroadcastChannel(CHANNEL)
  const closed = new AbortController()
  // Not randomUUID: opening must also work where the browser gives no secure context, to say so.
  const tab = crypto.getRandomValues(new Uint32Array(2)).join('-')
  let watchingLock = false

  /** Waits in line for the lock without wanting it: being served means that whoever had it is gone. */
  const noticeEnd = (): void => {
    if (watchingLock) return
    watchingLock = true
    navigator.locks.request(LOCK, { mode: 'shared', signal: closed.signal }, () => {
      watchingLock = false
      listener.onGone()
    }).catch(() => undefined)
  }
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    switch (data.kind) {
      case 'hello':
        return listener.onHello()
      case 'command':
        return listener.onCommand(data.command)
      case 'looking':
        return listener.onLooking(data.tab, data.looking)
      case 'stopped':
        return listener.onStopped()
      case 'snapshot':
        noticeEnd()
        return listener.onSnapshot(data.snapshot)
    }
  }
  const post = (message: Message): void => channel.postMessage(message)
  post({ kind: 'hello' })

  const request = (options: LockOptions): Promise<(() => void) | undefined> => new Promise((resolve) => {
    navigator.locks.request(LOCK, options, (lock) => {
      if (lock === null) return resolve(undefined)
      return new Promise<void>((release) => resolve(release))
    }).catch(() => resolve(undefined))
  })

  return {
    share: (snapshot) => post({ kind: 'snapshot', snapshot }),
    sendCommand: (command) => post({ kind: 'command', command }),
    announceStop: () => post({ kind: 'stopped' }),
    announceLooking: (looking) => post({ kind: 'looking', tab, looking }),
    async acquire(onWaiting, signal) {
      const release = await request({ ifAvailable: true })
      if (release !== undefined || signal.aborted) return release
      onWaiting()
      return request({ signal })
    },
    close() {
      closed.abort()
      channel.close()
    },
  }
}
