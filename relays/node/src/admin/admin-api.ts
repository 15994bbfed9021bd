// The admin interface over HTTP: JSON under /admin/api/, for whoever has the token, and the page that uses it. No cookies and no CORS,
// so no other page can act in an operator's name.

import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { MAX_REALM_BYTES } from '@megabrain/exchange'
import { json, text } from '../http/answer.ts'
import type { Answer, Responder } from '../http/answer.ts'
import { readBody } from '../http/read-body.ts'
import { accessKinds, accessLists, isListable, MAX_LISTED, realmAdmissions } from './access.ts'
import type { Control } from './control.ts'
import { originOf } from './origin.ts'
import type { Entrance } from './token.ts'

export interface AdminApiOptions {
  readonly control: Control
  readonly door: (authorization: string | undefined, ip: string) => Entrance
  /** Whether to answer whatever way a request has come; otherwise over loopback and TLS alone. */
  readonly isOpenToAll: boolean
  /** What the page shows beside what `control` knows, plain data. */
  readonly about: () => Readonly<Record<string, unknown>>
}

type Body = Readonly<Record<string, unknown>>
interface Action {
  /** Completes the sentence "The body must be …". */
  readonly takes: string
  /** Undefined: the body is something else. */
  run(body: Body, from: string): Promise<unknown> | undefined
}

const API = '/admin/api/'
const MAX_BODY_BYTES = Math.ceil(MAX_REALM_BYTES * 4 / 3) + 1_024
/** Connections in one answer, the newest. */
const MAX_CONNECTIONS = 500
const AUDIT_LINES = 50
const LISTED = `{ list, kind, value }: ${accessLists.join(' or ')}; ${accessKinds.join(', ')}; and a peer id, an IP prefix such as 192.0.2.0/24, or 64 hex characters`
const privately = { 'Cache-Control': 'no-store' }

const pageFiles: Readonly<Record<string, Answer>> = {
  '/admin': pageFile('page.html', 'text/html; charset=utf-8'),
  '/admin/page.js': pageFile('page.js', 'text/javascript; charset=utf-8'),
  '/admin/page.css': pageFile('page.css', 'text/css; charset=utf-8'),
}

export function createAdminApi({ control, door, isOpenToAll, about }: AdminApiOptions): Responder {
  const views: Readonly<Record<string, () => unknown>> = {
    overview: () => ({
      ...about(),
      load: control.load(),
      realms: control.realms(),
      counters: control.counters(),
      refused: control.refused(),
      shed: control.sheds(),
      access: control.access(),
      audit: control.audit(AUDIT_LINES),
    }),
    connections: () => {
      const all = control.connections()
      return { count: all.length, connections: all.slice(-MAX_CONNECTIONS).reverse() }
    },
    access: () => control.access(),
    audit: () => control.audit(AUDIT_LINES),
  }

  const listing = (isListed: boolean): Action['run'] => ({ list, kind, value }, from) => {
    if (!isOneOf(accessLists, list) || !isOneOf(accessKinds, kind) || typeof value !== 'string' || !isListable(kind, value)) return undefined
    if (isListed && control.access()[list][kind].length >= MAX_LISTED) return undefined
    return control.list(from, list, kind, value, isListed)
  }
  const actions: Readonly<Record<string, Action>> = {
    list: { takes: LISTED, run: listing(true) },
    unlist: { takes: LISTED, run: listing(false) },
    disconnect: {
      takes: '{ peer }, a peer id',
      run: ({ peer }, from) => (typeof peer === 'string' && isListable('peers', peer) ? Promise.resolve({ ended: control.disconnect(from, peer) }) : undefined),
    },
    'realm-admission': {
      takes: `{ admission }, one of ${realmAdmissions.join(', ')}`,
      run: ({ admission }, from) => (isOneOf(realmAdmissions, admission) ? control.admitRealms(from, admission) : undefined),
    },
    'add-realm': {
      takes: '{ document }, a signed policy in base64',
      run: ({ document }, from) => (typeof document === 'string' ? control.addRealm(from, Buffer.from(document, 'base64')) : undefined),
    },
    'remove-realm': {
      takes: '{ id }, 64 hex characters',
      run: ({ id }, from) => (typeof id === 'string' && isListable('realms', id) ? control.removeRealm(from, id).then((removed) => ({ removed })) : undefined),
    },
    reload: { takes: '{}', run: (_, from) => control.reload(from) },
    drain: { takes: '{}', run: async (_, from) => control.drain(from) },
  }

  async function act(action: Action, request: IncomingMessage, from: string): Promise<Answer> {
    const body = await jsonBody(request)
    try {
      const done = body === undefined ? undefined : action.run(body, from)
      if (done === undefined) return json(400, { error: `The body must be ${action.takes}.` }, privately)
      return json(200, await done ?? {}, privately)
    } catch (error) {
      // Such as a list that was edited by hand and cannot be read.
      return json(409, { error: (error as Error).message }, privately)
    }
  }

  return async (path, request) => {
    if (path !== '/admin' && !path.startsWith('/admin/')) return undefined
    const { ip, isPrivate } = originOf(request)
    if (!isPrivate && !isOpenToAll) return text(403, 'The admin interface answers over loopback and TLS alone.\n')
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (!path.startsWith(API)) return isRead ? pageFiles[path] : undefined
    const entrance = door(request.headers.authorization, ip)
    if (entrance === 'too-many') return json(429, { error: 'Too many wrong tokens from this address.' }, { ...privately, 'Retry-After': '60' })
    if (entrance === 'refused') return json(401, { error: 'The token is missing or wrong.' }, { ...privately, 'WWW-Authenticate': 'Bearer' })
    const name = path.slice(API.length)
    const view = Object.hasOwn(views, name) ? views[name] : undefined
    if (view !== undefined && isRead) return json(200, view(), privately)
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined
    if (action !== undefined && request.method === 'POST') return act(action, request, ip)
    return json(view === undefined && action === undefined ? 404 : 405, { error: 'There is no such view or action.' }, privately)
  }
}

/** Undefined when it is no JSON object, comes too slowly or is too large. */
async function jsonBody(request: IncomingMessage): Promise<Body | undefined> {
  const bytes = await readBody(request, MAX_BODY_BYTES)
  if (bytes === undefined || bytes.length === 0) return bytes && {}
  try {
    const content: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    return typeof content === 'object' && content !== null && !Array.isArray(content) ? content as Body : undefined
  } catch {
    return undefined
  }
}

function isOneOf<T extends string>(all: readonly T[], value: unknown): value is T {
  return all.includes(value as T)
}

function pageFile(name: string, contentType: string): Answer {
  return {
    status: 200,
    headers: {
      'Content-Type': contentType,
      'Cache-Control': 'no-cache',
      'Content-Security-Policy': "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'Cross-Origin-Opener-Policy': 'same-origin',
    },
    body: readFileSync(new URL(`./${name}`, import.meta.url)),
  }
}
