// A network on paper: sensors left, actuators right; blue links excite, orange links inhibit, the thicker the stronger.
// Recurrent links are dashed and bend back.

import { memo, useMemo } from 'react'
import { describeDrawing, type DrawnNetwork } from '../../drawing/drawn-network.ts'
import { layoutNetwork } from '../../drawing/network-layout.ts'
import { count } from '../../words/format.ts'
import { NetworkTable } from './network-table.tsx'
import { useWidth } from '../use-width.ts'

const LABEL_WIDTH = 92
/** Of one letter of a label, with room for wide ones. */
const LETTER_PX = 6.6
const LABEL_GAP_PX = 22
const MIN_HEIGHT = 170
const EDGE = 12
const WIDEST_PX = 5

export const NetworkDrawing = memo(function NetworkDrawing({ drawn }: { readonly drawn: DrawnNetwork }) {
  const [box, width] = useWidth<HTMLDivElement>(480)
  const layout = useMemo(() => {
    const left = labelWidth(drawn, 'sensor')
    return layoutNetwork(drawn.neurons, drawn.links, { left, right: width - labelWidth(drawn, 'actuator'), minHeight: MIN_HEIGHT })
  }, [drawn, width])
  const strongest = Math.max(...layout.links.map((link) => Math.abs(link.weight)), 1e-9)
  return (
    <div className="network">
      <div ref={box}>
        <svg
          role="img"
          aria-label={describeDrawing(drawn)}
          width={width}
          height={layout.height + 2 * EDGE}
          viewBox={`0 ${-EDGE} ${width} ${layout.height + 2 * EDGE}`}
        >
          {layout.links.map((link) => (
            <path
              key={`${link.from} ${link.to}`}
              className={`${link.weight < 0 ? 'minus' : 'plus'}${link.recurrent ? ' recurrent' : ''}`}
              strokeWidth={0.6 + (WIDEST_PX - 0.6) * (Math.abs(link.weight) / strongest)}
              d={link.path}
            />
          ))}
          {layout.neurons.map((neuron) => (
            <g key={neuron.id} className={`neuron neuron-${neuron.kind}`} transform={`translate(${neuron.x} ${neuron.y})`}>
              <title>{neuron.kind === 'sensor' ? neuron.label : `${neuron.label}: ${neuron.activation}`}</title>
              {neuron.kind === 'sensor' ? <rect x="-6" y="-6" width="12" height="12" rx="2.5" /> : <circle r="7" />}
              {neuron.kind === 'hidden' ? null : (
                <text x={neuron.kind === 'sensor' ? -14 : 15} dy="0.35em" textAnchor={neuron.kind === 'sensor' ? 'end' : 'start'}>
                  {neuron.label}
                </text>
              )}
            </g>
          ))}
        </svg>
      </div>
      <ul className="legend">
        <li>
          <svg width="26" height="10" aria-hidden="true">
            <path className="plus" strokeWidth="3" d="M1 5H25" />
          </svg>
          excites
        </li>
        <li>
          <svg width="26" height="10" aria-hidden="true">
            <path className="minus" strokeWidth="3" d="M1 5H25" />
          </svg>
          inhibits
        </li>
        <li>
          <svg width="26" height="10" aria-hidden="true">
            <path className="plus recurrent" strokeWidth="2" d="M1 5H25" />
          </svg>
          one step later
        </li>
      </ul>
      {layout.omitted > 0 ? <p className="quiet">The {count(layout.omitted)} weakest links are not drawn.</p> : null}
      <NetworkTable drawn={drawn} />
    </div>
  )
})

function labelWidth({ neurons }: DrawnNetwork, kind: 'sensor' | 'actuator'): number {
  const longest = Math.max(0, ...neurons.filter((neuron) => neuron.kind === kind).map(({ label }) => label.length))
  return Math.max(LABEL_WIDTH, LABEL_GAP_PX + LETTER_PX * longest)
}
