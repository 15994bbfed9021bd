// The page as a whole: why it cannot run, the welcome before the first click, or the shell with its views after it.

import { lazy, use } from 'react'
import type { Opened, Visit } from '../visit/open-visit.ts'
import { keptSentence } from '../words/kept.ts'
import { language } from '../words/translate.ts'
import { Shell } from './shell.tsx'
import { useSource } from './use-source.ts'
import { Welcome } from './welcome/welcome.tsx'

/** For few browsers. */
const ObstaclePage = lazy(async () => ({ default: (await import('./welcome/obstacle-page.tsx')).ObstaclePage }))

export function App({ opening }: { readonly opening: Promise<Opened> }) {
  const opened = use(opening)
  const spoken = useSource(language)
  return opened.kind === 'obstacle' ? <ObstaclePage key={spoken} obstacle={opened.obstacle} /> : <VisitPage key={spoken} visit={opened.visit} />
}

function VisitPage({ visit }: { readonly visit: Visit }) {
  const snapshot = useSource(visit.island)
  const mesh = useSource(visit.meshOf(snapshot.realm))
  const route = useSource(visit.route)
  return snapshot.phase === 'idle' && !snapshot.watching ? (
    <Welcome needsConsent={visit.needsConsent} kept={keptSentence(snapshot)} onStart={visit.start} />
  ) : (
    <Shell visit={visit} snapshot={snapshot} mesh={mesh} route={route} />
  )
}
