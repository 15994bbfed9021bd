// The estimate of energy, and the number that it hangs on; formula: docs/energy.md.

import { energyOf, type Snapshot } from '@megabrain/island'
import { count, rate } from '../../words/format.ts'
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
        Energy, estimated: {hours(wattHours)} so far, {hours(today)} on the last day.
        {fitnessPerWattHour === undefined ? null : ` Fitness gained: ${count(fitnessPerWattHour)} per Wh.`}
      </p>
      <NumberSetting
        name="watts"
        label="Watts of a busy core"
        note="what it draws beyond an idle one; 10 is a guess for a desktop, 4 for a laptop"
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
