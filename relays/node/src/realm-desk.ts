// Where anybody can ask this relay to host a realm, if its operator wants that: a signed policy by POST, without a token. Apart from the
// admin interface, since it is for strangers: few a minute, no more realms than there is room for, and nothing that is banned.

import type { IncomingMessage } from 'node:http'
import { MAX_REALM_BYTES } from '@megabrain/exchange'
import { createRateBudget, prefixOf } from '@megabrain/mesh/node'
import type { Access } from './admin/access.ts'
import { originOf } from './admin/origin.ts'
import { readRealmFile } from './hosted-realms.ts'
import type { Hosting } from './hosting.ts'
import { json } from './http/answer.ts'
import type { Answer, Responder } from './http/answer.ts'
import { readBody } from './http/read-body.ts'

export const DESK_PATH = '/realms'
const PER_PREFIX = 6
const MINUTE_MS = 60_000
const plain = { 'Cache-Control': 'no-store' }

export function createRealmDesk(hosting: Pick<Hosting, 'add' | 'hasRoom'>, access: () => Access): Responder {
  const tries = createRateBudget(PER_PREFIX, MINUTE_MS)
  const refused = (status: number, error: string, headers: Readonly<Record<string, string>> = {}): Answer => json(status, { error }, { ...plain, ...headers })
  return async (path, request: IncomingMessage) => {
    if (path !== DESK_PATH || request.method !== 'POST') return undefined
    const { realmAdmission, allowed, banned } = access()
    if (realmAdmission === 'own') return refused(403, 'This relay hosts no realms of others.')
    if (!tries(prefixOf(originOf(request).ip))) return refused(429, 'Too many realms from this network.', { 'Retry-After': '60' })
    const body = await readBody(request, MAX_REALM_BYTES)
    const read = body === undefined ? 'it is too large, or did not arrive' : readRealmFile(body)
    if (typeof read === 'string') return refused(400, `The body must be a signed policy: ${read}.`)
    const isListed = allowed.realms.includes(read.id)
    if (banned.realms.includes(read.id) || !(isListed || realmAdmission === 'any')) return refused(403, 'This relay does not host this realm.')
    if (!isListed && !hosting.hasRoom()) return refused(503, 'This relay hosts as many realms as it can.', { 'Retry-After': '3600' })
    const added = await hosting.add(read.document)
    return 'id' in added ? json(201, added, plain) : refused(409, `Not hosted: ${added.fault}.`)
  }
}
