// The numbers that a visitor looks at first.

import type { Snapshot } from '@megabrain/island'
import type { ReactNode } from 'react'
import { count, percent, rate } from '../../words/format.ts'
import { t } from '../../words/translate.ts'

type Shown = Pick<
  Snapshot,
  'generation' | 'evaluations' | 'evaluationsPerSecond' | 'dutyPercent' | 'settings' | 'bestHere' | 'bestInMesh' | 'species'
>

export function Tiles({ snapshot }: { readonly snapshot: Shown }) {
  return (
    <dl className="tiles">
      <Tile label={t('donate.tile.bestHere')} note={t('donate.tile.ofMillion')} strong="here">
        <span data-testid="best-here">{count(snapshot.bestHere)}</span>
      </Tile>
      <Tile label={t('donate.tile.bestMesh')} note={t('donate.tile.verified')} strong="mesh">
        <span data-testid="best-mesh">{count(snapshot.bestInMesh)}</span>
      </Tile>
      <Tile label={t('donate.tile.generation')} note={t('donate.tile.species', { count: snapshot.species })}>
        <span data-testid="generation">{count(snapshot.generation)}</span>
      </Tile>
      <Tile label={t('donate.tile.evaluations')} note={t('donate.tile.sinceStart')}>
        <span data-testid="evaluations">{count(snapshot.evaluations)}</span>
      </Tile>
      <Tile label={t('donate.tile.perSecond')} note={t('donate.tile.perSecondNote')}>
        <span data-testid="evaluations-per-second">{rate(snapshot.evaluationsPerSecond)}</span>
      </Tile>
      <Tile label={t('donate.tile.processor')} note={t('donate.tile.allowed', { share: percent(snapshot.settings.dutyPercent * snapshot.settings.workers) })}>
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
