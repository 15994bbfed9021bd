// TURN servers for tabs whose routers let them reach nobody directly: the operator runs one (coturn) and shares a secret with it; pages
// get a password made from that which ends by itself, so none is ever published that lasts (coturn's `use-auth-secret`, after
// draft-uberti-behave-turn-rest).

import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Configuration } from './configuration.ts'
import { RelayStartError } from './errors.ts'

export interface TurnServers {
  readonly urls: readonly string[]
  /** When the password ends, seconds since 1970. */
  readonly username: string
  readonly credential: string
}

const HOUR_S = 3_600
/** A tab learns it with its page, and may stay for a day. */
const VALID_S = 25 * HOUR_S

/**
 * @returns what to tell who asks at `now`, seconds since 1970, the same for an hour; undefined without TURN
 * @throws RelayStartError when servers or secret are missing
 */
export function createTurn({ turn, turnSecretFile }: Pick<Configuration, 'turn' | 'turnSecretFile'>): ((now: number) => TurnServers) | undefined {
  if (turn.length === 0 && turnSecretFile === '') return undefined
  if (turn.length === 0) throw new RelayStartError('--turn-secret-file needs --turn: the servers that know the secret')
  if (turnSecretFile === '') throw new RelayStartError('--turn needs --turn-secret-file: the static-auth-secret of the servers')
  const secret = secretIn(turnSecretFile)
  return (now) => {
    const username = String(Math.floor(now / HOUR_S) * HOUR_S + VALID_S)
    return { urls: turn, username, credential: createHmac('sha1', secret).update(username).digest('base64') }
  }
}

function secretIn(file: string): string {
  let secret: string
  try {
    secret = readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new RelayStartError(`--turn-secret-file: cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`, { cause: error })
  }
  if (secret === '') throw new RelayStartError(`--turn-secret-file: ${file} is empty`)
  return secret
}
