// One runner per browser and origin: the tab that holds the Web Lock runs, the others hear its snapshots over a
// BroadcastChannel and send it commands. The browser frees the lock of a tab that dies. One that freezes keeps it, so its exchange
// worker is also listened for, and the lock of a silent one is taken away: `archive` sees to it that it writes nothing when it wakes.

import { CHANNEL_NAME, LOCK_NAME } from '../core/tab-names.ts'
import type { Command, Snapshot } from '../snapshot.ts'

type Message =
  /** A tab has just opened and wants to see. */
  | { readonly kind: 'hello' }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'command'; readonly command: Command }
  /** A tab that watches is in front, or no longer. Repeated while it is, in case it dies without a word. */
  | { readonly kind: 'looking'; readonly tab: string; readonly looking: boolean }
  /** The runner's exchange worker lives: posted by itself, so that neither a busy nor a hidden page holds it up. */
  | { readonly kind: 'beat' }
  /** A tab has taken the place of a silent one and is starting. */
  | { readonly kind: 'taken' }
  /** A tab that was replaced had not been frozen, only slow. */
  | { readonly kind: 'alive' }
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
  /** The tab that runs has not been heard for a second: it hangs or is frozen. */
  onSilent(): void
  /** This tab was the runner, and another one has taken its place. */
  onDeposed(): void
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
  /** Takes the place of a tab that hangs; `undefined` when yet another tab did so at the same time. */
  depose(): Promise<(() => void) | undefined>
  close(): void
}

const TICK_MS = 200
/** Counting own ticks instead of time forgives a machine that slept, and a watcher that is slow itself. */
const SILENT_TICKS = 5
/** A machine with too much to do makes living tabs silent: replacing them would make more to do. Patience doubles then, up to this. */
const MAX_SILENT_TICKS = 40
/** A page that has not ticked for this long was frozen, ms. */
const FROZEN_MS = 700
/** A runner that is replaced this soon after it took over is a sign of such a machine, ms. */
const HASTY_MS = 3_000
const CALM_TICKS = 300
/** For as long as a new runner may take to load its worker. */
const STARTING_TICKS = 50
/** Several watchers may act at once: the last one has the lock, and the others see it within this time. */
const SETTLE_MS = 100

export function openTabs(listener: TabListener): Tabs {
  const channel = new BroadcastChannel(CHANNEL_NAME)
  const closed = new AbortController()
  // Not randomUUID: opening must also work where the browser gives no secure context, to say so.
  const tab = crypto.getRandomValues(new Uint32Array(2)).join('-')
  let watchingLock = false
  let silence: number | undefined
  let patience = SILENT_TICKS
  let takenAt = Number.NEGATIVE_INFINITY
  let calm = 0
  let tickedAt = performance.now()
  let longestGap = 0

  const beMorePatient = (): void => { patience = Math.min(2 * patience, MAX_SILENT_TICKS) }
  const noticeTaking = (): void => {
    const now = performance.now()
    if (now - takenAt < HASTY_MS && now - takenAt > SETTLE_MS) beMorePatient()
    takenAt = now
    calm = 0
  }
  /** Waits in line for the lock without wanting it: being served means that whoever had it is gone. */
  const noticeEnd = (): void => {
    if (watchingLock) return
    watchingLock = true
    navigator.locks.request(LOCK_NAME, { mode: 'shared', signal: closed.signal }, () => {
      watchingLock = false
      silence = undefined
      listener.onGone()
    }).catch(() => undefined)
  }
  const listen = setInterval(() => {
    const now = performance.now()
    // Of the last second or so: what matters to a tab that is replaced is whether it stood still just now.
    longestGap = Math.max(now - tickedAt, longestGap * 0.8)
    tickedAt = now
    calm += 1
    if (calm % CALM_TICKS === 0) patience = Math.max(SILENT_TICKS, Math.floor(patience / 2))
    if (silence === undefined) return
    silence += 1
    if (silence < patience) return
    silence = undefined
    listener.onSilent()
  }, TICK_MS)
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    switch (data.kind) {
      case 'hello':
        return listener.onHello()
      case 'command':
        return listener.onCommand(data.command)
      case 'looking':
        return listener.onLooking(data.tab, data.looking)
      case 'beat':
        silence = 0
        return
      case 'taken':
        silence = -STARTING_TICKS
        return noticeTaking()
      case 'alive':
        return beMorePatient()
      case 'stopped':
        silence = undefined
        return listener.onStopped()
      case 'snapshot':
        noticeEnd()
        return listener.onSnapshot(data.snapshot)
    }
  }
  const post = (message: Message): void => channel.postMessage(message)
  post({ kind: 'hello' })

  const request = (options: LockOptions): Promise<(() => void) | undefined> => new Promise((resolve) => {
    let isHeld = false
    navigator.locks.request(LOCK_NAME, options, (lock) => {
      if (lock === null) return resolve(undefined)
      isHeld = true
      return new Promise<void>((release) => resolve(() => {
        isHeld = false
        release()
      }))
    }).catch(() => {
      resolve(undefined)
      if (!isHeld) return
      if (Math.max(longestGap, performance.now() - tickedAt) < FROZEN_MS) {
        beMorePatient()
        post({ kind: 'alive' })
      }
      noticeEnd()
      listener.onDeposed()
    })
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
    async depose() {
      post({ kind: 'taken' })
      noticeTaking()
      const release = await request({ steal: true })
      await new Promise((resolve) => { setTimeout(resolve, SETTLE_MS) })
      return release
    },
    close() {
      clearInterval(listen)
      closed.abort()
      channel.close()
    },
  }
}
