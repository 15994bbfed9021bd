// Why something from a stranger was refused, in words: one phrase per reason of the exchange.

import type { Refusal } from '@megabrain/exchange'
import { t } from './translate.ts'

/** Every reason, in the order of the checks. */
export const refusalReasons = [
  'too-large', 'malformed', 'unknown-version', 'wrong-realm', 'unknown-task', 'bad-signature',
  'duplicate', 'replayed', 'too-many', 'banned', 'shunned', 'revoked',
  'moderated', 'not-entitled', 'not-invited', 'terms-not-accepted', 'realm-full', 'not-better',
  'unavailable', 'wrong-content', 'over-limits', 'too-expensive', 'not-reproduced',
] as const satisfies readonly Refusal[]

export function refusalPhrase(reason: Refusal): string {
  return t(`state.refusal.${reason}`)
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
