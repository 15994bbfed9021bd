// Carol lies: a program of its own joins the realm as an island and sends forged claims. Each kind is refused for its own
// reason by the page and by the relay, both stay connected to her, and what she says truly in the end is admitted.

import { expect, test } from 'vitest'
import { openScene } from './scene.ts'
import type { Program } from './program.ts'
import type { Relay } from './relay.ts'
import type { Visitor } from './visitor.ts'

const scene = openScene()
const TASK = 'double-pole'
const refusals = [
  ['inflated', 'not-reproduced'],
  ['bad-signature', 'bad-signature'],
  ['wrong-content', 'wrong-content'],
  ['truncated', 'malformed'],
  ['oversized', 'too-large'],
  ['oversized-body', 'too-large'],
  ['replay', 'replayed'],
] as const

let relay: Relay
let alice: Visitor
let carol: Program
let carolPeer: string
let carolAuthor: string

test('carol joins the realm and is connected to the page itself', async () => {
  relay = await scene.relay()
  alice = await scene.visitor('alice', relay.url)
  await alice.begin()
  await alice.choose(TASK)
  carol = scene.program('carol', ['e2e/attacker/src/main.ts', relay.url, TASK])
  const joined = await report('joined')
  carolPeer = joined['peer']!
  carolAuthor = joined['author']!
  await alice.until('is connected to carol directly', () => alice.meets(carolPeer), { timeoutMs: 30_000 })
})

test('she tells every lie she knows', async () => {
  for (const [, reason] of refusals) {
    expect(await alice.refused(reason)).toBe(0)
    expect(await relay.refused(reason)).toBe(0)
  }
  for (const [lie] of refusals) await tell(lie)
})

test.each(refusals)('%s is refused as %s by the page and by the relay, and the connection goes on', async (_lie, reason) => {
  // Two lies share a reason: both must be counted.
  const times = refusals.filter(([, other]) => other === reason).length
  await alice.until(`counts ${times} refusals as ${reason}`, async () => (await alice.refused(reason)) >= times, { timeoutMs: 30_000 })
  await alice.until('finds as many in the numbers of the relay', async () => (await relay.refused(reason)) >= times, { timeoutMs: 30_000 })
  expect(await alice.meets(carolPeer), 'still connected to carol').toBe(true)
})

test('her lies are held against her, where everybody can read it', async () => {
  const strikes = async (): Promise<number> => {
    const row = (await alice.see('reputation')).find(({ data }) => data['author'] === carolAuthor)
    return Number(row?.data['strikes'] ?? 0)
  }
  await alice.until('counts strikes', async () => (await strikes()) > 0)
})

test('a good claim of hers is admitted afterwards', async () => {
  await alice.keepPicture('lies-refused')
  expect((await alice.adoptions()).map(({ author }) => author)).not.toContain(carolAuthor)
  const { cids = '' } = await tell('good')
  await alice.until('adopts it', async () => {
    return (await alice.adoptions()).some(({ author, parent }) => author === carolAuthor && cids.includes(parent))
  }, { timeoutMs: 20_000 })
  expect(await alice.meets(carolPeer)).toBe(true)
  await alice.keepPicture('good-claim-admitted')
})

/** Gives a command and waits until it is carried out. */
function tell(command: string): Promise<Readonly<Record<string, string>>> {
  const from = carol.lines.length
  carol.tell(command)
  return report(command, from)
}

/** The next line that carol prints with this `kind`. */
function report(kind: string, from = 0): Promise<Readonly<Record<string, string>>> {
  return carol.line(kind, (line) => {
    const told = JSON.parse(line) as Record<string, string>
    return told['kind'] === kind ? told : undefined
  }, 60_000, from)
}
