// One real member under a hail of forged claims, as fast as it can take them: what gets into its archive is measured again
// here, by hand. For counts of lies that a whole archipelago would take days for.

import { cidOf, createRandom, encodeGenotype, mutate, ask, createPopulation, defaultSettings, type Genotype, type Random, type TaskInterface } from '@megabrain/evolve'
import type { Measure } from '../src/archipelago/search.ts'
import { hexText } from '../src/bytes/text.ts'
import { digestOfCid } from '../src/claim/cid-digest.ts'
import { claimMessage, encodeClaim, type Statement } from '../src/claim/claim-codec.ts'
import { MAX_FITNESS } from '../src/limits.ts'
import type { Effect, MemberEvent } from '../src/member/events.ts'
import { step } from '../src/member/member.ts'
import { createMember, type MemberState } from '../src/member/state.ts'
import { createMemoryKeys, memorySignature, memoryVerify } from '../src/memory/memory-keys.ts'
import { createRealm, realmId } from '../src/realm/realm.ts'
import { decodeRequest, encodeAnswer, type Answer } from '../src/wire/messages.ts'
import type { Keys } from '../src/ports.ts'

export interface MillOptions {
  readonly lies: number
  readonly seed: number
  readonly task: { readonly id: string } & TaskInterface
  readonly evaluator: string
  readonly measure: Measure
  /** Called each so many lies, with how many there were. */
  readonly progress?: (lies: number) => void
}

export interface MillReport {
  readonly lies: number
  readonly honest: number
  readonly admitted: number
  /** Kept by the member or handed to its population although the fitness is not what it measures. */
  readonly falseEntries: number
  readonly evaluations: number
  readonly refused: Readonly<Record<string, number>>
}

/** Enough that each comes round only after its last strike is forgiven. */
const AUTHORS = 512
const LIE_EVERY_MS = 10_000
const HONEST_EVERY = 500
/** Bodies that lies are told about, the newest replacing the oldest. */
const BODIES = 256
const FRESH_BODY_SHARE = 0.25

interface Body {
  readonly genotype: Genotype
  readonly bytes: Uint8Array
  readonly cid: string
  readonly fitness: number
}

export function millLies(options: MillOptions): MillReport {
  const { lies, seed, task, evaluator, measure } = options
  const random = createRandom(seed)
  const realm = createRealm({ name: 'mill', owner: hexText(createMemoryKeys('mill').owner), tasks: [task.id] })
  const authors = Array.from({ length: AUTHORS }, (_, i) => createMemoryKeys(`carol-${i}`))
  const bodies = createBodies(options, random)
  let now = 1_800_000_000_000
  let sequence = Math.floor(now / 1_000)
  let state: MemberState = createMember({ role: 'island', realm, evaluators: { [task.id]: evaluator }, identity: createMemoryKeys('bob'), seed })
  let falseEntries = 0
  let honest = 0

  function happen(event: MemberEvent): void {
    const next = step(state, event, now)
    state = next.state
    for (const effect of next.effects) carryOut(effect)
  }

  function carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'check-signature':
        return happen({ kind: 'signature-checked', ticket: effect.ticket, valid: effect.checks.every(({ key, message, signature }) => memoryVerify(key, message, signature)) })
      case 'measure':
        return happen({ kind: 'measured', ticket: effect.ticket, measurement: measure(effect.task, effect.body) })
      case 'find': // there is no directory
        return happen({ kind: 'holders', ticket: effect.ticket, peers: [] })
      case 'request': {
        const request = decodeRequest(effect.bytes)
        const body = request.ok && request.value.kind === 'pull' ? bodies.byDigest.get(hexText(request.value.digest)) : undefined
        const result = body === undefined ? { ok: false, reason: 'refused' } as const : { ok: true, value: encodeAnswer({ kind: 'pull', body } as Answer) } as const
        return happen({ kind: 'answered', ticket: effect.ticket, result })
      }
      case 'keep':
      case 'immigrate': {
        const truth = measure(task.id, effect.entry.body)
        if (!truth.ok || truth.fitness !== effect.entry.claim.fitness || cidOf(effect.entry.body) !== effect.entry.claim.genotype) falseEntries++
        return
      }
      default:
    }
  }

  function tell({ cid, fitness }: Body, author: Keys): void {
    const statement: Statement = {
      genotype: cid, realm: realmId(realm), task: task.id, evaluator, fitness, seedRule: 'public', parents: [], operators: [], generation: 1,
      license: realm.license, author: hexText(author.owner), device: hexText(author.device), time: now, sequence: ++sequence,
    }
    const bytes = encodeClaim(statement, author.delegation, memorySignature(author.device, claimMessage(statement, author.delegation)))
    happen({ kind: 'delivered', id: `d${sequence}`, from: 'carol', bytes })
  }

  happen({ kind: 'neighbours', neighbours: [{ peer: 'carol', kind: 'island', transport: 'memory' }] })
  for (let i = 0; i < lies; i++) {
    now += LIE_EVERY_MS
    if (i % 16 === 0) happen({ kind: 'heartbeat' })
    const body = random.uniform() < FRESH_BODY_SHARE ? bodies.fresh() : bodies.known()
    tell({ ...body, fitness: lieAbout(body.fitness, random) }, authors[i % AUTHORS]!)
    if (i % HONEST_EVERY === 0) {
      honest++
      tell(bodies.fresh(), authors[i % AUTHORS]!)
    }
    if (i % 100_000 === 99_999) options.progress?.(i + 1)
  }
  for (const { claim, body } of state.niches.values()) {
    const truth = measure(task.id, body)
    if (!truth.ok || truth.fitness !== claim.fitness) falseEntries++
  }
  const { admitted, measured, refused } = state.counters
  return { lies, honest, admitted, falseEntries, evaluations: measured, refused: Object.fromEntries(refused) }
}

/** By one, to the top, or anywhere; up or down; never the truth. */
function lieAbout(truth: number, random: Random): number {
  const lies = [truth + 1, truth - 1, MAX_FITNESS, random.integer(MAX_FITNESS + 1), truth + random.integer(1_000)]
  const lie = lies[random.integer(lies.length)]!
  return lie === truth || lie < 0 || lie > MAX_FITNESS ? (truth === 0 ? 1 : truth - 1) : lie
}

function createBodies({ task, measure }: MillOptions, random: Random) {
  const known: Body[] = []
  const byDigest = new Map<string, Uint8Array>()
  let next = 0

  function keep(genotype: Genotype): Body | undefined {
    const bytes = encodeGenotype(genotype)
    const truth = measure(task.id, bytes)
    if (!truth.ok) return undefined
    const body: Body = { genotype, bytes, cid: cidOf(bytes), fitness: truth.fitness }
    const replaced = known[next % BODIES]
    if (replaced !== undefined) byDigest.delete(hexText(digestOfCid(replaced.cid)!))
    known[next++ % BODIES] = body
    byDigest.set(hexText(digestOfCid(body.cid)!), bytes)
    return body
  }

  const founder = ask(createPopulation({ task, settings: { size: 2 }, seed: random.integer(4_294_967_296) })).candidates[0]!.genotype
  keep(founder)
  return {
    byDigest,
    known: (): Body => known[random.integer(known.length)]!,
    fresh(): Body {
      for (;;) {
        const parent = random.integer(20) === 0 ? founder : known[random.integer(known.length)]!.genotype
        const body = keep(mutate(parent, defaultSettings, random).genotype)
        if (body !== undefined) return body
      }
    },
  }
}
