// A claim with the genotype it is about in one file, so that anybody can check it without a network. The parts are the
// canonical bytes of the exchange; only the frame around them is made here:
// "MBCLAIM1" · envelope length u16, little-endian · signed envelope · canonical genotype to the end of the file.

import { cidOf, costOf, decodeGenotype, evaluate, FINGERPRINT_ACTIVATIONS, fingerprintOf } from '@megabrain/evolve'
import { claimMessage, createRealm, decodeClaim, encodeClaim, MAX_ANNOUNCEMENT_BYTES, MAX_BODY_BYTES, nicheNumber } from '@megabrain/exchange'
import type { Claim, Keys, Refusal, SignatureCheck } from '@megabrain/exchange'
import { evaluatorVersion, findTask } from '@megabrain/tasks'

const MAGIC = new TextEncoder().encode('MBCLAIM1')
const HEADER_BYTES = MAGIC.length + 2

export interface ClaimFile {
  readonly envelope: Uint8Array
  /** Canonical genotype. */
  readonly body: Uint8Array
}

export function isClaimFile(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte)
}

export function encodeClaimFile({ envelope, body }: ClaimFile): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + envelope.length + body.length)
  bytes.set(MAGIC)
  new DataView(bytes.buffer).setUint16(MAGIC.length, envelope.length, true)
  bytes.set(envelope, HEADER_BYTES)
  bytes.set(body, HEADER_BYTES + envelope.length)
  return bytes
}

/** Undefined for bytes that are no whole claim file within the limits of the exchange. */
export function decodeClaimFile(bytes: Uint8Array): ClaimFile | undefined {
  if (!isClaimFile(bytes) || bytes.length < HEADER_BYTES) return undefined
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint16(MAGIC.length, true)
  const body = bytes.subarray(HEADER_BYTES + length)
  if (length === 0 || length > MAX_ANNOUNCEMENT_BYTES || body.length === 0 || body.length > MAX_BODY_BYTES) return undefined
  return { envelope: bytes.subarray(HEADER_BYTES, HEADER_BYTES + length), body }
}

/** Signs what a run found. `claim` holds everything but the author, which is whose keys sign. */
export async function signClaim(keys: Keys, claim: Omit<Claim, 'id' | 'author' | 'device'>): Promise<Uint8Array> {
  const statement = { ...claim, author: hexOf(keys.owner), device: hexOf(keys.device) }
  return encodeClaim(statement, keys.delegation, await keys.sign(claimMessage(statement, keys.delegation)))
}

export type Verdict =
  | { readonly valid: true; readonly claim: Claim; readonly measured: number }
  | { readonly valid: false; readonly reason: Refusal; readonly claim?: Claim; readonly measured?: number }

/** The exchange's admission of one claim under a realm's first policy: cheap checks first, the evaluation last. */
export async function verifyClaim(bytes: Uint8Array): Promise<Verdict> {
  const file = decodeClaimFile(bytes)
  if (file === undefined) return { valid: false, reason: 'malformed' }
  const decoded = decodeClaim(file.envelope)
  if (!decoded.ok) return { valid: false, reason: decoded.reason }
  const { claim, checks } = decoded.value
  if (!(await Promise.all(checks.map(holds))).every(Boolean)) return { valid: false, reason: 'bad-signature', claim }
  const task = findTask(claim.task)
  if (task === undefined || evaluatorVersion(task) !== claim.evaluator) return { valid: false, reason: 'unknown-task', claim }
  if (cidOf(file.body) !== claim.genotype) return { valid: false, reason: 'wrong-content', claim }
  const genotype = decodeGenotype(file.body)
  if (!genotype.ok) return { valid: false, reason: 'malformed', claim }
  const { inputs, outputs, neurons, links } = genotype.value
  const { limits } = createRealm({ name: 'default', owner: claim.author, tasks: [task.id] })
  const isSmall = neurons.length <= limits.maxNeurons && links.weights.length <= limits.maxLinks
  if (!isSmall || inputs !== task.inputs || outputs !== task.outputs) return { valid: false, reason: 'over-limits', claim }
  const cost = costOf(genotype.value) * (task.maxActivations + FINGERPRINT_ACTIVATIONS)
  if (cost > limits.maxCost) return { valid: false, reason: 'too-expensive', claim }
  const measured = evaluate(task, genotype.value).fitness
  const niche = nicheNumber(fingerprintOf(genotype.value), links.weights.length)
  const isTrue = measured === claim.fitness && (claim.niche ?? niche) === niche
  return isTrue ? { valid: true, claim, measured } : { valid: false, reason: 'not-reproduced', claim, measured }
}

async function holds({ key, message, signature }: SignatureCheck): Promise<boolean> {
  try {
    const imported = await crypto.subtle.importKey('raw', key.slice(), 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', imported, signature.slice(), message.slice())
  } catch {
    // Bytes that are no point of the curve.
    return false
  }
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
