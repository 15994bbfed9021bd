// After the click: what is the same around every view. The state and its buttons, the way to the other views, keys and the palette.

import { lazy, Suspense, useEffect, useState } from 'react'
import { installation } from '../offline/installation.ts'
import { linkTo } from '../visit/route.ts'
import { labelOf } from '../words/state.ts'
import { t } from '../words/translate.ts'
import { Controls } from './controls.tsx'
import { Navigation } from './navigation.tsx'
import type { ViewProps } from './view-props.ts'
import { fetchViews, shownViews, views } from './views.ts'
import { Wordmark } from './wordmark.tsx'

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }))
const KeySheet = lazy(async () => ({ default: (await import('./key-sheet.tsx')).KeySheet }))

export function Shell({ visit, snapshot, mesh, route }: ViewProps) {
  const label = labelOf(snapshot.phase)
  const [open, setOpen] = useState<'palette' | 'keys'>()
  const { command } = visit
  const { phase } = snapshot
  useEffect(() => {
    document.title = `${label} · ${t(`shell.view.${route.view}`)} · ${t('shell.name')}`
    return () => {
      document.title = t('shell.name')
    }
  }, [label, route.view])
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() === 'k' && (event.metaKey || event.ctrlKey)) {
        event.preventDefault()
        setOpen('palette')
        return
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isForItsTarget(event)) return
      const view = shownViews[Number(event.key) - 1]
      if (event.key === '?') setOpen('keys')
      else if (event.key === '/') setOpen('palette')
      else if (event.key === ' ') {
        if (phase === 'running') command({ kind: 'pause' })
        else if (phase === 'paused') command({ kind: 'resume' })
        else return
      } else if (view !== undefined) location.hash = linkTo(view)
      else return
      event.preventDefault()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [phase, command])
  useEffect(() => {
    installation()
    void fetchViews()
  }, [])
  const close = (): void => setOpen(undefined)
  const View = views[route.view] ?? views.donate
  return (
    <div className="shell">
      <a className="skip" href="#content" onClick={(event) => (event.preventDefault(), document.getElementById('content')?.focus())}>
        {t('shell.skip')}
      </a>
      <header className="bar">
        <Wordmark />
        <Controls phase={phase} reason={snapshot.reason} command={command} />
      </header>
      <Navigation shown={route.view} onPalette={() => setOpen('palette')} onKeys={() => setOpen('keys')} />
      <main id="content" tabIndex={-1} data-view={route.view}>
        <h1 className="unseen">{t(`shell.view.${route.view}`)}</h1>
        <Suspense fallback={<p className="empty" data-testid="loading">{t('shell.loading')}</p>}>
          {View === undefined ? null : <View visit={visit} snapshot={snapshot} mesh={mesh} route={route} />}
        </Suspense>
      </main>
      <Suspense>
        {open === 'palette' ? <Palette snapshot={snapshot} command={command} onClose={close} /> : null}
        {open === 'keys' ? <KeySheet onClose={close} /> : null}
      </Suspense>
    </div>
  )
}

/** Keys that mean something to what has the focus stay with it. */
function isForItsTarget({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.closest('dialog, input, select, textarea, [contenteditable], [role="application"]') !== null) return true
  return key === ' ' && target.closest('button, a, summary') !== null
}
