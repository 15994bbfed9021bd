// Columns of numbers for genotypes. Engines allocate an array of more than eight doubles outside their heap, which takes
// longer than breeding a child; so columns of moderate length are parts of a larger array.

/** Columns up to this length live inside the engine's heap and cost nothing special. */
const INLINE = 8
/** A longer column than this has an array of its own. */
const LONGEST_PART = 32
/** A genotype that stays while those of its time are gone keeps this much alive for each of its columns: 1 KiB. */
const SLAB = 128

let slab = new Float64Array(SLAB)
let used = 0

/** All 0. Its `buffer` may be that of others: to be read and filled through the view only. */
export function newColumn(length: number): Float64Array {
  if (length <= INLINE || length > LONGEST_PART) return new Float64Array(length)
  if (used + length > SLAB) {
    slab = new Float64Array(SLAB)
    used = 0
  }
  used += length
  return slab.subarray(used - length, used)
}

export function copyOf(column: Float64Array): Float64Array {
  const copy = newColumn(column.length)
  // For so few numbers a loop is faster than `set`.
  for (let i = 0; i < copy.length; i++) copy[i] = column[i]!
  return copy
}
