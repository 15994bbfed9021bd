// What the clients announce: a realm of the benchmark's own, and signed claims about genotypes of a given size whose fitness is
// what they say. Each is by another author, so that no author's budget is what is measured.

import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { cidOf, createGenotype, createRandom, encodeGenotype, evaluate, plainNeuron } from '@megabrain/evolve'
import type { Link } from '@megabrain/evolve'
import { claimMessage, createRealm, deviceStatement, encodeClaim, encodeRealm, MAX_ANNOUNCEMENT_BYTES, realmId, realmMessage } from '@megabrain/exchange'
import type { Claim } from '@megabrain/exchange'
import { evaluatorVersion, tasks } from '@megabrain/tasks'

export interface BenchRealm {
  readonly id: string
  readonly document: Uint8Array
}

export interface Announcement {
  /** A signed claim of just under 512 bytes. */
  readonly bytes: Uint8Array
  /** The canonical genotype that it names. */
  readonly body: Uint8Array
}

const task = tasks['xor']!
/** Ids of the format: `docs/genotype.md`. */
const FIRST_ACTUATOR = 4_096
const FIRST_HIDDEN = 65_536
const INTO_EACH = 48

/** A realm with room for genotypes of 50 kB, which the default one has not. */
export function createBenchRealm(): BenchRealm {
  const owner = generateKeyPairSync('ed25519')
  const plain = createRealm({ name: 'bench', owner: hex(raw(owner.publicKey)), tasks: [task.id] })
  const realm = { ...plain, limits: { ...plain.limits, maxBodyBytes: 65_536, maxNeurons: 1_024, maxLinks: 16_384, claimsPerMinute: 600 } }
  return { id: realmId(realm), document: encodeRealm(realm, new Uint8Array(sign(null, realmMessage(realm), owner.privateKey))) }
}

/** @param number another genotype for each, from 0 @param bodyBytes about how large the genotype is */
export function createAnnouncement(realm: BenchRealm, number: number, bodyBytes: number): Announcement {
  const genotype = createGenotype({ inputs: task.inputs, outputs: task.outputs, rule: task.updateRule, ...layersOf(number, bodyBytes) })
  const body = encodeGenotype(genotype)
  const owner = generateKeyPairSync('ed25519')
  const device = generateKeyPairSync('ed25519')
  const [ownerKey, deviceKey] = [raw(owner.publicKey), raw(device.publicKey)]
  const delegation = new Uint8Array(sign(null, deviceStatement(deviceKey), owner.privateKey))
  const parentOf = (i: number): string => cidOf(createHash('sha256').update(`${number}/${i}`).digest())
  const claim: Omit<Claim, 'id'> = {
    genotype: cidOf(body), realm: realm.id, task: task.id, evaluator: evaluatorVersion(task), fitness: evaluate(task, genotype).fitness,
    seedRule: 'public', parents: [parentOf(0)], operators: [], generation: number, license: 'Apache-2.0',
    author: hex(ownerKey), device: hex(deviceKey), time: Date.now(), sequence: Date.now(),
  }
  const bytes = encodeClaim(claim, delegation, new Uint8Array(sign(null, claimMessage(claim, delegation), device.privateKey)))
  if (bytes.length > MAX_ANNOUNCEMENT_BYTES) throw new RangeError(`A claim has at most ${MAX_ANNOUNCEMENT_BYTES} bytes, got ${bytes.length}`)
  return { bytes, body }
}

/** A chain of hidden neurons, each fed by the sensors and those before it, with weights that do not compress. */
function layersOf(number: number, bodyBytes: number) {
  const random = createRandom(number + 1)
  const weight = (): number => Math.fround(2 * random.uniform() - 1) || 0.5
  const hidden = Array.from({ length: Math.max(0, Math.round((bodyBytes - 60) / (6 * INTO_EACH + 20))) }, (_, i) => FIRST_HIDDEN + i)
  const links: Link[] = []
  hidden.forEach((to, i) => {
    const sources = [0, 1, 2, ...hidden.slice(Math.max(0, i - INTO_EACH + 3), i)]
    for (const from of sources) links.push({ from, to, weight: weight() })
    links.push({ from: to, to: FIRST_ACTUATOR, weight: weight() })
  })
  for (const from of [0, 1, 2]) links.push({ from, to: FIRST_ACTUATOR, weight: weight() })
  return { neurons: hidden.map(plainNeuron), links }
}

/** The last 32 bytes of the key's DER form. */
function raw(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ format: 'der', type: 'spki' }).subarray(-32))
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
