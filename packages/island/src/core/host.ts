// An island's host as its surroundings see it: what it is given and what it can be told. Apart from `island-host.ts`, which is how.

import type { Archive, Keys, MeshPorts } from '@megabrain/exchange'
import type { Allowance, HostCommand, Settings, Snapshot } from '../snapshot.ts'
import type { Happening } from './ledger.ts'
import type { OwnTask } from './own-task.ts'
import type { ComputeWorker } from './supervisor.ts'

export interface Clock {
  /** Milliseconds since 1970, for people and for claims. */
  wall(): number
  /** Milliseconds that never go back. */
  monotonic(): number
}

export interface HostOptions {
  /** The realm's signed policy document. */
  readonly realm: Uint8Array
  readonly archive: Archive
  readonly keys: Keys
  /** Tasks beside those of the registry. @default none */
  readonly ownTasks?: readonly OwnTask[]
  /** On top of what the archive remembers. */
  readonly settings?: Partial<Settings>
  /** Whether neighbours may have genotypes evaluated here. @default false */
  readonly evaluatesForOthers?: boolean
  readonly clock: Clock
  /** A random integer of 32 bits for each new population. */
  seed(): number
  /** @param slot 0 for the first worker */
  spawn(slot: number): ComputeWorker
  /** Told before the first `spawn`. */
  onRealm?(realmId: string): void
  /** At most four times a second, newest state. */
  onSnapshot(snapshot: Snapshot): void
}

export interface Host {
  readonly realmId: string
  snapshot(): Snapshot
  /** Replaces the mesh; `undefined` goes on alone. */
  attach(mesh: MeshPorts | undefined): void
  /** Lets the compute workers run or rest; `reason` says why they do not, in the snapshot and the log. */
  run(allowance: Allowance): void
  /** Ends the generation of each worker, which then rests. @param onFinished not called when `run` comes first */
  finish(onFinished: () => void): void
  configure(settings: Partial<Settings>): void
  obey(command: HostCommand): void
  /** Asks all machines of the owner to pause or to go on. */
  askMachines(paused: boolean): void
  /** Goes on here whatever the owner asked until now. */
  overrule(): void
  /** Everybody's credit as a signed file. */
  exportCredit(): Promise<Uint8Array>
  /** How many realms the duty is for; this one takes its part. */
  share(realms: number): void
  /** Something to tell the visitor. */
  note(happening: Happening): void
  /** Storage is full: gives up what others have too. */
  makeRoom(): void
  /** The environment saw a compute worker fail. */
  workerFailed(message: string, slot: number): void
  /** Writes what must survive; waits for the workers' checkpoints at most `CHECKPOINT_WAIT_MS`. */
  checkpoint(): Promise<void>
  /** Checkpoints, then ends the workers. Archive and keys stay open: they are the caller's. */
  close(): Promise<void>
}
