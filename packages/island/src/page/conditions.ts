// What a page can hear of its machine: whether somebody looks, battery, save-data, how hard the processor is pressed, and how
// late its own event loop runs. Browsers that do not tell something (Firefox and Safari: battery, pressure) leave it out.

import { createDelayMeter, delayOf, withDelay } from '../donation/delay-meter.ts'
import type { Conditions } from '../donation/donation.ts'
import type { DonationSettings } from '../donation/donation-settings.ts'

export interface ConditionWatch {
  /** As they are now, where so much is set to be given. */
  read(settings: Pick<DonationSettings, 'dutyPercent' | 'workers'>): Partial<Conditions>
  close(): void
}

/** Chromium's Battery Status API, https://www.w3.org/TR/battery-status/ */
interface Battery extends EventTarget {
  readonly charging: boolean
}

/** Chromium's Network Information API, https://wicg.github.io/netinfo/ */
interface NetworkInformation extends EventTarget {
  readonly saveData?: boolean
}

interface Hints {
  readonly getBattery?: () => Promise<Battery>
  readonly connection?: NetworkInformation
}

/** Chromium's Compute Pressure API, https://www.w3.org/TR/compute-pressure/ */
interface PressureObserver {
  observe(source: 'cpu', options: { readonly sampleInterval: number }): Promise<void>
  disconnect(): void
}

type Pressure = NonNullable<Conditions['pressure']>
type PressureObservers = new (listener: (records: readonly { readonly state: Pressure }[]) => void) => PressureObserver

/** Of all cores. Chromium calls a processor fair from 60 % on, and we are not alone on it. */
const OWN_PRESSURE_PERCENT = 50
const PRESSURE_INTERVAL_MS = 1_000
const DELAY_INTERVAL_MS = 250
/** Delays are told on so often. */
const DELAYS_TOLD = 4

/**
 * @param isWatchedElsewhere whether another tab of this origin shows this island in front
 * @param onChange called whenever a condition may have changed
 */
export async function watchConditions(isWatchedElsewhere: () => boolean, onChange: () => void): Promise<ConditionWatch> {
  const { connection } = navigator as Hints
  const battery = await batteryOf(navigator as Hints)
  let pressure: Pressure | undefined
  const closePressure = watchPressure((state) => {
    pressure = state
    onChange()
  })
  const delay = watchDelay(onChange)
  const sources: readonly (readonly [EventTarget | undefined, string])[] = [
    [document, 'visibilitychange'],
    [battery, 'chargingchange'],
    [connection, 'change'],
  ]
  for (const [source, event] of sources) source?.addEventListener(event, onChange)
  return {
    read: ({ dutyPercent, workers }) => ({
      hidden: document.visibilityState === 'hidden' && !isWatchedElsewhere(),
      onBattery: battery?.charging === false,
      saveData: connection?.saveData === true,
      // Not told in the background; and the pressure that we make by ourselves says nothing about others.
      pressure: document.visibilityState === 'hidden' || dutyPercent * workers > OWN_PRESSURE_PERCENT * navigator.hardwareConcurrency ? undefined : pressure,
      delayMs: delay.read(),
    }),
    close() {
      for (const [source, event] of sources) source?.removeEventListener(event, onChange)
      closePressure()
      delay.close()
    },
  }
}

async function batteryOf(hints: Hints): Promise<Battery | undefined> {
  try {
    return await hints.getBattery?.()
  } catch {
    // A permissions policy may forbid it; then we do not know.
    return undefined
  }
}

function watchPressure(onPressure: (state: Pressure) => void): () => void {
  const { PressureObserver: Observer } = globalThis as { PressureObserver?: PressureObservers }
  if (Observer === undefined) return () => undefined
  const observer = new Observer((records) => {
    const last = records.at(-1)
    if (last !== undefined) onPressure(last.state)
  })
  // Refused in frames without permission, and on machines that do not measure it.
  observer.observe('cpu', { sampleInterval: PRESSURE_INTERVAL_MS }).catch(() => undefined)
  return () => observer.disconnect()
}

/** How much later than asked a timer of this page rings. */
function watchDelay(onChange: () => void): { read(): number | undefined; close(): void } {
  let meter = createDelayMeter()
  let count = 0
  let asked = performance.now()
  let timer: ReturnType<typeof setTimeout>
  const ring = (): void => {
    const now = performance.now()
    meter = document.visibilityState === 'hidden' ? createDelayMeter() : withDelay(meter, Math.max(0, now - asked - DELAY_INTERVAL_MS), now)
    count += 1
    if (count % DELAYS_TOLD === 0) onChange()
    wait()
  }
  const wait = (): void => {
    asked = performance.now()
    timer = setTimeout(ring, DELAY_INTERVAL_MS)
  }
  wait()
  return { read: () => delayOf(meter), close: () => clearTimeout(timer) }
}
