// One native server with one certificate on a loopback port, and the way to end it: its `close` must not be called while an `accept`
// is under way, so a request of our own brings the last one in.

import { createSocket } from 'node:dgram'
import { loadBinding, type NativeRequest, type NativeServer } from './binding.ts'
import type { Certificate } from './certificate.ts'

export interface Endpoint {
  /** UDP port on 127.0.0.1. */
  readonly port: number
  /** Ends every session. */
  close(): Promise<void>
}

const BIND_TRIES = 5

/** @throws BindingUnavailableError, or Error when no port can be had */
export async function openEndpoint(certificate: Certificate, onRequest: (request: NativeRequest) => void): Promise<Endpoint> {
  const { server, port } = await bind(certificate)
  let closing = false
  const accepting = (async () => {
    for (;;) {
      const request = await server.accept()
      if (request === null) return
      if (!closing) {
        onRequest(request)
        continue
      }
      await request.reject(503).catch(() => undefined)
      server.close()
      return
    }
  })().catch(() => undefined)
  return {
    port,
    async close() {
      closing = true
      loadBinding().NapiClient.disableVerify().connect(`https://127.0.0.1:${port}/`).catch(() => undefined)
      await accepting
    },
  }
}

/** The server does not tell which port it got, so a free one is looked up; another program may take it in between. */
async function bind({ certificatePem, keyPem }: Certificate): Promise<{ readonly server: NativeServer; readonly port: number }> {
  for (let tries = 1; ; tries++) {
    const port = await freePort()
    try {
      return { server: loadBinding().NapiServer.bind(`127.0.0.1:${port}`, Buffer.from(certificatePem), Buffer.from(keyPem)), port }
    } catch (error) {
      if (tries === BIND_TRIES || (error as Error).name === 'BindingUnavailableError') throw error
    }
  }
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(0, '127.0.0.1', resolve)
  })
  const { port } = socket.address()
  await new Promise<void>((resolve) => socket.close(() => resolve()))
  return port
}
