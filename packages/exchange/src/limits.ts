// Every bound of the exchange in one place, with its unit. What a stranger can make us hold, send or compute is limited
// by these and by the realm's policy; `docs/limits.md` explains them.

/** A signed claim on the channel, bytes. */
export const MAX_ANNOUNCEMENT_BYTES = 512
/** A signed realm document, bytes. */
export const MAX_REALM_BYTES = 16_384
/** A canonical genotype, bytes: the format's own limit. A realm may set a lower one. */
export const MAX_BODY_BYTES = 262_144
/** A request, bytes: an offer full of claims is the largest. */
export const MAX_REQUEST_BYTES = 32_768
/** An answer, bytes: a body with its frame is the largest. */
export const MAX_ANSWER_BYTES = MAX_BODY_BYTES + 64

/** One message on a long-lived stream, bytes: a part of a sharded network with its wiring is the largest, values are cut to this. */
export const MAX_STREAM_MESSAGE_BYTES = 524_288

export const MAX_FITNESS = 1_000_000
export const MAX_PARENTS = 2
export const MAX_OPERATORS = 8
export const MAX_TASKS_PER_REALM = 16
/** Genotypes of one work unit: a second of evaluation at most tasks. */
export const MAX_UNIT_BODIES = 64
/** Those genotypes together, bytes: what a request holds beside its frame. */
export const MAX_UNIT_BYTES = 28_672
/** How long an asker may let a work unit lie with a donor, ms. */
export const MAX_UNIT_MS = 60_000
/** Bodies that a pull may name as held by the asker. */
export const MAX_HELD = 4

/** Claims in one answer or one offer. */
export const MAX_CLAIMS_PER_MESSAGE = 48
/** What a statement of the registry is about, bytes. */
export const MAX_SUBJECT_BYTES = 64
/** Statements in one message. */
export const MAX_STATEMENTS_PER_MESSAGE = 48
/** Statements named in one message: 8 bytes each. */
export const MAX_STATEMENT_HEADS = 960
/** Heads of one task: as many as a task has niches. */
export const MAX_HEADS_PER_TASK = 256
/** A key of the directory, characters: a CID has 59. */
export const MAX_DIRECTORY_KEY_CHARACTERS = 128
/** What one member advertises in one realm at a time. */
export const MAX_ADVERTISED = 64
/** Peers that one search of the directory names. */
export const MAX_FOUND = 16
/** How far a claim's time may be from ours on the channel, ms. Old claims travel by synchronising instead. */
export const TIME_WINDOW_MS = 600_000

/** One heartbeat, ms: how often a driver sends `heartbeat`. */
export const HEARTBEAT_MS = 1_000

/** A message between neighbours about who is alive, bytes: full of updates about the longest names. */
export const MAX_MEMBERSHIP_BYTES = 512
/** Updates that ride on one such message. */
export const MAX_UPDATES = 6
/** A peer's name in it, characters. */
export const MAX_PEER_LENGTH = 64
/** Peers that a member has heard of in its neighbourhood, itself left out. */
export const MAX_NEIGHBOURHOOD = 200
