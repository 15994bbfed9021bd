// Strangers' tabs: they find each other through the relay, connect directly, trade champions, and go on without it.

import { expect, test } from 'vitest'
import { openScene } from './scene.ts'
import type { Relay } from './relay.ts'
import type { Visitor } from './visitor.ts'

const scene = openScene()
const MAX_MEETING_MS = 15_000
const MAX_JOINING_MS = 60_000
const MAX_TRADE_MS = 60_000

let relay: Relay
let visitors: readonly Visitor[]

test('a second and a third visitor are connected to the first and to each other over WebRTC within 15 s', async () => {
  relay = await scene.relay()
  const alice = await scene.visitor('alice', relay.url)
  await alice.begin()
  const others = [await scene.visitor('bob', relay.url), await scene.visitor('dave', relay.url)]
  visitors = [alice, ...others]
  const clicked = performance.now()
  await Promise.all(others.map((visitor) => visitor.agree()))
  await pairwiseConnected(visitors, MAX_MEETING_MS - (performance.now() - clicked))
  for (const visitor of visitors) await visitor.until('can be reached through the relay', () => visitor.isReachable())
  expect((await relay.metrics()).get('megabrain_mesh_stun_answered_total'), 'tabs ask the relay how they are seen').toBeGreaterThan(0)
})

test('a champion found in one is adopted in both others, under its author’s name', async () => {
  for (const visitor of visitors) await visitor.choose('double-pole')
  const { source, parent } = await untilTraded(visitors)
  const author = await source.author()
  for (const visitor of visitors) {
    if (visitor === source) continue
    expect(await visitor.adoptions()).toContainEqual({ parent, author })
    expect((await visitor.see('log-entry')).map(({ data }) => data['kind'])).toContain('adopted')
    await visitor.keepPicture(`adopted-by-${visitor.name}`)
  }
})

test('champions still travel between tabs when the relay is killed', async () => {
  await relay.kill()
  for (const visitor of visitors) {
    await visitor.until('sees that the relay is gone', async () => {
      return (await visitor.see('relay')).every(({ data }) => data['state'] !== 'connected')
    }, { timeoutMs: 30_000 })
  }
  const before = (await Promise.all(visitors.map((visitor) => visitor.adoptions()))).flat().map(({ parent }) => parent)
  // Another task has other champions, so there is something new to trade.
  for (const visitor of visitors) await visitor.choose('cart-pole-v1')
  const { source } = await untilTraded(visitors, new Set(before))
  for (const visitor of visitors) expect(await visitor.meets()).toBe(true)
  await source.keepPicture('without-a-relay')
})

test('when the relay is back, tabs return to it by themselves and a fourth one joins within 60 s', async () => {
  await relay.start()
  const started = performance.now()
  const left = (): number => Math.max(1_000, MAX_JOINING_MS - (performance.now() - started))
  const erin = await scene.visitor('erin', relay.url)
  await erin.begin()
  await erin.until('is connected to another tab over WebRTC', () => erin.meets(), { timeoutMs: left() })
  for (const visitor of visitors) {
    await visitor.until('can be reached through the relay again', () => visitor.isReachable(), { timeoutMs: left() })
  }
  await pairwiseConnected([...visitors, erin], left())
  await erin.keepPicture('joined-after-restart')
})

/** Each one lists each other one as a WebRTC neighbour. */
async function pairwiseConnected(all: readonly Visitor[], timeoutMs: number): Promise<void> {
  const started = performance.now()
  const left = (): number => Math.max(0, timeoutMs - (performance.now() - started))
  const peers = await Promise.all(all.map((visitor) => visitor.peer(timeoutMs)))
  await Promise.all(all.map((visitor, index) => visitor.until('is connected to all others over WebRTC', async () => {
    for (const [other, peer] of peers.entries()) {
      if (other === index || (await visitor.meets(peer))) continue
      const links = (await visitor.neighbours()).map(({ kind, transport }) => `${kind} over ${transport}`)
      throw new Error(`not to ${all[other]!.name}; has ${links.join(', ')}`)
    }
    return true
  }, { timeoutMs: left() })))
}

interface Trade {
  readonly source: Visitor
  /** CID of the champion. */
  readonly parent: string
}

/** The first champion, none of `old`, that its finder showed and that all others adopted from him. */
async function untilTraded(all: readonly Visitor[], old: ReadonlySet<string> = new Set()): Promise<Trade> {
  const known = new Map<Visitor, Set<string>>(all.map((visitor) => [visitor, new Set()]))
  return all[0]!.until('sees a champion travel to all others', async () => {
    for (const visitor of all) {
      const rows = (await visitor.adoptions()).filter(({ parent }) => !old.has(parent))
      for (const { parent, author } of rows) known.get(visitor)!.add(`${author} ${parent}`)
    }
    for (const source of all) {
      const author = await source.author()
      for (const { cid: parent } of (await source.witness()).champions) {
        const reached = all.filter((visitor) => known.get(visitor)!.has(`${author} ${parent}`))
        if (reached.length === all.length - 1) return { source, parent }
      }
    }
    const counts = [...known].map(([visitor, adopted]) => `${visitor.name} adopted ${adopted.size}`)
    throw new Error(counts.join(', '))
  }, { timeoutMs: MAX_TRADE_MS, everyMs: 500 })
}
