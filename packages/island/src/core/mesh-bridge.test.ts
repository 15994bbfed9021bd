import { channelCases, directoryCases, membersCases, requestsCases } from '@megabrain/exchange/contract'
import type { OpenMembers } from '@megabrain/exchange/contract'
import { createMemoryNetwork, portsOf } from '@megabrain/exchange/memory'
import { describe, expect, test } from 'vitest'
import { bridgedMesh, offerMesh } from './mesh-bridge.ts'
import { portOver } from './port.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Members of a memory network, each seen through a bridge over a real message channel. */
const openBridged: OpenMembers = async (count, links) => {
  const network = createMemoryNetwork({ seed: 1 })
  const names = Array.from({ length: count }, (_, i) => `member-${i}`)
  const offers: { close(): void }[] = []
  const members = await Promise.all(names.map((name) => {
    const { port1, port2 } = new MessageChannel()
    offers.push(offerMesh(portsOf(network.join(name)), portOver(port1)))
    return bridgedMesh(portOver(port2))
  }))
  for (const [a, b] of links) network.connect(names[a]!, names[b]!)
  const advance = async (rounds: number): Promise<void> => {
    for (let i = 0; i < rounds; i++) {
      network.advance(20)
      await turn()
      await turn()
    }
  }
  const settle = async (predicate: () => boolean, what: string): Promise<void> => {
    for (let i = 0; i < 2_000; i++) {
      if (predicate()) return
      await advance(1)
    }
    throw new Error(`never happened: ${what}`)
  }
  await settle(() => members.reduce((sum, { members }) => sum + members.current().length, 0) === 2 * links.length, 'all links seen')
  return {
    members,
    settle,
    quiet: () => advance(100),
    async disconnect(a, b) {
      network.disconnect(names[a]!, names[b]!)
      await advance(2)
    },
    async close() {
      for (const offer of offers) offer.close()
    },
  }
}

for (const [port, cases] of [['channel', channelCases], ['requests', requestsCases], ['members', membersCases], ['directory', directoryCases]] as const) {
  describe(`the ${port} contract across a thread border`, () => {
    for (const { name, check } of cases) test(name, () => check(openBridged))
  })
}

describe('credits', () => {
  test('a worker that does not read holds up 64 deliveries at most, and the rest get their verdict', async () => {
    const network = createMemoryNetwork({ seed: 1 })
    const alice = portsOf(network.join('alice'))
    const bob = portsOf(network.join('bob'))
    network.connect('alice', 'bob')
    const { port1 } = new MessageChannel()
    const posted: string[] = []
    const port = portOver<never, { kind: string }>(port1)
    const offer = offerMesh(bob, { ...port, post: (message: { kind: string }) => posted.push(message.kind) } as never)
    for (let n = 0; n < 200; n++) {
      alice.channel.publish(Uint8Array.of(n, 1))
      network.advance(100)
    }
    expect(posted.filter((kind) => kind === 'delivery')).toHaveLength(64)
    offer.close()
  })
})
