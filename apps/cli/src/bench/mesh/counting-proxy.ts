// A TCP proxy on the loopback that counts: what one member sends and gets, at the socket, whatever the layers above say.

import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

export interface CountingProxy {
  readonly port: number
  /** Bytes since the start: from clients, and to them, over all connections. */
  counts(): { readonly up: number; readonly down: number; readonly connections: number }
  close(): void
}

/** Stands before `port` of this machine. */
export async function openCountingProxy(port: number): Promise<CountingProxy> {
  let [up, down, connections] = [0, 0, 0]
  const server = createServer((client) => {
    connections++
    const target = connect({ host: '127.0.0.1', port, noDelay: true })
    client.setNoDelay(true)
    client.on('data', (chunk) => { up += chunk.length })
    target.on('data', (chunk) => { down += chunk.length })
    client.pipe(target).pipe(client)
    for (const [one, other] of [[client, target], [target, client]] as const) one.on('error', () => other.destroy()).on('close', () => other.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, counts: () => ({ up, down, connections }), close: () => void server.close() }
}
