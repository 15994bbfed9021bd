// Decoders of what lies around claims: statements of the registry and what each kind says, invites, receipts, bodies packed
// for one asker, exports of credit.

import { createGenotype, decodeDelta, decodeGenotype, encodeDelta, encodeGenotype, linksOf, type Genotype } from '@megabrain/evolve'
import { deflateSync } from 'fflate'
import { bob, testRealm } from '../fixtures/world.ts'
import { newSearch, receiptEnvelope, record } from '../fixtures/evolution.ts'
import { sampleGenotype } from '../fixtures/xor.ts'
import { asciiText, hexText } from '../src/bytes/text.ts'
import { decodeExport, exportMessage, exportText, signedExport } from '../src/credit/export.ts'
import { decodeReceipt } from '../src/credit/receipt-codec.ts'
import { MAX_ANNOUNCEMENT_BYTES } from '../src/limits.ts'
import { realmId } from '../src/realm/realm.ts'
import { decodeInvite } from '../src/registry/invite.ts'
import { parseInvite } from '../src/registry/invite-text.ts'
import { statementKinds } from '../src/registry/kinds.ts'
import { decodeStatement } from '../src/registry/statement-codec.ts'
import type { SignedStatement } from '../src/registry/statement.ts'
import { inflate } from '../src/wire/inflate.ts'
import { packBody, unpackBody } from '../src/wire/parcel.ts'
import { decoderTarget } from './decoder-target.ts'
import type { Target } from './fuzz.ts'

const CAPS = { maxBytes: 32_768, maxNeurons: 512, maxLinks: 4_096 }
/** Kind, length of the subject: before subject and content of a statement. */
const PREFIX_BYTES = 2
const LINE_END = 10
const INFLATED_BYTES = 440

export function recordTargets(golden: readonly Uint8Array[]): readonly Target[] {
  const statements = golden.flatMap((bytes) => {
    const decoded = decodeStatement(bytes)
    return decoded.ok ? [decoded.value.statement] : []
  })
  const envelopes = statements.map(({ envelope }) => envelope)
  const invites = golden.filter((bytes) => decodeInvite(bytes) !== undefined)
  const credit = exportOf(statements)
  const { stretch } = record(newSearch('neat', 1, bob), { strangers: [1, 2], generations: 1 })
  const receipt = receiptEnvelope(stretch, undefined, bob)
  const [parent, child] = [genotypeOf(sampleGenotype(1, 9).body), perturbed(genotypeOf(sampleGenotype(1, 9).body))]
  const delta = encodeDelta(parent, child)!
  const parcels = [packBody(encodeGenotype(child), []), packBody(encodeGenotype(child), [encodeGenotype(parent)])]

  return [
    decoderTarget('statement', { weight: 12, maxBytes: MAX_ANNOUNCEMENT_BYTES + 16, seeds: envelopes, decode: decodeStatement }),
    decoderTarget('statement contents', {
      weight: 5, maxBytes: 512, seeds: statements.flatMap(contentsOf), decode: decodeContents, isFramed: false,
    }),
    decoderTarget('invite', { weight: 4, maxBytes: 300, seeds: invites, decode: decodeInvite }),
    decoderTarget('invite text', {
      weight: 2,
      maxBytes: 700,
      seeds: invites.flatMap((bytes) => [`megabrain-invite-1.${hexText(bytes)}`, `megabrain-invite-1.${hexText(bytes)}.${'ab'.repeat(32)}`])
        .filter((text) => parseInvite(text) !== undefined).map(textBytes),
      decode: (bytes) => (bytes.length > 1_024 ? undefined : parseInvite(asciiText(bytes) ?? '')),
    }),
    decoderTarget('receipt', { weight: 8, maxBytes: 1_024, seeds: [receipt], decode: decodeReceipt }),
    decoderTarget('delta', {
      weight: 8, maxBytes: 512, seeds: [delta], decode: (bytes) => decodeDelta(parent, bytes, CAPS), magicBytes: 1, isFramed: false,
    }),
    decoderTarget('deflated', { weight: 6, maxBytes: 1_024, seeds: deflatedSeeds(), decode: (bytes) => inflate(bytes, INFLATED_BYTES) }),
    decoderTarget('parcel', {
      weight: 4,
      maxBytes: 1_024,
      isFramed: false,
      seeds: parcels.map(({ base, inflated, content }) => Uint8Array.from([base, inflated >> 8, inflated & 255, ...content])),
      decode: (bytes) => {
        const [base = 0, high = 0, low = 0] = bytes
        const parcel = { kind: 'parcel', base: base % 4, inflated: high * 256 + low, content: bytes.slice(3) } as const
        return unpackBody(parcel, [encodeGenotype(parent)], CAPS)
      },
    }),
    decoderTarget('export', { weight: 2, maxBytes: 8_192, seeds: [credit], decode: decodeExport, magicBytes: credit.indexOf(LINE_END) }),
  ]
}

function contentsOf({ kind, subject, content }: SignedStatement): readonly Uint8Array[] {
  const index = statementKinds.findIndex((known) => known.kind === kind)
  const seed = Uint8Array.from([index, subject.length, ...subject, ...content])
  return index >= 0 && decodeContents(seed) !== undefined ? [seed] : []
}

function decodeContents(bytes: Uint8Array): object | undefined {
  const kind = statementKinds[(bytes[0] ?? 0) % statementKinds.length]!
  const length = PREFIX_BYTES + ((bytes[1] ?? 0) % 65)
  const [subject, content] = [bytes.slice(PREFIX_BYTES, length), bytes.slice(length)]
  const signer = hexText(bob.owner)
  const value = kind.decode({ subject, content, signer, author: signer, realm: realmId(testRealm()) })
  return value === undefined ? undefined : { value }
}

/** Blocks of all kinds: with codes of their own, with the fixed ones, stored. */
function deflatedSeeds(): readonly Uint8Array[] {
  const noise = Uint8Array.from({ length: INFLATED_BYTES }, (_, i) => (i * i * 7) % 251)
  const steps = Uint8Array.from({ length: INFLATED_BYTES }, (_, i) => i >> 4)
  const bodies = [noise, steps, new Uint8Array(INFLATED_BYTES)]
  const stored = Uint8Array.from([1, 0xb8, 1, 0x47, 0xfe, ...new Uint8Array(INFLATED_BYTES).fill(7)])
  return [...bodies.map((body) => deflateSync(body, { level: 9 })), stored]
}

function exportOf(statements: readonly SignedStatement[]): Uint8Array {
  const realm = realmId(testRealm())
  const text = exportText({ realm, time: 1, auditors: 'any', finds: [], statements, receipts: [] })
  return signedExport(text, bob, bob.signNow(exportMessage(text)))
}

function perturbed(genotype: Genotype): Genotype {
  const links = linksOf(genotype).map((link, i) => (i % 5 === 0 ? { ...link, weight: Math.fround(link.weight + 0.5) } : link))
  return createGenotype({ ...genotype, links: links.slice(1), neurons: genotype.neurons.slice(genotype.outputs) })
}

function genotypeOf(body: Uint8Array): Genotype {
  const decoded = decodeGenotype(body)
  if (!decoded.ok) throw new RangeError(`A sample must decode, got ${decoded.reason}`)
  return decoded.value
}

function textBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}
