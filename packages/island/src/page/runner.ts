// What the running tab owns: the exchange worker, and for each realm its compute workers, a mesh and the bridge to it. Made after the click and gone with Stop.

import type { MeshPorts } from '@megabrain/exchange'
import type { FromExchange, FromPage } from '../core/exchange-messages.ts'
import { offerMesh } from '../core/mesh-bridge.ts'
import { portOver } from '../core/port.ts'
import type { Allowance, IslandCommand, MeshSettings, Settings, Snapshot } from '../snapshot.ts'
import { createComputeWorker, createExchangeWorker } from './workers.ts'

type ClosableMesh = MeshPorts & { close(): Promise<void> }

export interface RunnerOptions {
  readonly realm: Uint8Array
  readonly openMesh: ((realmId: string, settings: MeshSettings) => Promise<ClosableMesh>) | undefined
  /** On top of what the archive remembers. */
  readonly settings: Partial<Settings>
  readonly allowance: Allowance
  onSnapshot(snapshot: Snapshot): void
  /** The generations are at an end since `finish`. */
  onFinished(): void
  /** Nothing runs any more; call `stop` to clean up. */
  onFailed(detail: string): void
  /** Another tab runs: this one may write nothing any more. Call `kill`. */
  onTaken(): void
}

export interface Runner {
  run(allowance: Allowance): void
  /** Ends every worker's generation, then tells `onFinished`. */
  finish(): void
  configure(settings: Partial<Settings>): void
  obey(command: IslandCommand): void
  /** Everybody's credit in the realm that is shown, as a signed file. */
  exportCredit(): Promise<Uint8Array>
  /** Stores what was found, as when the page is about to be hidden or closed. */
  checkpoint(): void
  /** Ends everything within 1 s. @returns the last state, if the exchange worker still told it */
  stop(): Promise<Snapshot | undefined>
  /** Ends everything at once and keeps nothing. */
  kill(): void
}

/** When the exchange worker has not finished by then, it is ended without its consent. */
const STOP_PATIENCE_MS = 800

export function openRunner(options: RunnerOptions): Runner {
  const exchange = createExchangeWorker()
  /** By realm and slot. */
  const computes = new Map<string, Map<number, Worker>>()
  const meshes = new Map<string, { close(): void }>()
  /** Realms that are left while their mesh is still being opened need none any more. */
  const wanted = new Set<string>()
  let meshSettings: MeshSettings | undefined
  let stopping = false
  let onCreditFile = (_: Uint8Array): void => undefined
  let onStopped = (_: Snapshot | undefined): void => undefined

  const post = (message: FromPage, transfer: Transferable[] = []): void => exchange.postMessage(message, transfer)
  const fail = (detail: string): void => {
    if (stopping) return onStopped(undefined)
    options.onFailed(detail)
  }
  const endCompute = (realm: string, slot: number): void => {
    computes.get(realm)?.get(slot)?.terminate()
    computes.get(realm)?.delete(slot)
  }
  const spawn = (realm: string, slot: number, port: MessagePort): void => {
    endCompute(realm, slot)
    const worker = createComputeWorker()
    worker.onerror = (event) => {
      event.preventDefault()
      if (computes.get(realm)?.get(slot) !== worker) return
      post({ kind: 'compute-failed', realm, slot, message: event.message || 'The compute worker could not be loaded' })
    }
    worker.postMessage(port, [port])
    const slots = computes.get(realm) ?? new Map<number, Worker>()
    computes.set(realm, slots.set(slot, worker))
  }
  const join = async (realm: string): Promise<void> => {
    wanted.add(realm)
    const asked = meshSettings
    if (asked === undefined) return
    const opened = await options.openMesh?.(realm, asked)
    if (opened === undefined) return
    if (stopping || !wanted.has(realm) || asked !== meshSettings) return opened.close()
    const { port1, port2 } = new MessageChannel()
    const offer = offerMesh(opened, portOver(port1))
    meshes.set(realm, {
      close() {
        offer.close()
        // A mesh says goodbye to many peers; Stop does not wait for that.
        opened.close().catch(() => undefined)
      },
    })
    post({ kind: 'mesh', realm, port: port2 }, [port2])
  }
  /** A mesh cannot change what it shows of us, nor how much it carries: it is closed, and opened anew. */
  const reopen = ({ relayOnly, lowData }: MeshSettings): void => {
    if (meshSettings === undefined || (meshSettings.relayOnly === relayOnly && meshSettings.lowData === lowData)) return
    meshSettings = { relayOnly, lowData }
    for (const realm of wanted) {
      meshes.get(realm)?.close()
      meshes.delete(realm)
      join(realm).catch(() => undefined)
    }
  }
  const leave = (realm: string): void => {
    wanted.delete(realm)
    for (const slot of [...computes.get(realm)?.keys() ?? []]) endCompute(realm, slot)
    computes.delete(realm)
    meshes.get(realm)?.close()
    meshes.delete(realm)
  }

  exchange.onerror = (event) => {
    event.preventDefault()
    fail(event.message || 'The exchange worker could not be loaded')
  }
  exchange.onmessage = ({ data }: MessageEvent<FromExchange>) => {
    switch (data.kind) {
      case 'spawn':
        return spawn(data.realm, data.slot, data.port as MessagePort)
      case 'kill':
        return endCompute(data.realm, data.slot)
      case 'snapshot':
        reopen(data.snapshot.settings)
        return options.onSnapshot(data.snapshot)
      case 'joined':
        // Alone is a state, not a failure: without a mesh the island evolves by itself.
        meshSettings ??= data.settings
        join(data.realm).catch(() => undefined)
        return
      case 'left':
        return leave(data.realm)
      case 'finished':
        return options.onFinished()
      case 'credit-file':
        return onCreditFile(data.bytes)
      case 'stopped':
        return onStopped(data.snapshot)
      case 'failed':
        return fail(data.detail)
      case 'taken':
        return options.onTaken()
    }
  }
  const { realm, settings, allowance } = options
  post({ kind: 'open', realm, settings, allowance })

  const end = (): void => {
    exchange.terminate()
    for (const realm of [...computes.keys(), ...meshes.keys()]) leave(realm)
  }

  return {
    run: (allowance) => post({ kind: 'run', allowance }),
    finish: () => post({ kind: 'finish' }),
    configure: (settings) => post({ kind: 'configure', settings }),
    obey: (command) => post(command),
    exportCredit: () => new Promise((resolve) => {
      onCreditFile = resolve
      post({ kind: 'export-credit' })
    }),
    checkpoint: () => post({ kind: 'checkpoint' }),
    async stop() {
      stopping = true
      const stopped = new Promise<Snapshot | undefined>((resolve) => { onStopped = resolve })
      const late = new Promise<undefined>((resolve) => { setTimeout(resolve, STOP_PATIENCE_MS) })
      post({ kind: 'stop' })
      const last = await Promise.race([stopped, late])
      end()
      return last
    },
    kill() {
      stopping = true
      end()
    },
  }
}
