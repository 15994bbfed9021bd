// The numbers behind the chart, newest first, for those who prefer them. Filled only while it is open.

import { useState } from 'react'
import type { FitnessPoint } from '../../drawing/fitness-series.ts'
import { count } from '../../words/format.ts'

const ROWS = 20

export function FitnessTable({ history }: { readonly history: readonly FitnessPoint[] }) {
  const [open, setOpen] = useState(false)
  return (
    <details className="twin" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {open ? (
        <div className="scroll" role="region" aria-label="Fitness, newest first" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Evaluations</th>
                <th scope="col">Generation</th>
                <th scope="col">Best here</th>
                <th scope="col">Mean here</th>
                <th scope="col">Mesh</th>
              </tr>
            </thead>
            <tbody>
              {history
                .slice(-ROWS)
                .toReversed()
                .map((point) => (
                  <tr key={point.evaluations}>
                    <td>{count(point.evaluations)}</td>
                    <td>{count(point.generation)}</td>
                    <td>{count(point.best)}</td>
                    <td>{point.mean === undefined ? '–' : count(point.mean)}</td>
                    <td>{count(point.meshBest)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </details>
  )
}
