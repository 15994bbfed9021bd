// How much this browser gives and when, what it gives now and why, and what that costs. Applied at once.

import { donationPresets, type Command, type Settings, type Snapshot } from '@megabrain/island'
import { useId } from 'react'
import { percent } from '../../words/format.ts'
import { sentenceOf } from '../../words/state.ts'
import { t } from '../../words/translate.ts'
import { EnergyLines } from './energy-lines.tsx'
import { NumberSetting } from './number-setting.tsx'
import { Panel } from '../panel.tsx'
import { ScheduleGrid } from './schedule-grid.tsx'

interface SettingsPanelProps {
  readonly snapshot: Snapshot
  readonly command: (command: Command) => void
}

const HOUR_MS = 3_600_000

export function SettingsPanel({ snapshot, command }: SettingsPanelProps) {
  const id = useId()
  const { settings, phase, share, dutyPercent } = snapshot
  const onChange = (changes: Partial<Settings>): void => command({ kind: 'configure', settings: changes })
  const isActive = phase === 'running' || phase === 'paused'
  return (
    <Panel title={t('settings.give')} area="settings">
      <p data-testid="donation-state" data-share={share}>
        {sentenceOf(snapshot)} {t('settings.set', { share: percent(settings.dutyPercent), count: settings.workers })}{' '}
        <b>{t('settings.measured', { share: percent(dutyPercent) })}</b>
      </p>
      {isActive ? (
        <p className="setting-row">
          <button type="button" className="button button-small" data-testid="snooze" onClick={() => command({ kind: 'snooze', until: Date.now() + HOUR_MS })}>
            {t('shell.do.snooze')}
          </button>
          {phase === 'running' ? (
            <button type="button" className="button button-small" data-testid="finish" onClick={() => command({ kind: 'finish' })}>
              {t('shell.do.finish')}
            </button>
          ) : null}
        </p>
      ) : null}
      <p className="setting-row">
        {Object.entries(donationPresets).map(([name, preset]) => (
          <button key={name} type="button" className="button button-small" data-testid="preset" data-name={name} onClick={() => onChange(preset)}>
            {t(`settings.preset.${name as keyof typeof donationPresets}`)}
          </button>
        ))}
      </p>
      <div className="setting-duty">
        <label htmlFor={id}>{t('settings.share')}</label>
        <output htmlFor={id}>{percent(settings.dutyPercent)}</output>
        <input
          id={id}
          type="range"
          data-testid="duty-set"
          min={5}
          max={100}
          step={5}
          value={settings.dutyPercent}
          aria-valuetext={percent(settings.dutyPercent)}
          onChange={(event) => onChange({ dutyPercent: event.target.valueAsNumber })}
        />
      </div>
      <NumberSetting
        name="workers"
        label={t('settings.workers')}
        note={t('settings.workersNote', { cores: navigator.hardwareConcurrency })}
        value={settings.workers}
        min={1}
        max={Math.min(64, navigator.hardwareConcurrency)}
        onChange={(workers) => onChange({ workers })}
      />
      <Check name="hidden" value={settings.runWhenHidden} label={t('settings.background')} note={t('settings.backgroundNote')} onChange={(runWhenHidden) => onChange({ runWhenHidden })} />
      <Check name="battery" value={settings.runOnBattery} label={t('settings.battery')} note={t('settings.batteryNote')} onChange={(runOnBattery) => onChange({ runOnBattery })} />
      <Check name="give-way" value={settings.giveWay} label={t('settings.giveWay')} note={t('settings.giveWayNote')} onChange={(giveWay) => onChange({ giveWay })} />
      <ScheduleGrid schedule={settings.schedule} onChange={(schedule) => onChange({ schedule })} />
      <NumberSetting
        name="daily-minutes"
        label={t('settings.daily')}
        note={t('settings.dailyNote')}
        value={settings.dailyMinutes}
        min={0}
        max={1440 * 64}
        onChange={(dailyMinutes) => onChange({ dailyMinutes })}
      />
      <EnergyLines snapshot={snapshot} onWatts={(wattsPerCore) => onChange({ wattsPerCore })} />
      <Check name="relay-only" value={settings.relayOnly} label={t('settings.hideAddress')} note={t('settings.hideAddressNote')} onChange={(relayOnly) => onChange({ relayOnly })} />
      <RegionSetting region={settings.region} onChange={(region) => onChange({ region })} />
    </Panel>
  )
}

interface CheckProps {
  readonly name: string
  readonly value: boolean
  readonly label: string
  readonly note: string
  readonly onChange: (value: boolean) => void
}

function Check({ name, value, label, note, onChange }: CheckProps) {
  return (
    <label className="setting-check">
      <input type="checkbox" data-testid={name} checked={value} onChange={(event) => onChange(event.target.checked)} />
      <span>
        {label}
        <small>{note}</small>
      </span>
    </label>
  )
}

function RegionSetting({ region, onChange }: { readonly region: string; readonly onChange: (region: string) => void }) {
  /** Not while it is typed: each change is signed and told to all. */
  const apply = (input: HTMLInputElement): void => {
    input.value = input.value.trim().toLowerCase()
    if (input.checkValidity() && input.value !== region) onChange(input.value)
  }
  return (
    <label className="setting-text">
      <span>
        {t('settings.region')}
        <small>{t('settings.regionNote')}</small>
      </span>
      <input
        type="text"
        data-testid="region"
        maxLength={16}
        pattern="[a-z0-9-]*"
        placeholder={t('settings.none')}
        autoComplete="off"
        defaultValue={region}
        key={region}
        onBlur={(event) => apply(event.currentTarget)}
        onKeyDown={(event) => event.key === 'Enter' && apply(event.currentTarget)}
      />
    </label>
  )
}
