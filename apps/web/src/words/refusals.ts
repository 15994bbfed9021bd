// Why something from a stranger was refused, in words: one phrase per reason of the exchange.

import type { Refusal } from '@megabrain/exchange'

const phrases: Readonly<Record<Refusal, string>> = {
  'too-large': 'more bytes than allowed',
  malformed: 'not a message this page can read',
  'unknown-version': 'written in a newer format',
  'wrong-realm': 'meant for another realm',
  'unknown-task': 'about a task this page cannot re-run',
  'bad-signature': 'signature does not hold',
  duplicate: 'already known',
  replayed: 'an old message sent again',
  'too-many': 'too many from the same author',
  banned: 'its author failed too often here',
  shunned: 'refused by whoever runs this member',
  revoked: 'signed by a device that its owner has taken back',
  moderated: 'banned by a moderator of this realm',
  'not-entitled': 'said by somebody with no say in this realm',
  'not-invited': 'this realm takes results of invited authors only',
  'terms-not-accepted': 'its author has not accepted the terms of this realm',
  'realm-full': 'this realm admits no further authors for now',
  'not-better': 'not better than what is kept',
  unavailable: 'nobody could supply the genotype',
  'wrong-content': 'the genotype is not the one that was named',
  'over-limits': 'a network larger than this realm allows',
  'too-expensive': 'too expensive to re-run',
  'not-reproduced': 'fitness does not reproduce',
}

/** Every reason, in the order of the checks. */
export const refusalReasons = Object.keys(phrases) as readonly Refusal[]

export function refusalPhrase(reason: Refusal): string {
  return phrases[reason]
}

/** Everyday refusals say nothing bad about anybody. */
export function isHarmless(reason: Refusal): boolean {
  return (
    reason === 'duplicate' ||
    reason === 'not-better' ||
    reason === 'unavailable' ||
    reason === 'unknown-version' ||
    reason === 'unknown-task'
  )
}
