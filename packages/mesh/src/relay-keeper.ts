// Keeps a connection, a reservation and an introduction stream at one relay, for as long as the mesh is open: dials, waits,
// dials again. libp2p alone re-dials a few times and never re-reserves (js-libp2p#3601).

import type { Connection } from '@libp2p/interface'
import type { PeerId } from '@megabrain/exchange'
import { createBackoff, wait } from './backoff.ts'
import { dialRelay } from './dial-relay.ts'
import { askForIntroductions } from './introduction/asker.ts'
import { NOT_SERVED } from './introduction/messages.ts'
import { MAX_RELAY_ADDRESSES } from './limits.ts'
import type { MemberNode } from './member-node.ts'
import type { RelayView } from './mesh.ts'
import { holdsReservation, reserve } from './reservation.ts'

export interface RelayKeeperOptions {
  readonly node: MemberNode
  /** Addresses of the same relay, best first. */
  readonly addresses: readonly string[]
  /** Addresses that may be dialled now; the keeper adds and removes its own. */
  readonly dialling: Set<string>
  /** Of the waits: uniform in [0, 1). */
  readonly random: () => number
  readonly realm: string
  /** Whether others should be able to reach us through it. */
  readonly reserves: boolean
  readonly want: () => number
  /** @returns whether any of them was new */
  readonly onIntroduced: (relay: Connection, peers: readonly PeerId[]) => boolean
  /** Records of other relays, unchecked. */
  readonly onRelays: (relay: Connection, records: readonly Uint8Array[]) => void
  readonly onChange: () => void
}

export interface RelayKeeper {
  view(): RelayView
  /** Dials that failed since it was last connected. */
  failures(): number
  /** One more, tried after those that it has. */
  addAddress(address: string): void
  /** Where the relay itself says that it is now: tried after the first and before the others, of which the last go where there are too many. */
  renewAddresses(told: readonly string[]): void
  /** The machine slept or its network changed: dials and reserves at once, and looks whether the relay still answers. */
  wake(): void
  /** Stops at once; the connection is the node's to close. */
  stop(): void
}

const SHORTEST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000
/** A connection that lasts this long, ms, makes the next wait short again. */
const STABLE_MS = 10_000
/** How often to look whether the reservation is still held, ms. */
const LOOK_MS = 1_000

export function keepRelay(options: RelayKeeperOptions): RelayKeeper {
  const { node } = options
  let addresses = options.addresses
  const stopping = new AbortController()
  /** Replaced at each waking: what waits, waits no longer. */
  let waking = new AbortController()
  let wakings = 0
  const backoff = createBackoff(SHORTEST_WAIT_MS, LONGEST_WAIT_MS, options.random)
  const best = addresses[0] ?? ''
  /** When a relay that closed wants us back, ms since 1970; 0: whenever we like. */
  let returnAt = 0
  let failures = 0
  let view: RelayView = { address: best, peer: peerIn(best), state: 'connecting', reason: undefined, reserved: false }

  function show(change: Partial<RelayView>): void {
    const next = { ...view, ...change }
    if (JSON.stringify(next) === JSON.stringify(view)) return
    view = next
    options.onChange()
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      show({ state: 'connecting' })
      const dialled = await dialRelay(node, addresses, options.dialling, stopping.signal)
      if ('connection' in dialled) {
        const since = Date.now()
        failures = 0
        show({ state: 'connected', reason: undefined, peer: dialled.connection.remotePeer.toString(), address: dialled.address })
        const reason = await stay(dialled.connection)
        if (Date.now() - since > STABLE_MS) backoff.reset()
        show({ state: 'waiting', reason, reserved: false })
      } else {
        failures++
        show({ state: 'waiting', reason: dialled.reason, reserved: false })
      }
      await wait(Math.max(backoff.next(), returnAt - Date.now()), stopping.signal, waking.signal)
      returnAt = 0
    }
  }

  /** @returns why the connection ended, in words */
  async function stay(connection: Connection): Promise<string> {
    const ended = new AbortController()
    const end = (): void => ended.abort()
    connection.addEventListener('close', end, { once: true })
    stopping.signal.addEventListener('abort', end, { once: true })
    if (connection.status !== 'open') end()
    let silent = false
    const introductions = meet(connection, ended.signal).then((outcome) => {
      silent = outcome === 'silent'
      if (silent) connection.abort(new Error('The relay does not answer'))
    })
    const retry = createBackoff(SHORTEST_WAIT_MS, LONGEST_WAIT_MS, options.random)
    let nextTry = 0
    let awake = wakings
    while (!ended.signal.aborted) {
      const reserved = holdsReservation(node, connection)
      show({ reserved })
      if (awake !== wakings) {
        awake = wakings
        retry.reset()
        nextTry = 0
      }
      if (!reserved && options.reserves && Date.now() >= nextTry) {
        nextTry = Date.now() + retry.next()
        show({ reserved: await reserve(node, connection) })
      }
      await wait(LOOK_MS, ended.signal, waking.signal)
    }
    stopping.signal.removeEventListener('abort', end)
    await introductions
    if (returnAt > Date.now()) return 'It closed and asked to come back in a moment.'
    return silent ? 'It stopped answering.' : 'The connection was lost.'
  }

  /** Joins once others can reach us, or soon anyway: without a reservation we can still dial. */
  async function meet(connection: Connection, ended: AbortSignal): Promise<'ended' | 'silent'> {
    for (let looks = 0; options.reserves && looks < 30 && !ended.aborted && !holdsReservation(node, connection); looks++) await wait(100, ended)
    const retry = createBackoff(SHORTEST_WAIT_MS, LONGEST_WAIT_MS, options.random)
    while (!ended.aborted) {
      try {
        const outcome = await askForIntroductions(connection, {
          realm: options.realm,
          want: options.want,
          onIntroduced: (peers) => options.onIntroduced(connection, peers),
          onClosing: (returnMs) => { returnAt = Date.now() + returnMs },
          onRelays: (records) => options.onRelays(connection, records),
          wakings: () => wakings,
          onRefused: (refusal) => show({
            reason: refusal === NOT_SERVED ? 'It does not serve this realm.' : 'It has no room for another member.',
          }),
        }, ended)
        if (outcome === 'silent') return 'silent'
      } catch {
        // The relay does not introduce, or the connection is going: the reservation loop sees which.
      }
      await wait(Math.max(retry.next(), returnAt - Date.now()), ended, waking.signal)
    }
    return 'ended'
  }

  void run()
  return {
    view: () => view,
    failures: () => failures,
    addAddress(address) {
      addresses = [...new Set([...addresses, address])]
    },
    renewAddresses(told) {
      const [first = '', ...others] = addresses
      addresses = [...new Set([first, ...told, ...others])].slice(0, MAX_RELAY_ADDRESSES)
    },
    wake() {
      backoff.reset()
      wakings++
      waking.abort()
      waking = new AbortController()
    },
    stop: () => stopping.abort(),
  }
}

/** @returns the peer that an address names; undefined when it names none */
export function peerIn(address: string): PeerId | undefined {
  return /\/p2p\/([^/]+)$/.exec(address)?.[1]
}
