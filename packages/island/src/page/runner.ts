// What the running tab owns: both workers, the mesh and the bridge between them. Made after the click and gone with Stop.

import type { MeshPorts } from '@megabrain/exchange'
import type { FromExchange, FromPage } from '../core/exchange-messages.ts'
import { offerMesh } from '../core/mesh-bridge.ts'
import { portOver } from '../core/port.ts'
import type { Reason, Settings, Snapshot } from '../snapshot.ts'
import { createComputeWorker, createExchangeWorker } from './workers.ts'

type ClosableMesh = MeshPorts & { close(): Promise<void> }

export interface RunnerOptions {
  readonly realm: Uint8Array
  readonly openMesh: ((realmId: string) => Promise<ClosableMesh>) | undefined
  /** On top of what the archive remembers. */
  readonly settings: Partial<Settings>
  readonly running: boolean
  readonly reason: Reason | undefined
  onSnapshot(snapshot: Snapshot): void
  /** Nothing runs any more; call `stop` to clean up. */
  onFailed(detail: string): void
}

export interface Runner {
  run(running: boolean, reason: Reason | undefined): void
  configure(settings: Partial<Settings>): void
  /** Stores what was found, as when the page is about to be hidden or closed. */
  checkpoint(): void
  /** Ends everything within 1 s. @returns the last state, if the exchange worker still told it */
  stop(): Promise<Snapshot | undefined>
}

/** When the exchange worker has not finished by then, it is ended without its consent. */
const STOP_PATIENCE_MS = 800

export function openRunner(options: RunnerOptions): Runner {
  const exchange = createExchangeWorker()
  let compute: Worker | undefined
  let mesh: { close(): void } | undefined
  let stopping = false
  let onStopped = (_: Snapshot | undefined): void => undefined

  const post = (message: FromPage, transfer: Transferable[] = []): void => exchange.postMessage(message, transfer)
  const fail = (detail: string): void => {
    if (stopping) return onStopped(undefined)
    options.onFailed(detail)
  }
  const endCompute = (): void => {
    compute?.terminate()
    compute = undefined
  }
  const spawn = (port: MessagePort): void => {
    endCompute()
    const worker = createComputeWorker()
    worker.onerror = (event) => {
      event.preventDefault()
      if (compute === worker) post({ kind: 'compute-failed', message: event.message || 'The compute worker could not be loaded' })
    }
    worker.postMessage(port, [port])
    compute = worker
  }
  const join = async (realmId: string): Promise<void> => {
    const opened = await options.openMesh?.(realmId)
    if (opened === undefined) return
    if (stopping) return opened.close()
    const { port1, port2 } = new MessageChannel()
    const offer = offerMesh(opened, portOver(port1))
    mesh = {
      close() {
        offer.close()
        // A mesh says goodbye to many peers; Stop does not wait for that.
        opened.close().catch(() => undefined)
      },
    }
    post({ kind: 'mesh', port: port2 }, [port2])
  }

  exchange.onerror = (event) => {
    event.preventDefault()
    fail(event.message || 'The exchange worker could not be loaded')
  }
  exchange.onmessage = ({ data }: MessageEvent<FromExchange>) => {
    switch (data.kind) {
      case 'spawn':
        return spawn(data.port as MessagePort)
      case 'kill':
        return endCompute()
      case 'snapshot':
        return options.onSnapshot(data.snapshot)
      case 'opened':
        // Alone is a state, not a failure: without a mesh the island evolves by itself.
        join(data.realmId).catch(() => undefined)
        return
      case 'stopped':
        return onStopped(data.snapshot)
      case 'failed':
        return fail(data.detail)
    }
  }
  const { realm, settings, running, reason } = options
  post({ kind: 'open', realm, settings, running, reason })

  return {
    run: (running, reason) => post({ kind: 'run', running, reason }),
    configure: (settings) => post({ kind: 'configure', settings }),
    checkpoint: () => post({ kind: 'checkpoint' }),
    async stop() {
      stopping = true
      const stopped = new Promise<Snapshot | undefined>((resolve) => { onStopped = resolve })
      const late = new Promise<undefined>((resolve) => { setTimeout(resolve, STOP_PATIENCE_MS) })
      post({ kind: 'stop' })
      const last = await Promise.race([stopped, late])
      endCompute()
      exchange.terminate()
      mesh?.close()
      return last
    },
  }
}
