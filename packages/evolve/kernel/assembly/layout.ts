// Where the parts of a resident network are. `src/network/resident.ts` writes what this reads; both number the words alike.
//
// A value row holds one number per lane, `stride` bytes apart; rows are sensors first, then neurons. Offsets of sources
// and targets count bytes from the first row, so that one lane is a column and a block of lanes a group of columns.

/** i32 words of the header, from the record's address. */
export const LANES: usize = 0
export const NEURONS: usize = 4
/** 0 ordered, 1 synchronous, 2 stanley. */
export const RULE: usize = 8
/** Passes of a control step: 1, k, or those of the first step under `stanley`. */
export const PASSES: usize = 12
/** Passes of each later step. */
export const LATER_PASSES: usize = 16
/** First neuron row, from the first row, in bytes. */
export const FIRST_NEURON: usize = 20
/** Addresses. */
export const VALUES: usize = 24
/** Rows of the pass being computed; its sensor rows do not exist. */
export const NEXT: usize = 28
export const RECORDS: usize = 32
/** Addresses of the records in order of computation, i32 each. */
export const ORDER: usize = 36
/** Passes since the last reset and whether a neuron was not finite, i32 each per lane. */
export const COUNTS: usize = 40
export const FAILED: usize = 44
/** 1 when weights, biases and responses are rows too, one number per lane. */
export const OWN: usize = 48
/** Bytes of a row, lanes × 8. */
export const STRIDE: usize = 52
/** 1 when a lane has failed since its reset. */
export const ANY_FAILED: usize = 56

/**
 * 1 when every neuron stays finite as long as the sensors do not exceed LARGEST: all activations are bounded, no neuron
 * multiplies its terms, and no parameter exceeds LARGEST either.
 */
export const BOUNDED: usize = 60
export const LARGEST: f64 = 1e100

/** i32 words of a neuron's record. */
export const RECORD_BYTES: usize = 32
export const TARGET: usize = 0
/** Link sources are i32 offsets from SOURCES to SOURCES_END. */
export const SOURCES: usize = 4
export const SOURCES_END: usize = 8
/** First weight; the next one is 8 bytes or one row further. */
export const WEIGHTS: usize = 12
/** Bias; the response is 8 bytes or one row further. */
export const PARAMETERS: usize = 16
/** Activation + 256 × aggregation. */
export const KIND: usize = 20
/** First pass that computes the neuron under `stanley`. */
export const REACHED_AT: usize = 24
/** Address of the block that computes this neuron together with the next one in order, or 0; see `twins.ts`. */
export const TWINS: usize = 28
