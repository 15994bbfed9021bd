// A second, small reader of docs/protocol.md and docs/genotype.md, written from those pages alone and sharing no code with
// the first: what the golden vectors say must come out of both. Statements are in `independent-registry.test.ts`.

import { inflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import {
  buffer, buffers, bytesOf, cidText, fieldsOf, isSignedBy, number, openEnvelope, sha256, text, vectors, type Fields, type Hex,
} from '../fixtures/page-reader.ts'

const operators = [
  'other', 'perturb-weights', 'add-neuron', 'add-link', 'remove-link', 'remove-neuron', 'mutate-activation', 'crossover-choose',
  'crossover-average', 'mutate-aggregation', 'add-bias', 'remove-bias', 'add-inlink', 'add-outlink', 'add-parallel-neuron', 'outsplice',
  'insplice', 'add-sensorlink',
  'add-actuatorlink', 'add-sensor', 'add-actuator', 'remove-sensor', 'remove-actuator', 'tune-hill-climb', 'tune-cma-es', 'tune-sep-cma-es',
]

function readClaim(envelope: Buffer): Record<string, unknown> {
  const { key, payload } = openEnvelope(envelope, 'megabrain-claim', '8180c001')
  const author = buffer(payload, 12)
  const delegation = Buffer.concat([Buffer.from('megabrain-device/1:'), key])
  expect(isSignedBy(author, delegation, buffer(payload, 13)), 'the owner delegates').toBe(true)
  expect(number(payload, 7)).toBe(1)
  const [supersedes, niche] = [buffer(payload, 16).toString('hex'), number(payload, 17)]
  expect(number(payload, 1)).toBe(supersedes !== '' || niche > 0 ? 2 : 1)
  return {
    id: sha256(envelope).toString('hex'),
    genotype: cidText(buffer(payload, 2)),
    realm: buffer(payload, 3).toString('hex'),
    task: text(payload, 4),
    evaluator: buffer(payload, 5).toString('hex'),
    fitness: number(payload, 6),
    seedRule: 'public',
    parents: buffers(payload, 8).map(cidText),
    operators: [...buffer(payload, 9)].map((code) => operators[code] ?? `operator-${code}`),
    generation: number(payload, 10),
    license: text(payload, 11) || 'Apache-2.0',
    author: author.toString('hex'),
    device: key.toString('hex'),
    time: number(payload, 14),
    sequence: number(payload, 15),
    ...(supersedes === '' ? {} : { supersedes }),
    ...(niche === 0 ? {} : { niche: niche - 1 }),
  }
}

function readRealm(key: Buffer, payload: Fields): Record<string, unknown> {
  const [maxBodyBytes, maxNeurons, maxLinks, maxCost, claimsPerMinute] = [6, 7, 8, 9, 10].map((field) => number(payload, field))
  const keys = (field: number): string[] => buffers(payload, field).map((owner) => owner.toString('hex'))
  const isFirst = number(payload, 1) === 1
  return {
    name: text(payload, 2),
    revision: number(payload, 3),
    owner: key.toString('hex'),
    tasks: buffers(payload, 4).map(String),
    threshold: number(payload, 5),
    limits: { maxBodyBytes, maxNeurons, maxLinks, maxCost, claimsPerMinute },
    license: text(payload, 11),
    publish: ['open', 'listed', 'invited'][number(payload, 12)],
    publishers: keys(13),
    moderators: isFirst ? [key.toString('hex')] : keys(14),
    terms: text(payload, 15),
    pledge: text(payload, 16),
    containment: isFirst ? 1 : number(payload, 17),
    capacity: number(payload, 18),
    stages: buffers(payload, 19).map(fieldsOf).map((stage) => ({ task: text(stage, 1), goal: number(stage, 2) })),
    beaconSigners: keys(20),
    subscription: { tasks: buffers(payload, 21).map(String), minimumFitness: number(payload, 22) },
    origin: buffer(payload, 23).toString('hex'),
    ...(number(payload, 1) < 3 ? {} : { model: readModel(fieldsOf(buffer(payload, 24))) }),
  }
}

function readModel(payload: Fields): Record<string, unknown> {
  const kinds: readonly (readonly string[])[] = [
    ['federated', 'quorum', 'roundMs', 'deadlineMs', 'leaseMs', 'survival', 'selection', 'agents', 'maxShardMembers'],
    ['swarm', 'migration', 'advertMs', 'threshold'],
    ['sharded'],
  ]
  const [kind, ...parameters] = kinds[number(payload, 1) - 1]!
  const selections = ['competition', 'truncation', 'tournament']
  const values = parameters.map((name, i) => [name, name === 'selection' ? selections[number(payload, 2 + i)] : number(payload, 2 + i)])
  return { kind, ...Object.fromEntries(values) }
}

interface Plain {
  readonly header: string
  readonly wide: boolean
  readonly inputs: number
  readonly outputs: number
  readonly neurons: { id: number; activation: number; aggregation: number; bias: number; response: number }[]
  /** `target source` by position among sensors and neurons → weight, in the order of the form. */
  readonly links: { target: number; source: number; weight: number }[]
}

function readGenotype(bytes: Buffer): Plain {
  expect(bytes.subarray(0, 5).toString('hex')).toBe('4d42677401')
  const [wide, responses] = [(bytes[5]! & 1) > 0, (bytes[5]! & 2) > 0]
  const [inputs, outputs, hidden, links] = [bytes.readUInt16LE(8), bytes.readUInt16LE(10), bytes.readUInt16LE(12), bytes.readUInt32LE(14)]
  const size = wide ? 8 : 4
  const count = outputs + hidden
  let at = 18
  const ids = Array.from({ length: count }, (_, i) => {
    if (i < outputs) return 4_096 + i
    at += 6
    return bytes.readUIntLE(at - 6, 6)
  })
  const codes = ids.map((_, i) => [...bytes.subarray(at + 4 * i, at + 4 * i + 2), bytes.readUInt16LE(at + 4 * i + 2)])
  at += 4 * count
  const sources = Array.from({ length: links }, (_, i) => bytes.readUInt16LE(at + 2 * i))
  at += 2 * links
  const parameter = (): number => {
    at += size
    return wide ? bytes.readDoubleLE(at - 8) : bytes.readFloatLE(at - 4)
  }
  const biases = ids.map(parameter)
  const gains = ids.map(() => (responses ? parameter() : 1))
  const targets = codes.flatMap(([, , incoming], i) => Array.from({ length: incoming! }, () => i))
  const plain = sources.map((source, i) => ({ target: targets[i]!, source, weight: parameter() }))
  expect(at).toBe(bytes.length)
  return {
    header: bytes.subarray(6, 12).toString('hex'), wide, inputs, outputs,
    neurons: ids.map((id, i) => ({ id, activation: codes[i]![0]!, aggregation: codes[i]![1]!, bias: biases[i]!, response: gains[i]! })),
    links: plain,
  }
}

/** Section 7. Sources and targets are told by ids here, since positions change. */
function applyDelta(base: Plain, delta: Buffer): Plain {
  expect(delta[0]).toBe(1)
  const size = delta[1] === 1 ? 8 : 4
  let at = 2
  const enters = (part: number): boolean => at < delta.length && delta[at] === part && at++ >= 0
  const count = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = delta[at++]!
      value |= (byte & 127) << shift
      if (byte < 128) return value
    }
  }
  const parameter = (): number => {
    at += size
    return size === 8 ? delta.readDoubleLE(at - 8) : delta.readFloatLE(at - 4)
  }
  const subset = (n: number): number[] => {
    const k = count()
    if (k === n) return Array.from({ length: n }, (_, i) => i)
    if (8 * k < n) {
      let next = 0
      return Array.from({ length: k }, () => {
        const index = next + count()
        next = index + 1
        return index
      })
    }
    at += Math.ceil(n / 8)
    const bits = delta.subarray(at - Math.ceil(n / 8), at)
    return Array.from({ length: n }, (_, i) => i).filter((i) => (bits[i >> 3]! >> (i & 7)) & 1)
  }
  const idAt = (plain: Pick<Plain, 'inputs' | 'neurons'>, position: number): number =>
    position < plain.inputs ? position : plain.neurons[position - plain.inputs]!.id

  const hidden = base.neurons.slice(base.outputs)
  const gone = new Set(enters(1) ? subset(hidden.length).map((i) => hidden[i]!.id) : [])
  const born = enters(2) ? Array.from({ length: count() }, () => {
    at += 8
    return { id: delta.readUIntLE(at - 8, 6), activation: delta[at - 2]!, aggregation: delta[at - 1]!, bias: 0, response: 1 }
  }) : []
  const neurons = [...base.neurons.filter(({ id }) => !gone.has(id)), ...born].sort((a, b) => a.id - b.id).map((neuron) => ({ ...neuron }))
  if (enters(3)) for (const i of subset(neurons.length)) neurons[i]!.activation = delta[at++]!
  if (enters(4)) for (const i of subset(neurons.length)) neurons[i]!.aggregation = delta[at++]!
  if (enters(5)) for (const i of subset(neurons.length)) neurons[i]!.bias = parameter()
  if (enters(6)) for (const i of subset(neurons.length)) neurons[i]!.response = parameter()
  const named = base.links.map(({ target, source, weight }) => ({ to: base.neurons[target]!.id, from: idAt(base, source), weight }))
  let kept = named.filter(({ to, from }) => !gone.has(to) && !gone.has(from))
  if (enters(7)) {
    const dropped = new Set(subset(kept.length))
    kept = kept.filter((_, i) => !dropped.has(i))
  }
  let added: typeof kept = []
  if (enters(8)) {
    let [target, next] = [0, 0]
    added = Array.from({ length: count() }, () => {
      const step = count()
      if (step > 0) next = 0
      target += step
      const source = next + count()
      next = source + 1
      return { to: neurons[target]!.id, from: idAt({ inputs: base.inputs, neurons }, source), weight: 0 }
    })
    for (const link of added) link.weight = parameter()
  }
  if (enters(9)) for (const i of subset(kept.length)) kept[i]!.weight = parameter()
  expect(at).toBe(delta.length)
  const position = (id: number): number => (id < 4_096 ? id : base.inputs + neurons.findIndex((neuron) => neuron.id === id))
  const links = [...kept, ...added].map(({ to, from, weight }) => ({ target: position(to) - base.inputs, source: position(from), weight }))
  links.sort((a, b) => a.target - b.target || a.source - b.source)
  return { ...base, neurons, links }
}

/** What two readings have in common; whether parameters are wide is seen in the bytes alone. */
const meaning = ({ wide: _, ...plain }: Plain): unknown => plain

interface StoredPull {
  readonly request: { readonly digest: Hex; readonly held: readonly Hex[] }
  readonly body: Hex | null
  readonly held: readonly Hex[]
  readonly requestBytes: Hex
  readonly answerBytes: Hex
}

interface StoredMessage {
  readonly message: Record<string, unknown>
  readonly bytes: Hex
}

interface StoredEntry {
  readonly entry: {
    readonly claim: Record<string, unknown>
    readonly body: Hex
    readonly fingerprint: number
    readonly links: number
    readonly origin?: Hex
  }
  readonly rows: readonly { readonly key: string; readonly value: Hex }[]
  readonly head: unknown
  readonly root: string
}

describe('an implementation from the pages alone', () => {
  test.each(['claim', 'claim-2'])('reads the claims of %s.json', (name) => {
    for (const { claim, envelope } of vectors<{ claim: unknown; envelope: Hex }[]>(`exchange/vectors/${name}`)) {
      expect(readClaim(bytesOf(envelope))).toEqual(claim)
    }
  })

  test('reads the realms of all versions', () => {
    for (const name of ['realm-1', 'realm', 'realm-3']) {
      for (const { realm, id, document } of vectors<{ realm: object; id: string; document: Hex }[]>(`exchange/vectors/${name}`)) {
        const { key, payload } = openEnvelope(bytesOf(document), 'megabrain-realm', '8280c001')
        const read = readRealm(key, payload)
        expect(name === 'realm' ? read : Object.fromEntries(Object.entries(read).filter(([field]) => field in realm))).toEqual(realm)
        expect(sha256(Buffer.from('megabrain-realm/1:'), key, buffer(payload, 2)).toString('hex')).toBe(id)
      }
    }
  })

  test('reads the pulls of wire-2.json to the body, whole, deflated or as edits', () => {
    for (const pull of vectors<{ pulls: StoredPull[] }>('exchange/vectors/wire-2').pulls) {
      const request = fieldsOf(bytesOf(pull.requestBytes))
      expect([number(request, 1), number(request, 2)]).toEqual([2, 1])
      expect(buffer(request, 3).toString('hex')).toBe(pull.request.digest.hex)
      expect(buffer(request, 4).toString('hex')).toBe(pull.request.held.map(({ hex }) => hex).join(''))
      const answer = fieldsOf(bytesOf(pull.answerBytes))
      expect([number(answer, 1), number(answer, 2)]).toEqual([2, 1])
      const [content, base, inflated] = [buffer(answer, 3), number(answer, 4), number(answer, 5)]
      if (pull.body === null) {
        expect(content.length + base + inflated).toBe(0)
        continue
      }
      const plain = inflated > 0 ? inflateRawSync(content) : content
      if (inflated > 0) expect(plain.length).toBe(inflated)
      if (base === 0) expect(sha256(plain).toString('hex')).toBe(pull.request.digest.hex)
      if (base === 0) continue
      const parent = readGenotype(bytesOf(pull.held[base - 1]!))
      expect(meaning(applyDelta(parent, plain))).toEqual(meaning(readGenotype(bytesOf(pull.body))))
    }
  })

  test('reads compare and offer of wire.json', () => {
    const { requests, answers } = vectors<Record<'requests' | 'answers', StoredMessage[]>>('exchange/vectors/wire')
    const hexes = (list: unknown): string[] => (list as Hex[]).map(({ hex }) => hex)
    for (const { message, bytes } of requests) {
      const fields = fieldsOf(bytesOf(bytes))
      if (message['kind'] === 'compare') expect([number(fields, 2), buffer(fields, 3).toString('hex')]).toEqual([2, message['root']])
      if (message['kind'] !== 'offer') continue
      expect(buffers(fields, 3).map((claim) => claim.toString('hex'))).toEqual(hexes(message['claims']))
      expect(buffer(fields, 4).toString('hex')).toBe((message['wants'] as string[]).join(''))
    }
    for (const { message, bytes } of answers) {
      const fields = fieldsOf(bytesOf(bytes))
      if (message['kind'] === 'pull') expect(buffer(fields, 3).toString('hex')).toBe((message['body'] as Hex).hex)
      if (message['kind'] === 'offer') expect(buffers(fields, 3).map((claim) => claim.toString('hex'))).toEqual(hexes(message['claims']))
      if (message['kind'] !== 'compare') continue
      const tasks = buffers(fields, 4).map(fieldsOf).map((task) => ({
        task: text(task, 1),
        evaluator: buffer(task, 2).toString('hex'),
        heads: (buffer(task, 3).toString('hex').match(/.{24}/g) ?? []).map((head) => ({
          niche: Number.parseInt(head.slice(0, 2), 16), fitness: Number.parseInt(head.slice(2, 8), 16), id: head.slice(8),
        })),
      }))
      expect(tasks).toEqual(message['tasks'])
    }
  })

  test('reads the stored rows of both versions, with heads and roots', () => {
    const stored = [vectors<StoredEntry>('exchange/vectors/archive'), ...vectors<StoredEntry[]>('exchange/vectors/archive-2')]
    for (const { entry, rows, head, root } of stored) {
      const row = bytesOf(rows[0]!.value)
      const fields = fieldsOf(row)
      const checksum = row.indexOf(Buffer.concat([Buffer.from('2a08', 'hex'), buffer(fields, 5)]))
      expect(sha256(row.subarray(0, checksum), row.subarray(checksum + 10)).subarray(0, 8)).toEqual(buffer(fields, 5))
      const signed = readClaim(buffer(fields, 2))
      const isAnew = buffer(fields, 6).length > 0
      const claim = isAnew ? { ...signed, evaluator: buffer(fields, 6).toString('hex'), fitness: number(fields, 7) } : signed
      expect(claim).toEqual(entry.claim)
      expect([number(fields, 3), number(fields, 4)]).toEqual([entry.fingerprint, entry.links])
      if (entry.origin !== undefined) expect(readClaim(buffer(fields, 8))['id']).toBe(signed['supersedes'])
      const niche = Math.floor(entry.fingerprint / 8) * 8 + Math.min(7, Math.floor(Math.log(Math.max(1, entry.links)) / Math.log(4)))
      const { task, evaluator, realm, id, fitness } = claim as Record<string, string> & { fitness: number }
      expect(head).toEqual({ niche, fitness, id: id!.slice(0, 16) })
      expect(rows.map(({ key }) => key)).toEqual([
        `claim/${realm}/${task}/${evaluator}/${String(niche).padStart(3, '0')}`,
        `body/${realm}/${cidText(sha256(bytesOf(entry.body)))}`,
      ])
      const parts = [Buffer.of(task!.length), Buffer.from(task!), Buffer.from(evaluator!, 'hex'), Buffer.of(niche), Buffer.from(id!, 'hex')]
      expect(sha256(...parts).toString('hex')).toBe(root)
    }
  })

  test('reads genotypes.json, and comes from base and delta to the child in deltas.json', () => {
    for (const { hex, cid } of vectors<{ cases: { hex: string; cid: string }[] }>('evolve/vectors/genotypes').cases) {
      readGenotype(Buffer.from(hex, 'hex'))
      expect(cidText(sha256(Buffer.from(hex, 'hex')))).toBe(cid)
    }
    for (const { base, delta, child } of vectors<{ cases: Record<'base' | 'delta' | 'child', string>[] }>('evolve/vectors/deltas').cases) {
      const made = applyDelta(readGenotype(Buffer.from(base, 'hex')), Buffer.from(delta, 'hex'))
      expect(meaning(made)).toEqual(meaning(readGenotype(Buffer.from(child, 'hex'))))
    }
  })
})
