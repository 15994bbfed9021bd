// Entry of the exchange worker in a browser: opens storage and keys, runs a host for each realm, and asks the page for what
// only a page can make (compute workers, meshes).

import { openKeys, openLastingArchive } from '@megabrain/archive/indexeddb'
import type { Archive, Keys } from '@megabrain/exchange'
import type { Report, Order } from '../core/compute-messages.ts'
import type { FromExchange, FromPage } from '../core/exchange-messages.ts'
import { openIslandRealms } from '../core/island-realms.ts'
import type { IslandRealms } from '../core/island-realms.ts'
import { wordsOf } from '../errors.ts'
import type { Snapshot } from '../snapshot.ts'
import { bridgedMesh } from '../core/mesh-bridge.ts'
import { portOver } from '../core/port.ts'
import { ARCHIVE_NAME, KEYS_NAME } from '../core/storage-names.ts'
import type { ComputeWorker } from '../core/supervisor.ts'
import { BEAT_MS, CHANNEL_NAME } from '../core/tab-names.ts'

const post = (message: FromExchange, transfer: Transferable[] = []): void => {
  ;(self as unknown as { postMessage(message: unknown, transfer: Transferable[]): void }).postMessage(message, transfer)
}

let archive: Archive | undefined
let realms: IslandRealms | undefined
/** Why rows are not on disk. */
let trouble: string | undefined
/** Messages act one after the other, since opening and stopping take a while. */
let turn: Promise<void> = Promise.resolve()

function spawn(realm: string, slot: number): ComputeWorker {
  const { port1, port2 } = new MessageChannel()
  post({ kind: 'spawn', realm, slot, port: port2 }, [port2])
  const port = portOver<Report, Order>(port1)
  return {
    ...port,
    kill() {
      port.close()
      post({ kind: 'kill', realm, slot })
    },
  }
}

async function open({ realm, settings, allowance }: FromPage & { readonly kind: 'open' }): Promise<void> {
  const [opened, keys] = await Promise.all([
    openLastingArchive(ARCHIVE_NAME, {
      onTrouble: (detail) => { trouble = detail },
      onFull: () => realms?.makeRoom(),
      onTaken: () => post({ kind: 'taken' }),
    }),
    openKeys(KEYS_NAME),
  ])
  archive = opened
  realms = await openIslandRealms({
    realm, archive, settings, spawn, keys: signingWhile(keys, () => opened.confirm()),
    clock: { wall: () => Date.now(), monotonic: () => performance.now() },
    seed: () => crypto.getRandomValues(new Uint32Array(1))[0]!,
    onSnapshot: (snapshot) => post({ kind: 'snapshot', snapshot: withTrouble(snapshot) }),
    onJoined: (id, settings) => post({ kind: 'joined', realm: id, settings }),
    onLeft: (id) => post({ kind: 'left', realm: id }),
  })
  realms.run(allowance)
}

/** A device counts what it signs, so two tabs must not sign at the same time: one that was frozen asks first. */
function signingWhile(keys: Keys, confirm: () => Promise<void>): Keys {
  return {
    ...keys,
    sign: (message) => confirm().then(() => keys.sign(message)),
    signAsOwner: (message) => confirm().then(() => keys.signAsOwner(message)),
  }
}

function withTrouble(snapshot: Snapshot): Snapshot {
  return trouble === undefined ? snapshot : { ...snapshot, detail: snapshot.detail ?? `Storage failed: ${trouble}` }
}

async function obey(message: FromPage): Promise<void> {
  switch (message.kind) {
    case 'open':
      return open(message)
    case 'run':
      return realms?.run(message.allowance)
    case 'finish':
      return realms?.finish(() => post({ kind: 'finished' }))
    case 'configure':
      return realms?.configure(message.settings)
    case 'mesh':
      return realms?.attach(message.realm, await bridgedMesh(portOver(message.port)))
    case 'compute-failed':
      return realms?.workerFailed(message.realm, message.message, message.slot)
    case 'checkpoint':
      return realms?.checkpoint()
    case 'export-credit':
      if (realms !== undefined) post({ kind: 'credit-file', bytes: await realms.exportCredit() })
      return
    case 'stop': {
      await realms?.close()
      const snapshot = realms?.snapshot()
      await archive?.close()
      post({ kind: 'stopped', snapshot })
      return
    }
    default:
      return realms?.obey(message)
  }
}

self.addEventListener('message', ({ data }: MessageEvent<FromPage>) => {
  turn = turn.then(() => obey(data)).catch((error: unknown) => post({ kind: 'failed', detail: wordsOf(error) }))
})

// The other tabs hear that this one lives: not by snapshots, which wait for the page.
const channel = new BroadcastChannel(CHANNEL_NAME)
setInterval(() => channel.postMessage({ kind: 'beat' }), BEAT_MS)
