// The vision's four settings, under its names. Frozen: programs of others are configured by them (`api.test.ts`).

export interface MegabrainSettings {
  /** Whether other participants and relays are connected to; else the island evolves alone. @default true */
  readonly meshEnabled: boolean
  /** Name or id of the realm that is worked for; `default` is the first that the relay offers. @default 'default' */
  readonly meshRealm: string
  /** Champions below this share of the best possible fitness are told to nobody, 0 to 1. @default 0.9 */
  readonly publishBestFitnessThreshold: number
  /** Realms to be in beside that one, by name or id; one that the relay does not offer is left out. @default ['default', 'research'] */
  readonly subscribeToRealms: readonly string[]
}

export const defaultMegabrainSettings: MegabrainSettings = {
  meshEnabled: true, meshRealm: 'default', publishBestFitnessThreshold: 0.9, subscribeToRealms: ['default', 'research'],
}

/** An island is in at most four realms. */
const MAX_SUBSCRIBED = 4

/** @throws RangeError that names the setting: a wrong one is a mistake of the program, and running otherwise than asked would hide it */
export function completeMegabrainSettings(given: Partial<MegabrainSettings>): MegabrainSettings {
  for (const name of Object.keys(given)) {
    if (!(name in defaultMegabrainSettings)) {
      throw new RangeError(`There is no setting ${name}; there are ${Object.keys(defaultMegabrainSettings).join(', ')}`)
    }
  }
  const settings = { ...defaultMegabrainSettings, ...given }
  const { meshEnabled, meshRealm, publishBestFitnessThreshold, subscribeToRealms } = settings
  if (typeof meshEnabled !== 'boolean') throw new RangeError(`meshEnabled is true or false, got ${String(meshEnabled)}`)
  if (typeof meshRealm !== 'string' || meshRealm === '') throw new RangeError(`meshRealm is the name of a realm, got ${String(meshRealm)}`)
  if (!(publishBestFitnessThreshold >= 0 && publishBestFitnessThreshold <= 1)) {
    throw new RangeError(`publishBestFitnessThreshold is 0 to 1, got ${String(publishBestFitnessThreshold)}`)
  }
  const areNames = Array.isArray(subscribeToRealms) && subscribeToRealms.every((name) => typeof name === 'string')
  if (!areNames || subscribeToRealms.length > MAX_SUBSCRIBED) {
    throw new RangeError(`subscribeToRealms is a list of at most ${MAX_SUBSCRIBED} names of realms`)
  }
  return settings
}
