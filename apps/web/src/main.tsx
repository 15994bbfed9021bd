// Entry of the page: opens the visit, which starts nothing, and draws it, in the visitor's language from the first word on.

import { StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { appear, rememberedAppearance } from './visit/appearance.ts'
import { openVisit, type Opened } from './visit/open-visit.ts'
import { rememberedLanguage } from './visit/remembered.ts'
import { App } from './view/app.tsx'
import { Welcome } from './view/welcome/welcome.tsx'
import { bestLanguage, speak } from './words/translate.ts'

const root = document.getElementById('page')
if (root === null) throw new TypeError('The page must have an element with the id "page"')

appear(document, rememberedAppearance(window.localStorage))
const opening = openVisit(window).catch((error: unknown): Opened => ({
  kind: 'obstacle',
  obstacle: { kind: 'failed', detail: error instanceof Error ? error.message : String(error) },
}))
// A language that cannot be fetched keeps nobody from the page.
await speak(bestLanguage([rememberedLanguage(window.localStorage) ?? '', ...navigator.languages])).catch(() => undefined)

createRoot(root).render(
  <StrictMode>
    <Suspense fallback={<Welcome needsConsent kept={undefined} onStart={undefined} />}>
      <App opening={opening} />
    </Suspense>
  </StrictMode>,
)
