// The listener that serves other sites, and the page of the relay that gives a site's owner the lines to copy. One part for
// `relay.ts` to open and close; without it the relay is whole.

import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TlsCertificate } from '@megabrain/mesh/node'
import type { Configuration } from '../configuration.ts'
import { portAfter } from '../configuration.ts'
import { answerReads } from '../http/app.ts'
import { text } from '../http/answer.ts'
import type { Responder } from '../http/answer.ts'
import { readStaticFiles } from '../http/static-files.ts'
import type { RelayDocument } from '../relay-document.ts'
import { embedAnswer } from './embed-app.ts'
import { keepLoaders, loaderOf } from './kept-loaders.ts'
import { snippetAnswer } from './snippet-page.ts'

export interface EmbedOptions {
  readonly configuration: Configuration
  /** The relay's data folder. */
  readonly data: string
  /** Port of the page. */
  readonly pagePort: number
  readonly tls: TlsCertificate | undefined
  readonly document: () => RelayDocument | undefined
  readonly onError: (error: unknown) => void
}

export interface Embed {
  /** As the relay's document has it: a port of the page's host, or an origin. */
  readonly place: number | string
  /** Answers for the page that builds snippets, on the page's own origin. */
  readonly respond: Responder
  setCertificate(certificate: TlsCertificate): void
  close(): Promise<void>
}

export type OpenedEmbed = { readonly ok: true; readonly value: Embed } | { readonly ok: false; readonly why: string }

/** Most sockets at a time: loader and frame are cached for a year, and kept open for seconds. */
const MAX_SOCKETS = 1_024
const HEADERS_MS = 10_000
const KEEP_ALIVE_MS = 5_000

/**
 * @returns undefined when it is off or there is nothing built to serve, and why not when the port cannot be had; the relay goes on
 * without
 */
export async function openEmbed({ configuration, data, pagePort, tls, document, onError }: EmbedOptions): Promise<OpenedEmbed | undefined> {
  const { embedApp, embedOrigin, embedPort, host, port } = configuration
  if (embedPort === 'off') return undefined
  const files = readStaticFiles(embedApp)
  const script = files.get('/mega-brain.js')
  if (script === undefined || !files.has('/frame.html')) return undefined
  const loader = loaderOf(script.bytes)
  const loaders = keepLoaders(join(data, 'embed'), loader)
  const frameParts = { files, loaders, pagePort: embedOrigin === '' ? pagePort : undefined }
  const onHttp = answerReads(async (path, request) => embedAnswer(path, request, { ...frameParts, document: document() }), onError)
  const limits = { headersTimeout: HEADERS_MS, requestTimeout: HEADERS_MS, keepAliveTimeout: KEEP_ALIVE_MS, maxHeaderSize: 16_384 }
  const secure = tls === undefined ? undefined : createSecureServer({ ...limits, ...tls, handshakeTimeout: HEADERS_MS }, onHttp)
  const server: Server = secure ?? createServer(limits, onHttp)
  server.maxConnections = MAX_SOCKETS
  try {
    await listening(server, embedPort === 'next' ? portAfter(port, 3) : embedPort, host)
  } catch (error) {
    return { ok: false, why: `the TCP port cannot be used (${(error as NodeJS.ErrnoException).code ?? String(error)})` }
  }
  const place = embedOrigin === '' ? (server.address() as AddressInfo).port : embedOrigin
  return {
    ok: true,
    value: {
      place,
      respond: async (path, { headers, method }) => {
        if (path !== '/embed' && !path.startsWith('/embed/')) return undefined
        if (method !== 'GET' && method !== 'HEAD') return text(405, 'Only GET and HEAD.\n', { Allow: 'GET, HEAD' })
        return snippetAnswer(path, { files, loader, place, host: headers.host, scheme: tls === undefined ? 'http' : 'https' })
      },
      setCertificate: (certificate) => secure?.setSecureContext(certificate),
      close: () => new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
    },
  }
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
