// The ports through which the exchange touches the world. Adapters (memory, libp2p, IndexedDB, SQLite, WebCrypto)
// implement them; the contract cases in `contract/` hold for every adapter. Nothing here waits, computes or decides.

/** A member's address on the mesh, as the mesh prints it. New for each tab, so it never names an author. */
export type PeerId = string

/** Undoes a subscription. Calling it twice does nothing. */
export type Unsubscribe = () => void

/** What the receiver of a broadcast tells its medium: pass it on, drop it silently, or drop it and blame the sender. */
export type Verdict = 'forward' | 'ignore' | 'reject'

export interface Delivery {
  /** Names this delivery for the verdict. The same bytes have the same id wherever they arrive. */
  readonly id: string
  /** The neighbour that handed it over, not the author. */
  readonly from: PeerId
  readonly bytes: Uint8Array
}

/** A lossy broadcast medium inside one realm. May drop, delay, duplicate or reorder; never invents bytes, never echoes. */
export interface Channel {
  /** Broadcasts up to `MAX_ANNOUNCEMENT_BYTES`. Without neighbours it is lost; that is no error. */
  publish(bytes: Uint8Array): void
  subscribe(listener: (delivery: Delivery) => void): Unsubscribe
  /** Must follow each delivery within a few seconds; until then nobody else receives it through us. */
  verdict(id: string, verdict: Verdict): void
}

export type RequestFailure = 'unreachable' | 'timeout' | 'too-large' | 'refused'
export type RequestResult =
  | { readonly ok: true; readonly value: Uint8Array }
  | { readonly ok: false; readonly reason: RequestFailure }

/** Ask one peer, get one answer. Never throws for anything that the peer or the network does. */
export interface Requests {
  /** @param limits `timeoutMs` for the whole exchange; `maxBytes` of the answer, enforced while it arrives */
  request(to: PeerId, bytes: Uint8Array, limits: { readonly timeoutMs: number; readonly maxBytes: number }): Promise<RequestResult>
  /** One server at a time. Answering `undefined` refuses. */
  serve(answer: (from: PeerId, bytes: Uint8Array) => Promise<Uint8Array | undefined>): Unsubscribe
}

export type Transport = 'webrtc' | 'webrtc-direct' | 'websocket' | 'webtransport' | 'circuit' | 'memory'

export interface Neighbour {
  readonly peer: PeerId
  readonly kind: 'island' | 'relay'
  readonly transport: Transport
}

/** Who is connected to us now and speaks this realm. */
export interface Members {
  current(): readonly Neighbour[]
  /** Called after every change with the whole list. */
  subscribe(listener: (neighbours: readonly Neighbour[]) => void): Unsubscribe
}

/** One member's view of the mesh in one realm: what a mesh adapter offers. */
export interface MeshPorts {
  readonly self: PeerId
  readonly channel: Channel
  readonly requests: Requests
  readonly members: Members
}

export interface Change {
  readonly key: string
  /** `undefined` removes the row. */
  readonly value: Uint8Array | undefined
}

/**
 * Where genotypes, claims and checkpoints survive: rows of bytes under ordered ASCII keys (`claim/…`, `body/…`; the
 * formats are `archive-rows.ts`). One writer at a time.
 */
export interface Archive {
  read(key: string): Promise<Uint8Array | undefined>
  /** All rows whose key starts with `prefix`, in ascending key order (by code unit). */
  list(prefix: string): Promise<readonly { readonly key: string; readonly value: Uint8Array }[]>
  /** All changes or none; durable once resolved. */
  write(changes: readonly Change[]): Promise<void>
  /** Removes every row. */
  erase(): Promise<void>
  close(): Promise<void>
}

/** Raw Ed25519 public key, 32 bytes. */
export type PublicKey = Uint8Array

/** The device's signing key, the owner's statement for it (design: the owner key signs device keys), and the owner key. */
export interface Keys {
  readonly owner: PublicKey
  readonly device: PublicKey
  /** The owner's signature, 64 bytes, over `deviceStatement(device)`. */
  readonly delegation: Uint8Array
  /** Signs with the device key; 64 bytes (RFC 8032). */
  sign(message: Uint8Array): Promise<Uint8Array>
  /** Signs with the owner key, 64 bytes: what the author answers for whatever the device, such as a realm or a ban. */
  signAsOwner(message: Uint8Array): Promise<Uint8Array>
  verify(key: PublicKey, message: Uint8Array, signature: Uint8Array): Promise<boolean>
}
