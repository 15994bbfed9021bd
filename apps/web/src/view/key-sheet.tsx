// The keys that work everywhere, on one sheet.

import { t } from '../words/translate.ts'
import { Sheet } from './sheet.tsx'
import { shownViews } from './views.ts'

export function KeySheet({ onClose }: { readonly onClose: () => void }) {
  return (
    <Sheet title={t('shell.keysHint')} onClose={onClose}>
      <dl className="keys">
        <Row keys={['/', 'Ctrl K']} meaning={t('shell.key.palette')} />
        <Row keys={['?']} meaning={t('shell.key.keys')} />
        <Row keys={['Space']} meaning={t('shell.key.pause')} />
        <Row keys={[`1 – ${Math.min(9, shownViews.length)}`]} meaning={t('shell.key.view')} />
      </dl>
    </Sheet>
  )
}

function Row({ keys, meaning }: { readonly keys: readonly string[]; readonly meaning: string }) {
  return (
    <div>
      <dt>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{meaning}</dd>
    </div>
  )
}
