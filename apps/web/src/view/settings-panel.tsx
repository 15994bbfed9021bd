// How much this browser gives, and when. Applied at once.

import type { Settings } from '@megabrain/island'
import { useId } from 'react'
import { percent } from '../words/format.ts'
import { Panel } from './panel.tsx'

interface SettingsPanelProps {
  readonly settings: Settings
  readonly onChange: (settings: Partial<Settings>) => void
}

export function SettingsPanel({ settings, onChange }: SettingsPanelProps) {
  const id = useId()
  /** Not while it is typed: each change is signed and told to all. */
  const apply = (input: HTMLInputElement): void => {
    input.value = input.value.trim().toLowerCase()
    if (input.checkValidity() && input.value !== settings.region) onChange({ region: input.value })
  }
  return (
    <Panel title="How much to give" area="settings">
      <div className="setting-duty">
        <label htmlFor={id}>Share of one processor core</label>
        <output htmlFor={id}>{percent(settings.dutyPercent)}</output>
        <input
          id={id}
          type="range"
          min={5}
          max={100}
          step={5}
          value={settings.dutyPercent}
          aria-valuetext={percent(settings.dutyPercent)}
          onChange={(event) => onChange({ dutyPercent: event.target.valueAsNumber })}
        />
      </div>
      <label className="setting-check">
        <input type="checkbox" checked={settings.runWhenHidden} onChange={(event) => onChange({ runWhenHidden: event.target.checked })} />
        <span>
          Go on in the background<small>when another tab or window covers this page</small>
        </span>
      </label>
      <label className="setting-check">
        <input type="checkbox" checked={settings.runOnBattery} onChange={(event) => onChange({ runOnBattery: event.target.checked })} />
        <span>
          Go on on battery<small>where the browser says that this computer is unplugged</small>
        </span>
      </label>
      <label className="setting-check">
        <input
          type="checkbox"
          data-testid="relay-only"
          checked={settings.relayOnly}
          onChange={(event) => onChange({ relayOnly: event.target.checked })}
        />
        <span>
          Hide my address from other visitors<small>everything goes through the relay, which still sees it; results arrive a little later</small>
        </span>
      </label>
      <label className="setting-text">
        <span>
          Region, if you like<small>a word of your own, such as europe or lab-2: everybody sees it, and strangers from other regions come more rarely</small>
        </span>
        <input
          type="text"
          data-testid="region"
          maxLength={16}
          pattern="[a-z0-9-]*"
          placeholder="none"
          autoComplete="off"
          defaultValue={settings.region}
          key={settings.region}
          onBlur={(event) => apply(event.currentTarget)}
          onKeyDown={(event) => event.key === 'Enter' && apply(event.currentTarget)}
        />
      </label>
    </Panel>
  )
}
