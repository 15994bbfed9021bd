// The picture of the mesh as lists: relays with their state and reason, neighbours with their transport.

import type { MeshView } from '@megabrain/mesh'
import { nameOfRelay } from '@megabrain/mesh/relay-addresses'
import { shortId } from '../../words/format.ts'
import { t } from '../../words/translate.ts'
import { transportName } from '../../words/log.ts'

export function MeshLists({ view }: { readonly view: MeshView }) {
  return (
    <>
      <ul className="members" aria-label={t('mesh.relays')}>
        {view.relays.map((relay) => (
          <li key={relay.address} data-testid="relay" data-state={relay.state} data-reserved={relay.reserved} data-peer={relay.peer ?? ''}>
            <span className={`dot dot-${relay.state}`} aria-hidden="true" />
            <span title={relay.address}>
              {t('mesh.relay')} {nameOfRelay(relay.address)}
            </span>
            <span className="quiet">
              {t(`mesh.${relay.state}`)}
              {relay.reserved ? `, ${t('mesh.reachable')}` : ''}
              {relay.reason === undefined ? '' : `: ${relay.reason}`}
            </span>
          </li>
        ))}
      </ul>
      <ul className="members" aria-label={t('mesh.members')}>
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
              {t(neighbour.kind === 'relay' ? 'mesh.relay' : 'mesh.island')} <code title={neighbour.peer}>{shortId(neighbour.peer)}</code>
            </span>
            <span className="quiet">
              {transportName(neighbour.transport)}
              {neighbour.roundTripMs === undefined ? '' : `, ${t('mesh.roundTrip', { ms: Math.round(neighbour.roundTripMs) })}`}
              {neighbour.health === 'suspect' ? `, ${t('mesh.suspect')}` : ''}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}
