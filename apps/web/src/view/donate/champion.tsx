// The best network found so far: drawn, and doing its task.

import type { Task } from '@megabrain/evolve'
import type { ChampionView } from '@megabrain/island'
import { memo, useMemo } from 'react'
import { drawnNetwork } from '../../drawing/drawn-network.ts'
import { count, plural, shortId, shortKey } from '../../words/format.ts'
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
      <Panel title="Champion" area="champion" note={champion?.solved === true ? <b>solves the task</b> : undefined}>
        <div data-testid="champion" data-cid={champion?.cid ?? ''} data-fitness={champion?.fitness ?? ''}>
          {champion === undefined || drawn === undefined ? (
            <p className="empty">The first champion appears after the first generation.</p>
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
      <CopyButton text={champion.cid} short={shortId(champion.cid)} what="champion CID" /> has fitness {count(champion.fitness)},{' '}
      {plural(champion.hidden, 'hidden neuron')} and {plural(champion.links, 'link')}.{' '}
      {champion.author === undefined
        ? `Bred here in generation ${count(champion.generation)}.`
        : `Found by ${shortKey(champion.author)}, verified here.`}
      {parent === undefined ? null : (
        <>
          {' '}
          Parent: <CopyButton text={parent} short={shortId(parent)} what="parent CID" />
        </>
      )}
    </p>
  )
}
