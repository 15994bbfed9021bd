// Everything by name: views to go to and things to do, narrowed by what is typed.

import type { Command, Snapshot } from '@megabrain/island'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import { linkTo } from '../visit/route.ts'
import { t } from '../words/translate.ts'
import { Sheet } from './sheet.tsx'
import { shownViews } from './views.ts'

interface PaletteProps {
  readonly snapshot: Snapshot
  readonly command: (command: Command) => void
  readonly onClose: () => void
}

interface Entry {
  readonly id: string
  readonly name: string
  readonly act: () => void
}

const HOUR_MS = 3_600_000

export function Palette({ snapshot, command, onClose }: PaletteProps) {
  const list = useId()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState(0)
  const found = entriesOf(snapshot.phase, command).filter(({ name }) => name.toLowerCase().includes(typed.trim().toLowerCase()))
  const at = Math.min(chosen, found.length - 1)
  const act = (entry: Entry | undefined): void => {
    if (entry === undefined) return
    onClose()
    entry.act()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) setChosen((at + step + found.length) % Math.max(1, found.length))
    else if (event.key === 'Enter') act(found[at])
    else return
    event.preventDefault()
  }
  return (
    <Sheet title={t('shell.palette')} onClose={onClose}>
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={found[at] === undefined ? undefined : `${list}-${found[at].id}`}
        aria-label={t('shell.paletteHint')}
        placeholder={t('shell.paletteHint')}
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setChosen(0)
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={list} className="palette" role="listbox" aria-label={t('shell.palette')}>
        {found.map((entry, index) => (
          <li key={entry.id} id={`${list}-${entry.id}`} role="option" aria-selected={index === at} onClick={() => act(entry)} onPointerMove={() => setChosen(index)}>
            {entry.name}
          </li>
        ))}
      </ul>
      {found.length === 0 ? <p className="empty">{t('shell.nothingFound')}</p> : null}
    </Sheet>
  )
}

function entriesOf(phase: Snapshot['phase'], command: (command: Command) => void): readonly Entry[] {
  const does = (kind: 'start' | 'pause' | 'resume' | 'stop' | 'finish'): Entry => ({ id: kind, name: t(`shell.do.${kind}`), act: () => command({ kind }) })
  const snooze: Entry = { id: 'snooze', name: t('shell.do.snooze'), act: () => command({ kind: 'snooze', until: Date.now() + HOUR_MS }) }
  const acts = phase === 'running' || phase === 'starting' ? [does('pause'), snooze, does('finish'), does('stop')] : phase === 'paused' ? [does('resume'), does('stop')] : [does('start')]
  const goes = shownViews.map((name): Entry => ({
    id: `view-${name}`,
    name: t(`shell.view.${name}`),
    act: () => {
      location.hash = linkTo(name)
    },
  }))
  return [...goes, ...acts]
}
