// Under which key this browser publishes, and what it keeps.

import { plural, shortKey } from '../../words/format.ts'
import { CopyButton } from '../copy-button.tsx'
import { Panel } from '../panel.tsx'

interface SignatureProps {
  readonly author: string | undefined
  readonly published: number
  readonly archived: number
}

export function Signature({ author, published, archived }: SignatureProps) {
  return (
    <Panel title="Your signature" area="signature">
      <p data-testid="author" data-author={author ?? ''}>
        {author === undefined ? (
          'The key is made at the first start, in this browser.'
        ) : (
          <>
            Your key is <CopyButton text={author} short={shortKey(author)} what="your author key" />. What you publish is signed with it, under
            Apache-2.0. Only your twelve words carry it to another machine.
          </>
        )}
      </p>
      <p className="quiet">
        {plural(published, 'claim')} published by you, {plural(archived, 'verified result')} kept here.
      </p>
    </Panel>
  )
}
