// The hours of the week in which this computer computes, as a grid to click in: by its own clock, clock changes included.

import '../../style/schedule.css'
import { alwaysAllowed, isHourAllowed, withHour, type Settings } from '@megabrain/island'
import { language, t } from '../../words/translate.ts'

type Schedule = Settings['schedule']

interface ScheduleGridProps {
  readonly schedule: Schedule
  readonly onChange: (schedule: Schedule) => void
}

/** A Monday. */
const SOME_MONDAY = Date.UTC(2024, 0, 1)
const DAY_MS = 86_400_000
const QUARTERS = [0, 6, 12, 18]
const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

export function ScheduleGrid({ schedule, onChange }: ScheduleGridProps) {
  const hours = schedule.reduce((sum, _, day) => sum + HOURS.filter((hour) => isHourAllowed(schedule, day, hour)).length, 0)
  return (
    <details className="schedule" data-testid="schedule" data-hours={hours}>
      <summary>{hours === 7 * 24 ? t('settings.hoursAlways') : t('settings.hoursSome', { hours })}</summary>
      <p>
        <small>{t('settings.hoursText')}</small>
      </p>
      <table>
        <thead>
          <tr>
            <td />
            {QUARTERS.map((hour) => (
              <th key={hour} scope="colgroup" colSpan={6}>
                {hour}:00
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {dayNames('long').map((name, day) => (
            <tr key={name}>
              <th scope="row">
                <button type="button" data-testid="schedule-day" onClick={() => onChange(withDay(schedule, day))}>
                  {dayNames('short')[day]}
                </button>
              </th>
              {HOURS.map((hour) => {
                const allowed = isHourAllowed(schedule, day, hour)
                return (
                  <td key={hour}>
                    <button
                      type="button"
                      data-testid="schedule-hour"
                      aria-pressed={allowed}
                      aria-label={`${name} ${hour}:00`}
                      title={`${name} ${hour}:00`}
                      onClick={() => onChange(withHour(schedule, day, hour, !allowed))}
                    />
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

/** Monday first. */
function dayNames(weekday: 'long' | 'short'): readonly string[] {
  const format = new Intl.DateTimeFormat(language.current(), { weekday, timeZone: 'UTC' })
  return Array.from({ length: 7 }, (_, day) => format.format(SOME_MONDAY + day * DAY_MS))
}

/** All of a day's hours, or none when it has all. */
function withDay(schedule: Schedule, day: number): Schedule {
  const all = alwaysAllowed[day]!
  return schedule.map((mask, index) => index !== day ? mask : mask === all ? 0 : all)
}
