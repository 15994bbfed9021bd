// The language of the page, applied at once and remembered.

import { rememberLanguage } from '../../visit/remembered.ts'
import { language, languages, speak, t, type Language } from '../../words/translate.ts'
import { Panel } from '../panel.tsx'
import { useSource } from '../use-source.ts'

export function LanguagePanel() {
  const spoken = useSource(language)
  const choose = async (wanted: Language): Promise<void> => {
    await speak(wanted)
    rememberLanguage(localStorage, wanted)
  }
  return (
    <Panel title={t('shell.language')} area="language">
      <select aria-label={t('shell.language')} data-testid="language" value={spoken} onChange={(event) => void choose(event.target.value as Language)}>
        {Object.entries(languages).map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </Panel>
  )
}
