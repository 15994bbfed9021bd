// Who found what and who did verified work in the realm that is shown, and the file from which anyone counts the same.

import type { CreditView } from '@megabrain/island'
import { memo, useState } from 'react'
import { saveFile } from '../../visit/save-file.ts'
import { count, plural, shortKey } from '../../words/format.ts'
import { Panel } from '../panel.tsx'

interface CreditPanelProps {
  readonly credit: CreditView | undefined
  readonly author: string | undefined
  readonly exportCredit: () => Promise<Uint8Array | undefined>
}

type AuthorCredit = CreditView['work'][number]

export const CreditPanel = memo(function CreditPanel({ credit, author, exportCredit }: CreditPanelProps) {
  const [fault, setFault] = useState<string>()
  if (credit === undefined) return null
  const save = async (): Promise<void> => {
    const bytes = await exportCredit()
    if (bytes === undefined) return setFault('The tab that runs this island has the file: save it there.')
    setFault(undefined)
    saveFile('megabrain-credit.jsonl', new Blob([bytes.slice()], { type: 'application/jsonl' }))
  }
  const { own } = credit
  return (
    <Panel title="Credit" area="credit" note="counted from what is signed">
      <p
        data-testid="own-credit"
        data-discoveries={own?.discoveries ?? 0}
        data-claimed={own?.claimed ?? 0}
        data-work={own?.work ?? 0}
      >
        {own === undefined
          ? 'Nothing has been credited to you here yet.'
          : `You: ${own.discoveries.toFixed(2)} for discoveries, ${plural(own.evaluations, 'evaluation')} audited of ${count(own.claimed)} reported.`}
      </p>
      <Board title="Discoveries" authors={credit.discoveries} author={author} value={({ discoveries, finds }) => `${discoveries.toFixed(2)} · ${plural(finds, 'find')}`} />
      <Board title="Verified work" authors={credit.work} author={author} value={({ evaluations }) => `${plural(evaluations, 'evaluation')}`} />
      <button type="button" className="button button-small" data-testid="save-credit" onClick={() => void save()}>
        Save as a signed file
      </button>{' '}
      <span className="quiet">{fault ?? 'megabrain credit recompute FILE gives the same numbers.'}</span>
    </Panel>
  )
})

interface BoardProps {
  readonly title: string
  readonly authors: readonly AuthorCredit[]
  readonly author: string | undefined
  readonly value: (credit: AuthorCredit) => string
}

function Board({ title, authors, author, value }: BoardProps) {
  return (
    <>
      <h3>{title}</h3>
      {authors.length === 0 ? (
        <p className="empty">Nobody yet.</p>
      ) : (
        <ol className="realms">
          {authors.map((credit) => (
            <li key={credit.author} data-testid={`board-${title === 'Discoveries' ? 'discoveries' : 'work'}`} data-author={credit.author}>
              {credit.author === author ? <b>you</b> : <code title={credit.author}>{shortKey(credit.author)}</code>}
              <span>
                {value(credit)}
                {credit.badges.length === 0 ? '' : ` · ${credit.badges.join(', ')}`}
              </span>
            </li>
          ))}
        </ol>
      )}
    </>
  )
}
