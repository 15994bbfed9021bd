// The estimate of energy, and the number that it hangs on; formula: docs/energy.md.

import { energyOf, type Snapshot } from '@megabrain/island'
import { count, rate } from '../../words/format.ts'
import { t } from '../../words/translate.ts'
import { NumberSetting } from './number-setting.tsx'

interface EnergyLinesProps {
  readonly snapshot: Pick<Snapshot, 'work' | 'settings'>
  readonly onWatts: (watts: number) => void
}

export function EnergyLines({ snapshot: { work, settings }, onWatts }: EnergyLinesProps) {
  const { wattHours, fitnessPerWattHour } = energyOf(work, settings.wattsPerCore)
  const today = energyOf({ ...work, busyMs: work.todayMs }, settings.wattsPerCore).wattHours
  return (
    <>
      <p data-testid="energy" data-watt-hours={wattHours}>
        {t('settings.energy', { ever: hours(wattHours), today: hours(today) })}
        {fitnessPerWattHour === undefined ? null : ` ${t('settings.gained', { fitness: count(fitnessPerWattHour) })}`}
      </p>
      <NumberSetting
        name="watts"
        label={t('settings.watts')}
        note={t('settings.wattsNote')}
        value={settings.wattsPerCore}
        min={0.1}
        max={100}
        step={0.1}
        onChange={onWatts}
      />
    </>
  )
}

function hours(wattHours: number): string {
  return wattHours < 1 ? `${rate(wattHours * 1000)} mWh` : `${rate(wattHours)} Wh`
}
