// The mesh as a picture: this tab in the middle, relays as squares, islands as circles, one line style per transport.

import type { MeshView } from '@megabrain/mesh'
import { dashOf } from '../../drawing/line-style.ts'
import { layoutMesh, middleOf } from '../../drawing/mesh-layout.ts'
import { shortId } from '../../words/format.ts'
import { t } from '../../words/translate.ts'
import { transportName } from '../../words/log.ts'
import { useWidth } from '../use-width.ts'

const HEIGHT = { alone: 160, together: 260 }

export function MeshPicture({ view }: { readonly view: MeshView }) {
  const [box, width] = useWidth<HTMLDivElement>(480)
  const islands = view.neighbours.filter((neighbour) => neighbour.kind === 'island').length
  const height = islands === 0 ? HEIGHT.alone : HEIGHT.together
  const members = layoutMesh(view, width, height)
  const transports = [...new Set(members.flatMap((member) => (member.transport === undefined ? [] : [member.transport])))].toSorted()
  const me = { x: width / 2, y: middleOf(height) }
  return (
    <div ref={box}>
      <svg
        className="mesh"
        role="img"
        aria-label={t('mesh.label', { islands, relays: view.neighbours.length - islands })}
        width={width}
        height={height}
      >
        {members.map((member) => (
          <path
            key={member.peer}
            className={`mesh-link mesh-${member.kind}${member.transport === undefined ? ' mesh-lost' : ''}`}
            strokeDasharray={dashOf(member.transport)}
            d={`M${me.x} ${me.y}L${member.x} ${member.y}`}
          />
        ))}
        {members.map((member) => (
          <g
            key={member.peer}
            className={`mesh-member mesh-${member.kind}${member.transport === undefined ? ' mesh-lost' : ''}`}
            transform={`translate(${member.x} ${member.y})`}
          >
            {member.kind === 'relay' ? <rect x="-11" y="-11" width="22" height="22" rx="4" /> : <circle r="11" />}
            <text y={member.kind === 'relay' ? -20 : 28} textAnchor="middle">
              {member.kind === 'relay' ? t('mesh.relay') : members.length <= 8 ? shortId(member.peer) : ''}
            </text>
          </g>
        ))}
        <g className="mesh-me" transform={`translate(${me.x} ${me.y})`}>
          <circle r="15" />
          <text dy="0.35em" textAnchor="middle">
            {t('mesh.me')}
          </text>
        </g>
      </svg>
      <ul className="legend">
        {transports.map((transport) => (
          <li key={transport}>
            <svg width="34" height="10" aria-hidden="true">
              <path className="mesh-link" strokeDasharray={dashOf(transport)} d="M1 5H33" />
            </svg>
            {transportName(transport)}
          </li>
        ))}
      </ul>
    </div>
  )
}
