// The picture of the mesh as lists: relays with their state and reason, neighbours with their transport.

import type { MeshView } from '@megabrain/mesh'
import { nameOfRelay } from '@megabrain/mesh/relay-addresses'
import { shortId } from '../../words/format.ts'
import { transportName } from '../../words/log.ts'

export function MeshLists({ view }: { readonly view: MeshView }) {
  return (
    <>
      <ul className="members" aria-label="Relays">
        {view.relays.map((relay) => (
          <li key={relay.address} data-testid="relay" data-state={relay.state} data-reserved={relay.reserved} data-peer={relay.peer ?? ''}>
            <span className={`dot dot-${relay.state}`} aria-hidden="true" />
            <span title={relay.address}>Relay {nameOfRelay(relay.address)}</span>
            <span className="quiet">
              {relayWords[relay.state]}
              {relay.reserved ? ', others can reach this tab through it' : ''}
              {relay.reason === undefined ? '' : `: ${relay.reason}`}
            </span>
          </li>
        ))}
      </ul>
      <ul className="members" aria-label="Connected members">
        {view.neighbours.map((neighbour) => (
          <li
            key={neighbour.peer}
            data-testid="mesh-neighbour"
            data-peer={neighbour.peer}
            data-kind={neighbour.kind}
            data-transport={neighbour.transport}
            data-health={neighbour.health}
          >
            <span className={`dot dot-${neighbour.kind}`} aria-hidden="true" />
            <span>
              {neighbour.kind === 'relay' ? 'Relay' : 'Island'} <code title={neighbour.peer}>{shortId(neighbour.peer)}</code>
            </span>
            <span className="quiet">
              {transportName(neighbour.transport)}
              {neighbour.roundTripMs === undefined ? '' : `, answers in ${Math.round(neighbour.roundTripMs)} ms`}
              {neighbour.health === 'suspect' ? ', does not answer at the moment' : ''}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

const relayWords = { connected: 'connected', connecting: 'connecting', waiting: 'no answer, trying again' } as const
