// One requester and 1 to 20 real members as donors over the memory network, on the virtual clock: how much faster a fixed amount
// of evaluations is done, with loss and liars if they are asked for. Run by hand, a minute:
// `node packages/exchange/bench/work-units.ts [EVALUATIONS] [MS-EACH] [LOSS] [LIARS] [OWN-MS-EACH]`.

import { createRandom } from '@megabrain/evolve'
import { hexText } from '../src/bytes/text.ts'
import { createMemoryKeys } from '../src/memory/memory-keys.ts'
import { createMemoryNetwork } from '../src/memory/memory-network.ts'
import { step } from '../src/member/member.ts'
import { createMember } from '../src/member/state.ts'
import type { MemberEvent } from '../src/member/events.ts'
import { createRealm } from '../src/realm/realm.ts'
import { createFarm, type FarmEvent } from '../src/work-units/farm.ts'
import { EVALUATOR, measure, sampleGenotype } from '../fixtures/xor.ts'

const [evaluations = 4_000, msEach = 20, loss = 0, liars = 0, ownMsEach = msEach] = process.argv.slice(2).map(Number)
const realm = createRealm({ name: 'farm', owner: hexText(createMemoryKeys('owner').owner), tasks: ['xor'] })
const bodies = Array.from({ length: evaluations }, (_, i) => sampleGenotype(i, i % 5).body)

/** Half of a donor's time is its own search's. */
const SHARE = 2

function run(count: number) {
  const network = createMemoryNetwork({ seed: 7, latencyMs: [20, 80], loss })
  const requester = network.join('requester')
  const farm = createFarm({ task: 'xor', evaluator: EVALUATOR, random: createRandom(7) })
  const done = new Map<number, boolean>()
  let bytes = 0
  let freeAt = 0
  const happen = (event: FarmEvent): void => {
    for (const effect of farm.step(event, network.now())) {
      if (effect.kind === 'request') {
        bytes += effect.bytes.length
        requester.request(effect.to, effect.bytes, effect, (result) => {
          if (result.ok) bytes += result.value.length
          happen({ kind: 'answered', ticket: effect.ticket, result })
        })
      } else if (effect.kind === 'measure') {
        freeAt = Math.max(freeAt, network.now()) + ownMsEach
        network.after(freeAt - network.now(), () => happen({ kind: 'measured', ticket: effect.ticket, measurement: measure('xor', effect.body) }))
      } else if (effect.kind === 'done') {
        const truth = measure('xor', bodies[effect.id]!)
        done.set(effect.id, truth.ok && effect.result.ok && truth.fitness === effect.result.fitness)
      }
    }
  }
  requester.listen({ delivered: () => undefined, requested: (_, __, answer) => answer(undefined), neighbours: (all) => happen({ kind: 'donors', peers: all.map(({ peer }) => peer) }) })
  for (let i = 0; i < count; i++) openDonor(network, i)
  for (let i = 0; i < count; i++) network.connect('requester', `donor-${i}`)
  const tick = (): void => {
    happen({ kind: 'tick' })
    network.after(100, tick)
  }
  happen({ kind: 'submitted', work: bodies.map((body, id) => ({ id, body })) })
  tick()
  while (done.size < evaluations && network.now() < 36_000_000) network.advance(100)
  const { donors, evaluatedHere } = farm.view()
  const sum = (of: (donor: (typeof donors)[number]) => number): number => donors.reduce((total, donor) => total + of(donor), 0)
  return {
    donors: count, seconds: network.now() / 1_000, evaluatedHere, checked: sum(({ checked }) => checked), failures: sum(({ failures }) => failures),
    found: sum(({ isFalse }) => Number(isFalse)), wrong: [...done.values()].filter((isTrue) => !isTrue).length, bytesPerEvaluation: Math.round(bytes / evaluations),
  }
}

/** A real member whose evaluator measures one at a time; the first `liars` add one to each fitness once they are trusted. */
function openDonor(network: ReturnType<typeof createMemoryNetwork>, index: number): void {
  const node = network.join(`donor-${index}`)
  let state = createMember({ role: 'island', realm, evaluators: { xor: EVALUATOR }, identity: createMemoryKeys(`donor-${index}`), seed: index, evaluatesForOthers: true })
  const answers = new Map<number, (bytes: Uint8Array | undefined) => void>()
  let freeAt = 0
  let measured = 0
  let tickets = 0
  const happen = (event: MemberEvent): void => {
    const next = step(state, event, network.now())
    state = next.state
    for (const effect of next.effects) {
      if (effect.kind === 'respond') answers.get(effect.ticket)?.(effect.bytes)
      else if (effect.kind === 'request') node.request(effect.to, effect.bytes, effect, (result) => happen({ kind: 'answered', ticket: effect.ticket, result }))
      else if (effect.kind === 'measure') {
        freeAt = Math.max(freeAt, network.now()) + msEach * SHARE
        const truth = measure(effect.task, effect.body)
        const isLie = index < liars && measured++ > 30 && truth.ok
        const measurement = isLie ? { ...truth, fitness: Math.min(1_000_000, truth.fitness + 1) } : truth
        network.after(freeAt - network.now(), () => happen({ kind: 'measured', ticket: effect.ticket, measurement: { ...measurement, tookMs: msEach } }))
      }
    }
  }
  node.listen({
    delivered: ({ id, from, bytes }) => happen({ kind: 'delivered', id, from, bytes }),
    neighbours: (neighbours) => happen({ kind: 'neighbours', neighbours }),
    requested(from, bytes, answer) {
      answers.set(++tickets, answer)
      happen({ kind: 'requested', ticket: tickets, from, bytes })
    },
  })
  const beat = (): void => {
    happen({ kind: 'heartbeat' })
    network.after(1_000, beat)
  }
  beat()
}

const rows = [0, 1, 2, 5, 10, 20].map(run)
console.log(JSON.stringify({ evaluations, msEach, ownMsEach, loss, liars, rows: rows.map((row) => ({ ...row, speedUp: Number((rows[0]!.seconds / row.seconds).toFixed(2)) })) }, undefined, 1))
