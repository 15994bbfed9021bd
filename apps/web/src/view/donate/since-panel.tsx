// What this computer has contributed: since the last visit, today and ever.

import type { Snapshot } from '@megabrain/island'
import { useEffect, useRef, useState } from 'react'
import { rememberedTally, rememberTally, type Tally } from '../../visit/tally.ts'
import { count, momentOf, rate } from '../../words/format.ts'
import { t } from '../../words/translate.ts'
import { Panel } from '../panel.tsx'

const MINUTE_MS = 60_000

export function SincePanel({ snapshot }: { readonly snapshot: Snapshot }) {
  const { work, evaluations, credit, published, adoptions, bestInMesh } = snapshot
  const now: Omit<Tally, 'time'> = { busyMs: work.busyMs, evaluations, published, discoveries: credit?.own?.discoveries ?? 0, finds: credit?.own?.finds ?? 0, bestInMesh }
  const [before] = useState(() => rememberedTally(localStorage))
  const latest = useRef(now)
  useEffect(() => {
    latest.current = now
  })
  useEffect(() => {
    const keep = (): void => {
      if (latest.current.evaluations > 0) rememberTally(localStorage, { ...latest.current, time: Date.now() })
    }
    addEventListener('pagehide', keep)
    return () => {
      removeEventListener('pagehide', keep)
      keep()
    }
  }, [])
  const row = (name: 'computed' | 'evaluated' | 'published' | 'finds' | 'credit', ever: string, since: string | undefined) => (
    <tr>
      <th scope="row">{t(`donate.tally.${name}`)}</th>
      {since === undefined ? null : <td>{since}</td>}
      <td>{ever}</td>
    </tr>
  )
  const gained = (key: 'busyMs' | 'evaluations' | 'published' | 'discoveries' | 'finds'): number | undefined => (before === undefined ? undefined : Math.max(0, now[key] - before[key]))
  const minutes = (ms: number): string => t('donate.minutes', { minutes: rate(ms / MINUTE_MS) })
  const since = { busyMs: gained('busyMs'), evaluations: gained('evaluations'), published: gained('published'), discoveries: gained('discoveries'), finds: gained('finds') }
  const shown = (value: number | undefined, words: (value: number) => string): string | undefined => (value === undefined ? undefined : words(value))
  return (
    <Panel title={t('donate.contributed')} area="since" note={t('donate.today', { minutes: minutes(work.todayMs) })}>
      <table className="tally" data-testid="tally">
        <thead>
          <tr>
            <td />
            {before === undefined ? null : <th scope="col">{t('donate.since', { moment: momentOf(before.time) })}</th>}
            <th scope="col">{t('donate.ever')}</th>
          </tr>
        </thead>
        <tbody>
          {row('computed', minutes(work.busyMs), shown(since.busyMs, minutes))}
          {row('evaluated', count(evaluations), shown(since.evaluations, count))}
          {row('published', count(published), shown(since.published, count))}
          {row('finds', count(now.finds), shown(since.finds, count))}
          {row('credit', rate(now.discoveries), shown(since.discoveries, rate))}
        </tbody>
      </table>
      {before !== undefined && bestInMesh > before.bestInMesh ? <p>{t('donate.meshRose', { from: count(before.bestInMesh), to: count(bestInMesh) })}</p> : null}
      {adoptions.length === 0 ? null : <p>{t('donate.adopted', { count: adoptions.length })}</p>}
    </Panel>
  )
}
