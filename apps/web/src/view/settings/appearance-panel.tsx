// How the page looks and which language it speaks, applied at once and remembered.

import { useId, useState } from 'react'
import { appearances, chooseAppearance, rememberedAppearance, type Appearance } from '../../visit/appearance.ts'
import { rememberLanguage } from '../../visit/remembered.ts'
import { language, languages, speak, t, type Language } from '../../words/translate.ts'
import { Panel } from '../panel.tsx'
import { useSource } from '../use-source.ts'

export function AppearancePanel() {
  const [look, tongue] = [useId(), useId()]
  const spoken = useSource(language)
  const [appearance, setAppearance] = useState(() => rememberedAppearance(localStorage))
  const choose = async (wanted: Language): Promise<void> => {
    await speak(wanted)
    rememberLanguage(localStorage, wanted)
  }
  return (
    <Panel title={t('settings.appearance')} area="appearance">
      <p className="setting-row">
        <label htmlFor={tongue}>{t('shell.language')}</label>
        <select id={tongue} data-testid="language" value={spoken} onChange={({ target }) => void choose(target.value as Language)}>
          {Object.entries(languages).map(([tag, name]) => (
            <option key={tag} value={tag} lang={tag}>
              {name}
            </option>
          ))}
        </select>
      </p>
      <p className="setting-row">
        <label htmlFor={look}>{t('settings.colours')}</label>
        <select
          id={look}
          data-testid="appearance"
          value={appearance}
          onChange={({ target }) => {
            setAppearance(target.value as Appearance)
            chooseAppearance(window, target.value as Appearance)
          }}
        >
          {appearances.map((known) => (
            <option key={known} value={known}>
              {t(`settings.appearances.${known}`)}
            </option>
          ))}
        </select>
      </p>
    </Panel>
  )
}
