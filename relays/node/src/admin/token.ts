// The one secret that lets somebody administer this relay: made at the first start, kept as a 0600 file, compared in constant time,
// and not to be guessed, since wrong ones are few a minute.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { createRateBudget, prefixOf } from '@megabrain/mesh/node'
import { readIfThere, writeDurably } from '../data-folder.ts'
import { RelayStartError } from '../errors.ts'

export type Entrance = 'granted' | 'refused' | 'too-many'

const TOKEN_BYTES = 32
const MIN_CHARACTERS = 16
const MAX_CHARACTERS = 256
/** Wrong tokens of one address prefix that are looked at within a minute. No limit for all together: anybody could lock the operator out. */
const WRONG_PER_PREFIX = 10
const MINUTE_MS = 60_000

/** The token in this file, made if there is none. Throws `RelayStartError` when what is there is no token. */
export function openAdminToken(file: string): string {
  const stored = readIfThere(file)
  if (stored === undefined) {
    const made = randomBytes(TOKEN_BYTES).toString('base64url')
    writeDurably(file, Buffer.from(`${made}\n`))
    return made
  }
  const token = Buffer.from(stored).toString('utf8').trim()
  if (token.length >= MIN_CHARACTERS && token.length <= MAX_CHARACTERS && /^[\x21-\x7e]+$/.test(token)) return token
  throw new RelayStartError(`${file} must hold ${MIN_CHARACTERS} to ${MAX_CHARACTERS} characters without spaces. Delete it to have a new one made.`)
}

/** @returns who may enter by an `Authorization` header. After too many wrong ones an address is not even looked at; right ones cost nothing */
export function createDoor(token: string, now: () => number = Date.now): (authorization: string | undefined, ip: string) => Entrance {
  const tries = createRateBudget(WRONG_PER_PREFIX, MINUTE_MS, now)
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  const expected = digest(token)
  return (authorization, ip) => {
    const prefix = prefixOf(ip)
    if (!tries(prefix)) return 'too-many'
    const given = /^Bearer ([\x21-\x7e]{1,256})$/i.exec(authorization ?? '')?.[1]
    if (given === undefined || !timingSafeEqual(digest(given), expected)) return 'refused'
    tries(prefix, -1)
    return 'granted'
  }
}
