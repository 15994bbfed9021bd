// Entry of the exchange worker in a browser: opens storage and keys, runs the host, and asks the page for what only a page
// can make (compute workers, a mesh).

import { openArchive, openKeys } from '@megabrain/archive/indexeddb'
import type { Archive } from '@megabrain/exchange'
import type { Report, Order } from '../core/compute-messages.ts'
import type { FromExchange, FromPage } from '../core/exchange-messages.ts'
import { openHost } from '../core/island-host.ts'
import type { Host } from '../core/island-host.ts'
import { wordsOf } from '../errors.ts'
import { bridgedMesh } from '../core/mesh-bridge.ts'
import { portOver } from '../core/port.ts'
import { ARCHIVE_NAME, KEYS_NAME } from '../core/storage-names.ts'
import type { ComputeWorker } from '../core/supervisor.ts'

const post = (message: FromExchange, transfer: Transferable[] = []): void => {
  ;(self as unknown as { postMessage(message: unknown, transfer: Transferable[]): void }).postMessage(message, transfer)
}

let archive: Archive | undefined
let host: Host | undefined
/** Messages act one after the other, since opening and stopping take a while. */
let turn: Promise<void> = Promise.resolve()

function spawn(): ComputeWorker {
  const { port1, port2 } = new MessageChannel()
  post({ kind: 'spawn', port: port2 }, [port2])
  const port = portOver<Report, Order>(port1)
  return {
    ...port,
    kill() {
      port.close()
      post({ kind: 'kill' })
    },
  }
}

async function open({ realm, settings, running, reason }: FromPage & { readonly kind: 'open' }): Promise<void> {
  const [opened, keys] = await Promise.all([openArchive(ARCHIVE_NAME), openKeys(KEYS_NAME)])
  archive = opened
  host = await openHost({
    realm, archive, keys, settings, spawn,
    clock: { wall: () => Date.now(), monotonic: () => performance.now() },
    seed: () => crypto.getRandomValues(new Uint32Array(1))[0]!,
    onSnapshot: (snapshot) => post({ kind: 'snapshot', snapshot }),
  })
  host.run(running, reason)
  post({ kind: 'opened', realmId: host.realmId })
}

async function obey(message: FromPage): Promise<void> {
  switch (message.kind) {
    case 'open':
      return open(message)
    case 'run':
      return host?.run(message.running, message.reason)
    case 'configure':
      return host?.configure(message.settings)
    case 'mesh':
      return host?.attach(await bridgedMesh(portOver(message.port)))
    case 'compute-failed':
      return host?.workerFailed(message.message)
    case 'checkpoint':
      return host?.checkpoint()
    case 'stop': {
      await host?.close()
      const snapshot = host?.snapshot()
      await archive?.close()
      post({ kind: 'stopped', snapshot })
    }
  }
}

self.addEventListener('message', ({ data }: MessageEvent<FromPage>) => {
  turn = turn.then(() => obey(data)).catch((error: unknown) => post({ kind: 'failed', detail: wordsOf(error) }))
})
