// The page as a whole: why it cannot run, the welcome before the first click, or the dashboard after it.

import { lazy, use } from 'react'
import type { Opened, Visit } from '../visit/open-visit.ts'
import { keptSentence } from '../words/kept.ts'
import { Dashboard } from './dashboard.tsx'
import { useSource } from './use-source.ts'
import { Welcome } from './welcome.tsx'

/** For few browsers. */
const ObstaclePage = lazy(async () => ({ default: (await import('./obstacle-page.tsx')).ObstaclePage }))

export function App({ opening }: { readonly opening: Promise<Opened> }) {
  const opened = use(opening)
  return opened.kind === 'obstacle' ? <ObstaclePage obstacle={opened.obstacle} /> : <VisitPage visit={opened.visit} />
}

function VisitPage({ visit }: { readonly visit: Visit }) {
  const snapshot = useSource(visit.island)
  const mesh = useSource(visit.meshOf(snapshot.realm))
  return snapshot.phase === 'idle' && !snapshot.watching ? (
    <Welcome needsConsent={visit.needsConsent} kept={keptSentence(snapshot)} onStart={visit.start} />
  ) : (
    <Dashboard
      snapshot={snapshot}
      mesh={mesh}
      tasks={visit.tasks}
      offered={visit.realms}
      island={visit.island}
      command={visit.command}
      exportCredit={visit.exportCredit}
    />
  )
}
