// The numbers that a visitor looks at first.

import type { Snapshot } from '@megabrain/island'
import type { ReactNode } from 'react'
import { count, percent, rate } from '../../words/format.ts'

type Shown = Pick<
  Snapshot,
  'generation' | 'evaluations' | 'evaluationsPerSecond' | 'dutyPercent' | 'settings' | 'bestHere' | 'bestInMesh' | 'species'
>

export function Tiles({ snapshot }: { readonly snapshot: Shown }) {
  return (
    <dl className="tiles">
      <Tile label="Best here" note="fitness of 1,000,000" strong="here">
        <span data-testid="best-here">{count(snapshot.bestHere)}</span>
      </Tile>
      <Tile label="Best in the mesh" note="verified in this browser" strong="mesh">
        <span data-testid="best-mesh">{count(snapshot.bestInMesh)}</span>
      </Tile>
      <Tile label="Generation" note={`${count(snapshot.species)} species`}>
        <span data-testid="generation">{count(snapshot.generation)}</span>
      </Tile>
      <Tile label="Evaluations" note="since the first start">
        <span data-testid="evaluations">{count(snapshot.evaluations)}</span>
      </Tile>
      <Tile label="Per second" note="evaluations">
        <span data-testid="evaluations-per-second">{rate(snapshot.evaluationsPerSecond)}</span>
      </Tile>
      <Tile label="Processor" note={`of one core; you allow ${percent(snapshot.settings.dutyPercent * snapshot.settings.workers)}`}>
        <span data-testid="duty" data-measured={snapshot.dutyPercent}>
          {percent(snapshot.dutyPercent)}
        </span>
      </Tile>
    </dl>
  )
}

interface TileProps {
  readonly label: string
  readonly note: string
  /** Gives the number the colour of its line in the chart. */
  readonly strong?: 'here' | 'mesh'
  readonly children: ReactNode
}

function Tile({ label, note, strong, children }: TileProps) {
  return (
    <div className="tile">
      <dt>{label}</dt>
      <dd>
        <strong className={strong === undefined ? 'tile-number' : `tile-number tile-${strong}`}>{children}</strong>
        <span className="tile-note">{note}</span>
      </dd>
    </div>
  )
}
