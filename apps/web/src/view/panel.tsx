// A titled region of a view.

import { useId, type ReactNode } from 'react'

interface PanelProps {
  readonly title: string
  /** Names its class, `panel-…`. */
  readonly area: string
  readonly note?: ReactNode
  readonly children: ReactNode
}

export function Panel({ title, area, note, children }: PanelProps) {
  const heading = useId()
  return (
    <section className={`panel panel-${area}`} aria-labelledby={heading}>
      <header className="panel-head">
        <h2 id={heading}>{title}</h2>
        {note === undefined ? null : <p className="panel-note">{note}</p>}
      </header>
      {children}
    </section>
  )
}
