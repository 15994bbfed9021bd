// The reasons outside the visitor's will for which a polite page does not compute: nobody looks, the machine runs on
// battery, the browser asks to save data. Browsers that do not tell (Firefox and Safari: battery) give no reason.

import type { Reason, Settings } from '../snapshot.ts'

export interface Conditions {
  /** The first reason that holds under these settings. */
  reason(settings: Settings): Reason | undefined
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

/**
 * @param isWatchedElsewhere whether another tab of this origin shows this island in front
 * @param onChange called whenever a condition may have changed
 */
export async function watchConditions(isWatchedElsewhere: () => boolean, onChange: () => void): Promise<Conditions> {
  const { connection } = navigator as Hints
  const battery = await batteryOf(navigator as Hints)
  const sources: readonly (readonly [EventTarget | undefined, string])[] = [
    [document, 'visibilitychange'],
    [battery, 'chargingchange'],
    [connection, 'change'],
  ]
  for (const [source, event] of sources) source?.addEventListener(event, onChange)
  return {
    reason(settings) {
      if (document.visibilityState === 'hidden' && !isWatchedElsewhere() && !settings.runWhenHidden) return 'hidden'
      if (battery?.charging === false && !settings.runOnBattery) return 'battery'
      return connection?.saveData === true ? 'save-data' : undefined
    },
    close() {
      for (const [source, event] of sources) source?.removeEventListener(event, onChange)
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
