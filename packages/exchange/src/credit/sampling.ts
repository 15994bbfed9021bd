// How often a receipt is run again: BOINC's rule of adaptive replication. Everything until ten in a row were valid, then
// with probability 1/CV, and never less than one in fifty. https://github.com/BOINC/boinc/wiki/AdaptiveReplication

/** Consecutive valid audits after which a device is trusted with sampling. */
export const TRUSTED_AFTER = 10
/** Least share of receipts that is run again. */
export const SAMPLING_FLOOR = 0.02

/** @param valid CV, the device's consecutive valid audits by this auditor */
export function auditProbability(valid: number): number {
  return valid < TRUSTED_AFTER ? 1 : Math.max(SAMPLING_FLOOR, 1 / valid)
}
