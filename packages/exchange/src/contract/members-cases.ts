// What every `Members` must do: show each neighbour once, both ways, and tell of changes.

import type { Neighbour } from '../ports.ts'
import { expect, type Case } from './case.ts'
import { LINE, PAIR, withMembers, type OpenMembers } from './mesh-fixture.ts'

const names = (neighbours: readonly Neighbour[]): string => neighbours.map(({ peer }) => peer).sort().join(' ')

export const membersCases: readonly Case<OpenMembers>[] = [
  {
    name: 'neighbours see each other, each once, and nobody sees itself',
    check: (open) =>
      withMembers(open, LINE, async (fixture, alice, bob, carol) => {
        await fixture.settle(() => bob!.members.current().length === 2, 'bob has two neighbours')
        expect(names(alice!.members.current()) === bob!.self, 'alice must see bob only')
        expect(names(carol!.members.current()) === bob!.self, 'carol must see bob only')
        expect(names(bob!.members.current()) === [alice!.self, carol!.self].sort().join(' '), 'bob must see alice and carol')
      }),
  },
  {
    name: 'a neighbour has a kind and a transport',
    check: (open) =>
      withMembers(open, PAIR, async (_, alice) => {
        const [bob] = alice!.members.current()
        expect(bob !== undefined && ['island', 'relay'].includes(bob.kind), `a kind must be island or relay, got ${String(bob?.kind)}`)
        const transports = ['webrtc', 'webrtc-direct', 'websocket', 'webtransport', 'circuit', 'memory']
        expect(transports.includes(bob.transport), `a transport must be one of the known, got ${bob.transport}`)
      }),
  },
  {
    name: 'a lost link is told to both ends with the whole list',
    check: (open) =>
      withMembers(open, LINE, async (fixture, alice, bob, carol) => {
        await fixture.settle(() => bob!.members.current().length === 2, 'bob has two neighbours')
        const toldBob: string[] = []
        const toldAlice: string[] = []
        bob!.members.subscribe((neighbours) => toldBob.push(names(neighbours)))
        alice!.members.subscribe((neighbours) => toldAlice.push(names(neighbours)))
        await fixture.disconnect(0, 1)
        await fixture.settle(() => toldBob.at(-1) === carol!.self && toldAlice.at(-1) === '', 'both ends were told')
        expect(names(bob!.members.current()) === carol!.self, 'bob must see carol only')
        expect(alice!.members.current().length === 0, 'alice must see nobody')
      }),
  },
  {
    name: 'an unsubscribed listener is told nothing, and unsubscribing twice does nothing',
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice) => {
        let told = 0
        let others = 0
        const stop = alice!.members.subscribe(() => told++)
        alice!.members.subscribe(() => others++)
        stop()
        stop()
        await fixture.disconnect(0, 1)
        await fixture.settle(() => others > 0, 'the other listener was told')
        expect(told === 0, 'an unsubscribed listener must be told nothing')
      }),
  },
]
