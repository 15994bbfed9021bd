// The page's handle on an island: one object to open, watch and command. The work happens in workers behind it.

import type { MeshPorts, Unsubscribe } from '@megabrain/exchange'
import type { Command, MeshSettings, Snapshot } from './snapshot.ts'

export interface IslandOptions {
  /** The realm's signed policy document, as the relay publishes it. */
  readonly realm: Uint8Array
  /** Opens the mesh once this tab runs; called again after a takeover and when `relayOnly` or `lowData` changes. Absent: the island evolves alone. */
  readonly openMesh?: (realmId: string, settings: MeshSettings) => Promise<MeshPorts & { close(): Promise<void> }>
}

/** Opening starts no worker, no connection and no evaluation: the `start` command does. */
export interface Island {
  snapshot(): Snapshot
  /** At most four calls a second. */
  subscribe(listener: (snapshot: Snapshot) => void): Unsubscribe
  command(command: Command): void
  /** Everybody's credit in the realm that is shown, as a signed file; undefined while another tab runs or nothing does. */
  exportCredit(): Promise<Uint8Array | undefined>
  /** Stops everything within 1 s and keeps what was found. */
  close(): Promise<void>
}
