// The relay that a check is of: the one that runs on the data folder, one that is started for the check alone, or one elsewhere.

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Configuration } from '../configuration.ts'
import { openDataFolder } from '../data-folder.ts'
import { RelayStartError } from '../errors.ts'
import { LOCK_FILE, relayRuns } from '../folder-content.ts'
import { createLog } from '../log.ts'
import { askRelay } from '../operator-socket.ts'
import type { Answers } from '../operator-socket.ts'
import { WELL_KNOWN_PATH } from '../relay-document.ts'
import type { RelayDocument } from '../relay-document.ts'
import { placeOf } from './place.ts'

export interface RelayUnderCheck {
  readonly addresses: Answers['addresses']
  /** For people, as a heading. */
  readonly named: string
  /** Whether it is there after the check, under this identity. */
  readonly lasts: boolean
  close(): Promise<void>
}

const PATIENCE_MS = 10_000
/** Addresses of a relay elsewhere that are dialled. */
const MAX_ELSEWHERE = 32

/** @param of web address of a relay elsewhere @throws RelayStartError */
export async function openRelayUnderCheck(configuration: Configuration, of: string | undefined): Promise<RelayUnderCheck> {
  if (of !== undefined) return await elsewhere(of)
  return relayRuns(configuration.data) ? await running(configuration) : await started(configuration)
}

async function running({ data }: Configuration): Promise<RelayUnderCheck> {
  try {
    const { value, hangUp } = await askRelay(data, 'addresses')
    hangUp()
    return { addresses: value, named: `The relay that runs on ${data}:`, lasts: true, close: async () => undefined }
  } catch (cause) {
    throw new RelayStartError((cause as Error).message, { cause })
  }
}

async function elsewhere(of: string): Promise<RelayUnderCheck> {
  try {
    const answer = await fetch(new URL(WELL_KNOWN_PATH, of), { signal: AbortSignal.timeout(PATIENCE_MS) })
    const { addresses, stun, realms } = await answer.json() as RelayDocument
    const announced = addresses.filter((address) => placeOf(address).port > 0).slice(0, MAX_ELSEWHERE)
    return {
      addresses: { announced, listening: [], ...(stun === undefined ? {} : { stun }), off: {}, realm: realms[0]?.policy ?? '' },
      named: `The relay of ${of}, as it is seen from here:`,
      lasts: true,
      close: async () => undefined,
    }
  } catch (cause) {
    const inner = (cause as Error).cause
    throw new RelayStartError(`No relay answers at ${of}: ${inner instanceof Error ? inner.message : (cause as Error).message}`, { cause })
  }
}

/** Under another identity, since the own one is of the data folder; that is held meanwhile, so that no relay starts beside it. */
async function started(configuration: Configuration): Promise<RelayUnderCheck> {
  const { openRelay } = await import('../relay.ts')
  const held = existsSync(join(configuration.data, LOCK_FILE)) ? openDataFolder(configuration.data) : undefined
  const data = mkdtempSync(join(tmpdir(), 'megabrain-check-'))
  const clean = (): void => {
    held?.close()
    rmSync(data, { recursive: true, force: true })
  }
  try {
    const relay = await openRelay({ ...configuration, data }, createLog(() => undefined, Date.now))
    return {
      addresses: relay.addresses(),
      named: 'No relay runs on the data folder: one was started with these settings, for the check alone.',
      lasts: false,
      close: () => relay.close().finally(clean),
    }
  } catch (cause) {
    clean()
    if (!(cause instanceof RelayStartError)) throw cause
    throw new RelayStartError(`${cause.message} If that is your relay, name its data folder: --data.`, { cause })
  }
}
