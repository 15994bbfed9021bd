// What `doctor()` tells a site's owner: each thing that must hold for the element to work here, whether it does, and what to do.

import { accepted, type WishAttribute } from './wishes.ts'
import type { Cause } from '../protocol.ts'

export interface Finding {
  readonly check: 'secure-page' | 'operator' | 'attributes' | 'content-security-policy' | 'answer' | 'place'
  readonly ok: boolean
  /** What to do, in words; empty when it is ok. */
  readonly advice: string
}

export interface Examined {
  readonly isSecure: boolean
  /** Origin of this page. */
  readonly page: string
  /** Origin of the frame; undefined when the element does not know it. */
  readonly operator: string | undefined
  readonly faults: readonly WishAttribute[]
  /** The directive that the page's policy lacks. */
  readonly missingLine: string | undefined
  readonly answered: boolean
  readonly cause: Cause
}

const PLACE: Readonly<Partial<Record<Cause, string>>> = {
  'out-of-sight': 'The element is not on the screen: it rests while at least half of it cannot be seen.',
  'covered': 'Something lies over the element, or it is transparent, filtered, scaled down or turned: it rests until it can be seen plainly.',
  'too-small': 'The element is too small: give it at least 240 by 40 CSS pixels, and 280 by 320 to be asked in.',
}

export function diagnose(examined: Examined): readonly Finding[] {
  const { isSecure, page, operator, faults, missingLine, answered, cause } = examined
  const finding = (check: Finding['check'], ok: boolean, advice: string): Finding => ({ check, ok, advice: ok ? '' : advice })
  return [
    finding('secure-page', isSecure, 'Serve this page on https: browsers run nothing of this kind on plain http, except on localhost.'),
    finding('operator', operator !== undefined && operator !== page, operator === undefined
      ? 'Load the script from the relay, as the snippet has it, or name the relay: operator="https://embed.relay.example".'
      : 'The frame must come from another origin than this page.'),
    finding('attributes', faults.length === 0, faults.map((name) => `${name} must be ${accepted[name]}.`).join(' ')),
    finding('content-security-policy', missingLine === undefined, `This page's Content-Security-Policy keeps the frame out. The line should read: ${missingLine};`),
    finding('answer', answered || missingLine !== undefined,
      `Nothing answers at ${operator}: a content blocker of this browser, a filter of this network, or the relay is down. Visitors see one quiet line; nothing is tried around it.`),
    finding('place', PLACE[cause] === undefined, PLACE[cause] ?? ''),
  ]
}
