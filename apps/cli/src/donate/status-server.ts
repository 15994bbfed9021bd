// The donor's state as JSON on loopback, for a monitor on the same machine. It can be read and nothing else; and not by a web
// page that is open on this machine, whatever name it gives to 127.0.0.1.

import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { UsageError } from '../usage.ts'

export interface StatusServer {
  readonly port: number
  close(): Promise<void>
}

const PATH = '/status'
const MAX_CONNECTIONS = 16
const HEADERS = {
  'content-type': 'application/json', 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin', 'cache-control': 'no-store',
}

/**
 * @param port 0 for any free one
 * @throws UsageError when the port is taken
 */
export async function serveStatus(port: number, status: () => unknown): Promise<StatusServer> {
  const server = createServer({ requestTimeout: 5_000, headersTimeout: 5_000, maxHeaderSize: 8_192 }, (request, response) => {
    const refusal = refusalOf(request)
    response.writeHead(refusal?.code ?? 200, HEADERS)
    response.end(`${JSON.stringify(refusal === undefined ? status() : { error: refusal.why })}\n`)
  })
  server.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => reject(new UsageError(`--status ${port} cannot be opened (${code ?? message})`)))
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as { port: number }).port,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A page gives itself away by `Origin` or `Sec-Fetch-Site`; one whose own name was bent to 127.0.0.1, by `Host`. */
function refusalOf({ method, url, headers, socket }: IncomingMessage): { readonly code: number; readonly why: string } | undefined {
  const names = ['127.0.0.1', 'localhost'].map((name) => `${name}:${socket.localPort}`)
  if (!names.includes(headers.host ?? '')) return { code: 403, why: 'this host name is not the one of the status' }
  const site = headers['sec-fetch-site']
  if (headers.origin !== undefined || (site !== undefined && site !== 'none')) return { code: 403, why: 'web pages may not read the status' }
  if (method !== 'GET' && method !== 'HEAD') return { code: 405, why: 'the status can only be read' }
  return url === PATH ? undefined : { code: 404, why: `there is ${PATH} and nothing else` }
}
