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

/** One of two ends. Messages arrive whole, once and in order, until it ends. */
export interface PeerStream {
  readonly peer: PeerId
  /**
   * Takes a message of up to `MAX_STREAM_MESSAGE_BYTES`; one at a time. Resolves when there is room for the next, which is how a peer that
   * does not read holds back who sends to it; false when the stream has ended.
   * @throws RangeError for a longer message: our own fault
   */
  send(bytes: Uint8Array): Promise<boolean>
  /** The next message; undefined once the stream has ended or what comes is no message. One call at a time. */
  receive(): Promise<Uint8Array | undefined>
  /** Ends both directions; what the other side has not read yet may be lost. Calling it twice does nothing. */
  close(): void
}

/** Long-lived connections of messages between two peers, each held back by the other. For Model 4. */
export interface Streams {
  /** Undefined where the peer is no neighbour, accepts none, or takes too long. Never rejects. */
  open(to: PeerId, timeoutMs: number): Promise<PeerStream | undefined>
  /** One listener at a time; without one, streams from others are refused. */
  accept(listener: (stream: PeerStream) => void): Unsubscribe
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

/** What a member can offer others under a key. `genotype`: the body that this CID names, answered as a `pull` request. */
export type Service = 'genotype'

export interface Found {
  /** Who says that they offer it, each once, never ourselves. Hints: they may lie or be gone. */
  readonly peers: readonly PeerId[]
  /** The longest chain of servers that led to an answer; 0 when nobody answered. */
  readonly hops: number
  /** Questions that were sent. */
  readonly messages: number
}

export interface Finding {
  /** Never rejects; what has been found so far when the time is over or it is cancelled. */
  readonly found: Promise<Found>
  /** Ends it. Calling it twice does nothing. */
  cancel(): void
}

/** Who in this realm offers what, beyond the neighbours. A key is up to `MAX_DIRECTORY_KEY_CHARACTERS` of ASCII. */
export interface Directory {
  /**
   * Says that we offer it, again and again until undone; others may go on hearing it for a while after that.
   * @throws RangeError for a malformed key or more than `MAX_ADVERTISED` at a time
   */
  advertise(service: Service, key: string): Unsubscribe
  /** @param limits `most` peers, 1 to `MAX_FOUND` */
  find(service: Service, key: string, limits: { readonly timeoutMs: number; readonly most: number }): Finding
  /** Becomes the neighbour of a peer that `find` named; false when that cannot be done. Never rejects. */
  reach(peer: PeerId, timeoutMs: number): Promise<boolean>
}

/** One member's view of the mesh in one realm: what a mesh adapter offers. */
export interface MeshPorts {
  readonly self: PeerId
  readonly channel: Channel
  readonly requests: Requests
  readonly members: Members
  readonly directory: Directory
  /** Absent where a member only asks and answers: at a relay, and behind an island's bridge. */
  readonly streams?: Streams
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
  /**
   * Signs with the owner key, 64 bytes: what the author answers for whatever the device, such as a realm or a ban. Rejects on a
   * machine that works for an owner whose key is elsewhere.
   */
  signAsOwner(message: Uint8Array): Promise<Uint8Array>
  verify(key: PublicKey, message: Uint8Array, signature: Uint8Array): Promise<boolean>
  /** What makes this device one of several of its owner; absent for keys that were made before there were words. */
  readonly machines?: {
    /** 32 bytes that all machines of the owner know and nobody else does. */
    readonly secret: Uint8Array
    /** Whether this device joined an owner by the twelve words. */
    readonly isLinked: boolean
    /** Whether `signAsOwner` can do what it says. */
    readonly holdsOwner: boolean
  }
}
