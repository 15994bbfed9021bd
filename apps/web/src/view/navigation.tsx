// The way to every view: a column beside it where there is room, a row under the thumb on a phone.

import { linkTo, type ViewName } from '../visit/route.ts'
import { t } from '../words/translate.ts'
import { shownViews } from './views.ts'

interface NavigationProps {
  readonly shown: ViewName
  readonly onPalette: () => void
  readonly onKeys: () => void
}

export function Navigation({ shown, onPalette, onKeys }: NavigationProps) {
  return (
    <nav className="views" aria-label={t('shell.views')}>
      <ul>
        {shownViews.map((name) => (
          <li key={name}>
            <a href={linkTo(name)} data-testid={`view-${name}`} aria-current={name === shown ? 'page' : undefined}>
              {t(`shell.view.${name}`)}
            </a>
          </li>
        ))}
      </ul>
      <p className="views-more">
        <button type="button" className="button button-small" onClick={onPalette}>
          {t('shell.palette')} <kbd>/</kbd>
        </button>
        <button type="button" className="button button-small" onClick={onKeys}>
          {t('shell.keys')} <kbd>?</kbd>
        </button>
      </p>
    </nav>
  )
}
