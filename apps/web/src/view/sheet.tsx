// A dialog over the page: closes by Escape, its button or a press beside it, and gives the focus back.

import { useEffect, useId, useRef, type ReactNode } from 'react'
import { t } from '../words/translate.ts'

interface SheetProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}

export function Sheet({ title, onClose, children }: SheetProps) {
  const heading = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    return () => shown?.close()
  }, [])
  return (
    <dialog ref={dialog} className="sheet" aria-labelledby={heading} onClose={onClose} onClick={({ target }) => target === dialog.current && onClose()}>
      <div className="sheet-body">
        <header className="panel-head">
          <h2 id={heading}>{title}</h2>
          <button type="button" className="button button-small" onClick={onClose}>
            {t('shell.close')}
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
