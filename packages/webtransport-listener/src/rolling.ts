// Which certificate serves now and which comes next. An address names both, so that who learned it before a change can still
// dial after it; the one before stays in the handshake's list, for who dials with an address that is older still.

import { createCertificate, type Certificate } from './certificate.ts'

/** Where certificates survive a restart; what is kept is secret. */
export interface CertificateStore {
  load(): Promise<Uint8Array | undefined>
  save(bytes: Uint8Array): Promise<void>
}

const DAY_MS = 86_400_000
/** How long each one serves. */
export const SERVES_MS = 12 * DAY_MS
/** Valid so long before and after it serves: the clocks of strangers are not ours. 12 + 2 × 0.9 days are below the 14 allowed. */
export const MARGIN_MS = 0.9 * DAY_MS

export interface Rolling {
  readonly previous: Certificate | undefined
  readonly current: Certificate
  readonly next: Certificate
}

/** From when `certificate` serves, ms. */
const servesFrom = ({ notBefore }: Certificate): number => notBefore + MARGIN_MS
export const servesUntil = ({ notAfter }: Certificate): number => notAfter - MARGIN_MS

/**
 * Those for `now`, made where they are missing. Certificates of a stopped clock or a long absence are left behind.
 * @param known any, in any order
 */
export async function rollingAt(now: number, known: readonly Certificate[]): Promise<Rolling> {
  const inOrder = known.toSorted((a, b) => a.notBefore - b.notBefore)
  const current = inOrder.findLast((one) => servesFrom(one) <= now && now < servesUntil(one)) ?? await certificateFrom(now)
  const next = inOrder.find((one) => Math.abs(servesFrom(one) - servesUntil(current)) < DAY_MS) ?? await certificateFrom(servesUntil(current))
  const previous = inOrder.findLast((one) => one.notBefore < current.notBefore && now < one.notAfter)
  return { previous, current, next }
}

function certificateFrom(start: number): Promise<Certificate> {
  // X.509 knows whole seconds only.
  const from = Math.floor((start - MARGIN_MS) / 1_000) * 1_000
  return createCertificate(from, from + SERVES_MS + 2 * MARGIN_MS)
}
