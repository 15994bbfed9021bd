// Keeps a connection, a reservation and an introduction stream at one relay, for as long as the mesh is open: dials, waits,
// dials again. libp2p alone re-dials a few times and never re-reserves (js-libp2p#3601).

import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { PeerId } from '@megabrain/exchange'
import { createBackoff } from './backoff.ts'
import { askForIntroductions } from './introduction/asker.ts'
import { NOT_SERVED } from './introduction/messages.ts'
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
  readonly onChange: () => void
}

export interface RelayKeeper {
  view(): RelayView
  addAddress(address: string): void
  /** The machine slept or its network changed: dials and reserves at once, and looks whether the relay still answers. */
  wake(): void
  /** Stops at once; the connection is the node's to close. */
  stop(): void
}

const SHORTEST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000
const DIAL_MS = 15_000
/** A connection that lasts this long, ms, makes the next wait short again. */
const STABLE_MS = 10_000
/** How often to look whether the reservation is still held, ms. */
const LOOK_MS = 1_000

export function keepRelay(options: RelayKeeperOptions): RelayKeeper {
  const { node } = options
  const addresses = [...options.addresses]
  const stopping = new AbortController()
  /** Replaced at each waking: what waits, waits no longer. */
  let waking = new AbortController()
  let wakings = 0
  const backoff = createBackoff(SHORTEST_WAIT_MS, LONGEST_WAIT_MS, options.random)
  const best = addresses[0] ?? ''
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
      const dialled = await dial()
      if ('connection' in dialled) {
        const since = Date.now()
        show({ state: 'connected', reason: undefined, peer: dialled.connection.remotePeer.toString(), address: dialled.address })
        const reason = await stay(dialled.connection)
        if (Date.now() - since > STABLE_MS) backoff.reset()
        show({ state: 'waiting', reason, reserved: false })
      } else {
        show({ state: 'waiting', reason: dialled.reason, reserved: false })
      }
      await wait(backoff.next(), stopping.signal, waking.signal)
    }
  }

  async function dial(): Promise<{ connection: Connection; address: string } | { reason: string }> {
    let reason = 'It has no address.'
    for (const address of addresses) {
      if (stopping.signal.aborted) break
      let allowed: string | undefined
      try {
        const target = multiaddr(address)
        allowed = target.toString()
        options.dialling.add(allowed)
        const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(DIAL_MS)])
        return { connection: await node.dial(target, { signal }), address }
      } catch (error) {
        reason = inWords(error)
      } finally {
        if (allowed !== undefined) options.dialling.delete(allowed)
      }
    }
    return { reason }
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
          wakings: () => wakings,
          onRefused: (refusal) => show({
            reason: refusal === NOT_SERVED ? 'It does not serve this realm.' : 'It has no room for another member.',
          }),
        }, ended)
        if (outcome === 'silent') return 'silent'
      } catch {
        // The relay does not introduce, or the connection is going: the reservation loop sees which.
      }
      await wait(retry.next(), ended, waking.signal)
    }
    return 'ended'
  }

  void run()
  return {
    view: () => view,
    addAddress(address) {
      if (!addresses.includes(address)) addresses.push(address)
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

/** Ends early when one of the signals fires. */
async function wait(ms: number, ...signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      for (const signal of signals) signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    for (const signal of signals) signal.addEventListener('abort', done, { once: true })
  })
}

function inWords(error: unknown): string {
  const name = error instanceof Error ? error.name : ''
  const text = error instanceof Error ? error.message : ''
  if (name === 'InvalidMultiaddrError' || /multiaddr/i.test(text)) return 'Its address is malformed.'
  if (name === 'TimeoutError' || name === 'AbortError' || /timed out/i.test(text)) return 'It did not answer in time.'
  if (name === 'UnexpectedPeerError' || /unexpected peer|did not match/i.test(text)) return 'Another relay answers at this address.'
  if (name === 'NoValidAddressesError' || name === 'DialDeniedError') return 'This address cannot be dialled from here.'
  return 'It cannot be reached.'
}
