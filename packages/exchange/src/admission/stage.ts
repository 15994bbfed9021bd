// How far claims get. Admission is a row of stages, cheap ones first; each counts what passes it, so that the page and the
// relay's metrics show where strangers' claims end. The reasons are in `refusal.ts`.

export const admissionStages = [
  'received', // bytes that a neighbour handed over, within its budget of bytes
  'decoded', // the canonical bytes of a claim
  'fresh', // not seen before
  'ours', // of this realm, and of a task that we can re-run
  'checked', // within the neighbour's budget of signature checks
  'signed', // both signatures hold
  'timely', // inside the windows of time and sequence, within the author's rate
  'allowed', // neither banned nor without the right to publish
  'promising', // not known to be worse than what we hold: the verdict is `forward`
  'wanted', // subscribed to, within the budgets of bytes and evaluations
  'fetched', // the body is here, and what its CID says
  'sound', // a genotype within the realm's caps
  'measured', // measured here, within its cost
  'reproduced', // the fitness measured here is the claimed one, to the bit
  'admitted', // better than its niche's holder
] as const

export type AdmissionStage = (typeof admissionStages)[number]

/** Claims that passed each stage. */
export type StageCounts = Record<AdmissionStage, number>

export function createStageCounts(): StageCounts {
  return Object.fromEntries(admissionStages.map((stage) => [stage, 0])) as StageCounts
}
