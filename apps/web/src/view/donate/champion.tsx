// The best network found so far: drawn, and doing its task.

import type { Task } from '@megabrain/evolve'
import type { ChampionView } from '@megabrain/island'
import { memo, useMemo } from 'react'
import { drawnNetwork } from '../../drawing/drawn-network.ts'
import { count, shortId, shortKey } from '../../words/format.ts'
import { t } from '../../words/translate.ts'
import { CopyButton } from '../copy-button.tsx'
import { NetworkDrawing } from '../genotypes/network-drawing.tsx'
import { Panel } from '../panel.tsx'
import { Stage } from '../stage/stage.tsx'

interface ChampionProps {
  readonly champion: ChampionView | undefined
  readonly task: Task | undefined
}

// The CID names the content: a snapshot with the same one has nothing new to draw.
export const Champion = memo(
  function Champion({ champion, task }: ChampionProps) {
    const body = champion?.body
    const drawn = useMemo(() => (body === undefined ? undefined : drawnNetwork(body, task)), [body, task])
    return (
      <Panel title={t('donate.champion.title')} area="champion" note={champion?.solved === true ? <b>{t('donate.champion.solves')}</b> : undefined}>
        <div data-testid="champion" data-cid={champion?.cid ?? ''} data-fitness={champion?.fitness ?? ''}>
          {champion === undefined || drawn === undefined ? (
            <p className="empty">{t('donate.champion.none')}</p>
          ) : (
            <>
              {task === undefined ? null : <Stage key={task.id} task={task} drawn={drawn} />}
              <NetworkDrawing drawn={drawn} />
              <Facts champion={champion} />
            </>
          )}
        </div>
      </Panel>
    )
  },
  (before, after) =>
    before.task === after.task && before.champion?.cid === after.champion?.cid && before.champion?.solved === after.champion?.solved,
)

function Facts({ champion }: { readonly champion: ChampionView }) {
  const [parent] = champion.parents
  return (
    <p className="facts">
      <CopyButton text={champion.cid} short={shortId(champion.cid)} what={t('donate.champion.cid')} /> {t('donate.champion.fitness', { fitness: count(champion.fitness) })}{' '}
      {t('donate.champion.neurons', { count: champion.hidden })} {t('donate.champion.links', { count: champion.links })}{' '}
      {champion.author === undefined
        ? t('donate.champion.bredHere', { generation: count(champion.generation) })
        : t('donate.champion.foundBy', { who: shortKey(champion.author) })}
      {parent === undefined ? null : (
        <>
          {' '}
          {t('donate.champion.parent')} <CopyButton text={parent} short={shortId(parent)} what={t('donate.champion.parentCid')} />
        </>
      )}
    </p>
  )
}
