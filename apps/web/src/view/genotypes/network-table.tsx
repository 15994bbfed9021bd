// The drawn network as a list of links. Filled only while it is open.

import { useState } from 'react'
import type { DrawnNetwork } from '../../drawing/drawn-network.ts'

const ROWS = 200

export function NetworkTable({ drawn }: { readonly drawn: DrawnNetwork }) {
  const [open, setOpen] = useState(false)
  const names = new Map(drawn.neurons.map((neuron) => [neuron.id, neuron.label]))
  return (
    <details className="twin" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {open ? (
        <div className="scroll" role="region" aria-label="Links of the champion" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                <th scope="col">To</th>
                <th scope="col">Weight</th>
                <th scope="col">Kind</th>
              </tr>
            </thead>
            <tbody>
              {drawn.links.slice(0, ROWS).map((link) => (
                <tr key={`${link.from} ${link.to}`}>
                  <td>{names.get(link.from)}</td>
                  <td>{names.get(link.to)}</td>
                  <td>{link.weight.toFixed(3)}</td>
                  <td>{link.recurrent ? 'recurrent' : 'forward'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </details>
  )
}
