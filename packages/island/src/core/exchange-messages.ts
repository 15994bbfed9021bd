// What the page and the exchange worker say to each other: control and pictures only. Bytes of the mesh and of the compute
// worker go through ports of their own, which these messages hand over.

import type { Allowance, IslandCommand, MeshSettings, Settings, Snapshot } from '../snapshot.ts'

export type FromPage =
  /** First and once. */
  | {
      readonly kind: 'open'
      readonly realm: Uint8Array
      readonly settings: Partial<Settings>
      readonly allowance: Allowance
    }
  | { readonly kind: 'run'; readonly allowance: Allowance }
  /** Answered by `finished`. */
  | { readonly kind: 'finish' }
  | { readonly kind: 'configure'; readonly settings: Partial<Settings> }
  | IslandCommand
  /** One end of a port whose other end is `offerMesh`. */
  | { readonly kind: 'mesh'; readonly realm: string; readonly port: unknown }
  | { readonly kind: 'compute-failed'; readonly realm: string; readonly slot: number; readonly message: string }
  | { readonly kind: 'checkpoint' }
  /** Answered by `credit-file`. */
  | { readonly kind: 'export-credit' }
  /** Answered by `stopped`; the worker may be terminated then. */
  | { readonly kind: 'stop' }

export type FromExchange =
  /** Open a mesh for this realm, or close it. */
  | { readonly kind: 'joined'; readonly realm: string; readonly settings: MeshSettings }
  | { readonly kind: 'left'; readonly realm: string }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  /** Make a compute worker for this slot of this realm and give it this port; end the one before. */
  | { readonly kind: 'spawn'; readonly realm: string; readonly slot: number; readonly port: unknown }
  | { readonly kind: 'kill'; readonly realm: string; readonly slot: number }
  /** Every worker has ended its generation since `finish`. */
  | { readonly kind: 'finished' }
  | { readonly kind: 'credit-file'; readonly bytes: Uint8Array }
  | { readonly kind: 'stopped'; readonly snapshot: Snapshot | undefined }
  | { readonly kind: 'failed'; readonly detail: string }
  /** Another tab has opened the archive to lead. */
  | { readonly kind: 'taken' }
