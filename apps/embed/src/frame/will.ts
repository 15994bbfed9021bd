// What the visitor wants on this site, kept so that all frames of the site and later visits agree: the storage is the operator's,
// apart for each site that frames it. Written after consent alone.

export interface Will {
  /** Started and not stopped: it goes on by itself on the site's next page, as long as the consent lasts. */
  readonly isOn: boolean
  readonly isPaused: boolean
  /** The visitor's own, before the site's bound: per cent of one core, 1 to 100. */
  readonly dutyPercent: number
}

type Drawer = Pick<Storage, 'getItem' | 'setItem'>

export const firstWill: Will = { isOn: false, isPaused: false, dutyPercent: 25 }
const KEY = 'megabrain.embed.will'

/** Anything unexpected in the storage is the first will. */
export function readWill(drawer: Drawer): Will {
  const [on, paused, duty] = (drawer.getItem(KEY) ?? '').split(' ')
  const dutyPercent = /^\d{1,3}$/.test(duty ?? '') ? Math.min(100, Math.max(1, Number(duty))) : firstWill.dutyPercent
  return { isOn: on === 'on', isPaused: paused === 'paused', dutyPercent }
}

export function writeWill(drawer: Drawer, { isOn, isPaused, dutyPercent }: Will): void {
  try {
    drawer.setItem(KEY, `${isOn ? 'on' : 'off'} ${isPaused ? 'paused' : '-'} ${dutyPercent}`)
  } catch {
    // A full storage costs what the site's next page would have known.
  }
}
