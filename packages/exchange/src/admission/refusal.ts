// Every reason for which a stranger's bytes are refused. A closed union: the page, the relay's metrics and
// `docs/limits.md` list exactly these.

export const refusals = [
  'too-large', // more bytes than the limit of the channel or of the answer
  'malformed', // not the canonical bytes of any known format
  'unknown-version', // a format newer than ours; ignored, nobody's fault
  'wrong-realm', // signed for another realm
  'unknown-task', // a task or evaluator version we cannot re-run; ignored
  'bad-signature', // envelope or delegation does not verify
  'duplicate', // seen before
  'replayed', // sequence number not newer than this device's last, or time outside the window
  'too-many', // the author's or neighbour's rate is used up
  'banned', // the author's claims failed too often here
  'shunned', // who runs this relay or island will have nothing of the author
  'revoked', // the author has taken back the device that signed it
  'moderated', // a moderator of the realm has banned the genotype, its lineage or its author
  'not-entitled', // a statement by somebody whom the realm gives no say in it; ignored, our policy may be the older one
  'not-invited', // the realm takes results of those only whom it lists or who were invited
  'terms-not-accepted', // the author has not accepted the realm's terms
  'realm-full', // the realm has as many authors as it admits for now
  'not-better', // below the realm's threshold, or not better than what the archive holds in its niche
  'unavailable', // nobody who should have the body gave it, or our own evaluator failed
  'wrong-content', // the body is not what its CID says
  'over-limits', // the genotype breaks the realm's structural caps or has another interface than the task
  'too-expensive', // evaluating it would cost more than the realm's budget
  'not-reproduced', // fitness re-evaluated to another value
] as const

export type Refusal = (typeof refusals)[number]
