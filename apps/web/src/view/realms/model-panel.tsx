// How the realm shares its work: which of the models, and with a coordinator, who it is and how its last rounds went.

import type { Snapshot } from '@megabrain/island'
import { count, shortKey } from '../../words/format.ts'
import { t } from '../../words/translate.ts'
import { Panel } from '../panel.tsx'

type Model = NonNullable<Snapshot['model']>
type Federation = NonNullable<Model['federation']>

const WIDTH = 320
const HEIGHT = 64

export function ModelPanel({ model }: { readonly model: Model | undefined }) {
  const kind = model?.model ?? 'distributed'
  return (
    <Panel title={t('realms.model')} area="model" note={t(`realms.modelName.${kind}`)}>
      <p data-testid="model" data-model={kind}>
        {t(`realms.modelMeaning.${kind}`)}
      </p>
      {model?.federation === undefined ? null : <FederationFacts federation={model.federation} />}
    </Panel>
  )
}

function FederationFacts({ federation: { coordinator, isOurs, term, round, shard, shards, silentMs, rounds, liars } }: { readonly federation: Federation }) {
  return (
    <>
      <p data-testid="coordinator" data-coordinator={coordinator ?? ''} data-round={round} data-term={term} data-ours={isOurs} role="status">
        {coordinator === undefined
          ? t('realms.noCoordinator')
          : isOurs
            ? t('realms.coordinatorHere', { round: count(round), term: count(term) })
            : t('realms.coordinatorThere', { who: shortKey(coordinator), round: count(round), term: count(term), seconds: count(Math.round((silentMs ?? 0) / 1_000)) })}
        {shards.length > 1 ? ` ${t('realms.shards', { shard: count(shard), count: shards.length })}` : null}
      </p>
      <Timeline rounds={rounds} />
      {liars.length === 0 ? null : <p>{t('realms.liars', { who: liars.map(shortKey).join(', ') })}</p>}
      {rounds.length === 0 ? null : (
        <details>
          <summary>{t('realms.roundsTable')}</summary>
          <div className="table-scroll" tabIndex={0} role="region" aria-label={t('realms.roundsTable')}>
            <table>
              <thead>
                <tr>
                  {(['round', 'coordinatorName', 'took', 'reports', 'survivors', 'ours'] as const).map((name) => (
                    <th key={name} scope="col">
                      {t(`realms.${name}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rounds.toReversed().map((row) => (
                  <tr key={`${row.term}/${row.round}`} data-testid="round">
                    <td>{count(row.round)}</td>
                    <td>{shortKey(row.coordinator)}</td>
                    <td>{t('realms.seconds', { seconds: (row.tookMs / 1_000).toFixed(1) })}</td>
                    <td>{t('realms.of', { some: count(row.reports), all: count(row.members) })}</td>
                    <td>{count(row.survivors)}</td>
                    <td>{count(row.ours)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </>
  )
}

/** A bar for each round, as long as it took; filled to the share that reported. */
function Timeline({ rounds }: { readonly rounds: Federation['rounds'] }) {
  if (rounds.length === 0) return <p className="empty">{t('realms.noRounds')}</p>
  const longest = Math.max(...rounds.map(({ tookMs }) => tookMs), 1)
  const step = WIDTH / rounds.length
  return (
    <svg role="img" aria-label={t('realms.timelineLabel', { count: rounds.length, longest: (longest / 1_000).toFixed(1) })} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="round-timeline">
      {rounds.map(({ round, term, tookMs, reports, members }, at) => {
        const height = Math.max(2, (tookMs / longest) * HEIGHT)
        const full = members === 0 ? 0 : (reports / members) * height
        return (
          <g key={`${term}/${round}`} transform={`translate(${(at * step).toFixed(1)} 0)`}>
            <rect y={HEIGHT - height} width={Math.max(1, step - 2)} height={height} fill="var(--blue-wash)" stroke="var(--blue)" strokeWidth="0.5" />
            <rect y={HEIGHT - full} width={Math.max(1, step - 2)} height={full} fill="var(--blue)" />
          </g>
        )
      })}
    </svg>
  )
}
