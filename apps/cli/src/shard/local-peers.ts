// Donors of a sharded network as processes of this machine, each with a mesh of its own, and the relay that introduces them: what
// stands for four strangers when there are none.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createRelayKey, openRelayMesh } from '@megabrain/mesh/node'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const REALM = '4'.padStart(64, '5')

export interface LocalPeers {
  readonly relay: string
  readonly realm: string
  /** SIGKILLs one of them. */
  kill(): void
  close(): Promise<void>
}

export async function openLocalPeers(count: number): Promise<LocalPeers> {
  const relay = await openRelayMesh({
    privateKey: await createRelayKey(), host: '127.0.0.1', port: 0, realms: [REALM], onHttp: (_, response) => void response.end(),
  })
  const address = relay.addresses()[0]!
  const words = [MAIN, 'shard', '--donate', '--at', address, '--realm', REALM]
  const children = Array.from({ length: count }, (): ChildProcess => spawn(process.execPath, words, { stdio: 'ignore' }))
  return {
    relay: address,
    realm: REALM,
    kill: () => void children[0]!.kill('SIGKILL'),
    async close() {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      await relay.close()
    },
  }
}
