// The relay's web side as one `node:http` handler: page, assets, relay document, health and metrics. Of itself it answers GET
// and HEAD only, keeps no state between requests and never touches a path that a request names.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { WELL_KNOWN_PATH, escapedForScript } from '../relay-document.ts'
import type { RelayDocument } from '../relay-document.ts'
import { json, text } from './answer.ts'
import type { Answer, Responder } from './answer.ts'
import { everywhere, forEverybody, page } from './headers.ts'
import { buildStamp, etagOf, readStaticFiles } from './static-files.ts'
import type { StaticFile } from './static-files.ts'

/** `index.html` and the embed's `frame.html` carry this where the relay's document goes. */
export const DOCUMENT_PLACE = '<!--megabrain-relay-->'

export interface HttpAppOptions {
  /** Folder of the built web app; it may be missing, or come and change later. */
  readonly webApp: string
  /** Undefined until the mesh listens. */
  readonly document: () => RelayDocument | undefined
  /** What must hold before traffic is sent here, by name. */
  readonly readiness: () => Promise<Readonly<Record<string, boolean>>>
  /** Prometheus text. */
  readonly metrics: () => string
  /** Answers before everything else, with any method. */
  readonly control: Responder
  /** Called for our own bugs; the client sees status 500. */
  readonly onError: (error: unknown) => void
}

/** A client that takes nothing of its answer for this long is let go. */
const STALLED_MS = 30_000

export function createHttpApp(options: HttpAppOptions): (request: IncomingMessage, response: ServerResponse) => void {
  let stamp: string | undefined
  let files: ReadonlyMap<string, StaticFile> = new Map()

  const refresh = () => {
    const found = buildStamp(options.webApp)
    if (found === stamp) return
    files = readStaticFiles(options.webApp)
    stamp = found
  }
  refresh()

  const answer = async (path: string, request: IncomingMessage): Promise<Answer> => {
    switch (path) {
      case '/healthz':
        return text(200, 'ok\n')
      case '/readyz': {
        const checks = await options.readiness()
        const ready = Object.values(checks).every((holds) => holds)
        return json(ready ? 200 : 503, { ready, ...checks }, { 'Cache-Control': 'no-store' })
      }
      case '/metrics':
        return text(200, options.metrics(), { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' })
      case WELL_KNOWN_PATH: {
        const document = options.document()
        if (document === undefined) return text(503, 'The relay is starting.\n')
        return json(200, document, { 'Cache-Control': 'no-cache', ...forEverybody })
      }
      case '/':
      case '/index.html':
        refresh()
        return pageAnswer(files.get('/index.html'), options.document())
      default: {
        const file = files.get(path)
        return file === undefined ? text(404, 'Not found.\n') : fileAnswer(file, request, { 'Content-Security-Policy': page['Content-Security-Policy']! })
      }
    }
  }

  return answerReads(answer, options.onError, options.control)
}

/**
 * A handler for requests to read: GET and HEAD.
 * @param control answers before everything else, with any method
 */
export function answerReads(
  answer: (path: string, request: IncomingMessage) => Promise<Answer>,
  onError: (error: unknown) => void,
  control: Responder = async () => undefined,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    response.setTimeout(STALLED_MS, () => request.socket.destroy())
    const respond = async () => {
      const path = pathOf(request.url ?? '')
      const own = path === undefined ? undefined : await control(path, request)
      if (own !== undefined) return send(request, response, own)
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return send(request, response, text(405, 'Only GET and HEAD.\n', { Allow: 'GET, HEAD' }))
      }
      send(request, response, path === undefined ? text(400, 'Malformed path.\n') : await answer(path, request))
    }
    respond().catch((error: unknown) => {
      onError(error)
      if (!response.headersSent) send(request, response, text(500, 'The relay failed to answer; its log says why.\n'))
      else response.destroy()
    })
  }
}

/** The decoded path without query; undefined when it is none. */
function pathOf(url: string): string | undefined {
  // Servers must accept the absolute form (RFC 9112, 3.2.2); whatever host it names, the answer is ours.
  const path = url.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0]!
  if (!path.startsWith('/')) return undefined
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

function pageAnswer(index: StaticFile | undefined, document: RelayDocument | undefined): Answer {
  if (index === undefined) {
    return text(503, 'This relay runs, but the web app that it should show here is not built.\n'
      + 'In the project, run "npm start", which builds it first, or "pnpm --filter @megabrain/web build"; then reload this page.\n')
  }
  if (document === undefined) return text(503, 'The relay is starting. Reload in a moment.\n')
  return withDocument(index, { place: DOCUMENT_PLACE, id: 'megabrain-relay', document }, page)
}

export interface Inserted {
  /** What stands in the file where the document goes. */
  readonly place: string
  /** Of the script element that holds it. */
  readonly id: string
  readonly document: object
  /** Further attributes of the element, as HTML. @default none */
  readonly attributes?: string
}

/** A page with what the relay tells its scripts, as JSON inside it. */
export function withDocument(file: StaticFile, { place, id, document, attributes = '' }: Inserted, headers: Answer['headers']): Answer {
  const block = `<script type="application/json" id="${id}"${attributes}>${escapedForScript(document)}</script>`
  const body = Buffer.from(file.bytes).toString('utf8').replace(place, () => block)
  return { status: 200, headers: { ...headers, 'Content-Type': file.contentType, 'Cache-Control': 'no-cache', ETag: etagOf(body) }, body }
}

/** @param headers what a browser may do with it; a worker script is a document of its own and takes its policy from its own answer */
export function fileAnswer(file: StaticFile, request: IncomingMessage, headers: Answer['headers']): Answer {
  const gzip = file.gzipped !== undefined && /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(request.headers['accept-encoding'] ?? ''))
  return {
    status: 200,
    headers: {
      ...headers,
      'Content-Type': file.contentType,
      'Cache-Control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      ETag: file.etag,
      Vary: 'Accept-Encoding',
      ...(gzip ? { 'Content-Encoding': 'gzip' } : {}),
    },
    body: gzip ? file.gzipped! : file.bytes,
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const etag = answer.headers['ETag']
  const unchanged = answer.status === 200 && etag !== undefined && matches(request.headers['if-none-match'], etag)
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  for (const [name, value] of Object.entries({ ...everywhere, ...answer.headers })) response.setHeader(name, value)
  // Nobody needs to send us a body, and one that never ends would hold the connection.
  if (answer.status === 405 || hasBody(request)) response.setHeader('Connection', 'close')
  if (unchanged) {
    response.removeHeader('Content-Type')
    response.removeHeader('Content-Encoding')
    response.writeHead(304).end()
    return
  }
  response.writeHead(answer.status, { 'Content-Length': body.length }).end(body)
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? []
  return tags.includes('*') || tags.includes(etag.replace(/^W\//, ''))
}
