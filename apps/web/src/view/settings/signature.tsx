// Under which key this browser publishes, and what it keeps.

import { count, shortKey } from '../../words/format.ts'
import { t } from '../../words/translate.ts'
import { CopyButton } from '../copy-button.tsx'
import { Panel } from '../panel.tsx'

interface SignatureProps {
  readonly author: string | undefined
  readonly published: number
  readonly archived: number
}

export function Signature({ author, published, archived }: SignatureProps) {
  return (
    <Panel title={t('settings.signature')} area="signature">
      <p data-testid="author" data-author={author ?? ''}>
        {author === undefined ? (
          t('settings.noKey')
        ) : (
          <>
            {t('settings.key')} <CopyButton text={author} short={shortKey(author)} what={t('settings.authorKey')} />. {t('settings.keyText')}
          </>
        )}
      </p>
      <p className="quiet">
        {t('settings.signed', { published: count(published), archived: count(archived) })}
      </p>
    </Panel>
  )
}
