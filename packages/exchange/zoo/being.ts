// A hostile participant of an archipelago, put together from behaviours: a node, keys that sign anything, a store of bodies
// and hooks. Never part of the package: honest code must not be able to reach what stands here.

import { ask, cidOf, createPopulation, encodeGenotype } from '@megabrain/evolve'
import type { Attacker, AttackerWorld } from '../src/archipelago/attacker.ts'
import { hexText } from '../src/bytes/text.ts'
import { digestOfCid } from '../src/claim/cid-digest.ts'
import { claimMessage, encodeClaim, type Statement } from '../src/claim/claim-codec.ts'
import { createMemoryKeys, memorySignature } from '../src/memory/memory-keys.ts'
import type { MemoryMember } from '../src/memory/memory-network.ts'
import type { Delivery, PeerId } from '../src/ports.ts'
import { realmId } from '../src/realm/realm.ts'
import { decodeRequest, encodeAnswer, type Answer, type Request } from '../src/wire/messages.ts'
import { createBrain, type Brain } from './brain.ts'

/** A body with what it is truly worth. */
export interface Find {
  readonly body: Uint8Array
  readonly cid: string
  readonly fitness: number
  readonly links: number
}

/** Returned by a listener for requests: an answer, a refusal, silence until the asker gives up, or "not mine". */
export type Reply = { readonly answer: Answer | Uint8Array } | 'refuse' | 'silence' | undefined

export interface Being {
  readonly name: PeerId
  readonly node: MemoryMember
  readonly world: AttackerWorld
  /** Shared with the others of its group. */
  readonly brain: Brain
  /** Which deliveries it passes on: the last listener that says so decides; none means none. */
  onDelivery(listener: (delivery: Delivery) => 'forward' | 'ignore' | undefined): void
  /** The first reply counts; none refuses. */
  onRequest(listener: (request: Request, from: PeerId) => Reply): void
  every(ms: number, action: () => void): void
  /** A fresh genotype, truly measured. */
  find(): Find
  /** A signed claim about `find`, true but for `change`, by the identity of that name. @default its own name */
  claim(find: Find, change?: Partial<Statement>, identity?: string): Uint8Array
  publish(envelope: Uint8Array): void
}

export type Behaviour = (being: Being) => void

/** @param brain give several the same one and they collude */
export function createAttacker(name: PeerId, behaviours: readonly Behaviour[], brain: Brain = createBrain()): Attacker {
  return { name, start: (node, world) => start(name, node, world, behaviours, brain) }
}

function start(name: PeerId, node: MemoryMember, world: AttackerWorld, behaviours: readonly Behaviour[], brain: Brain): void {
  const deliveries: ((delivery: Delivery) => 'forward' | 'ignore' | undefined)[] = []
  const requests: ((request: Request, from: PeerId) => Reply)[] = []
  const being: Being = {
    name,
    node,
    world,
    brain,
    onDelivery: (listener) => void deliveries.push(listener),
    onRequest: (listener) => void requests.push(listener),
    every(ms, action) {
      const again = (): void => {
        action()
        world.after(ms, again)
      }
      world.after(world.random.integer(Math.ceil(ms)) + 1, again)
    },
    find: () => findIn(world),
    claim: (find, change = {}, identity = name) => signedClaim(world, brain, find, change, identity),
    publish: (envelope) => node.publish(envelope),
  }
  for (const behaviour of behaviours) behaviour(being)

  node.listen({
    delivered(delivery) {
      let verdict: 'forward' | 'ignore' = 'ignore'
      for (const listener of deliveries) verdict = listener(delivery) ?? verdict
      node.verdict(delivery.id, verdict)
    },
    neighbours: () => undefined,
    requested(from, bytes, answer) {
      const request = decodeRequest(bytes)
      if (!request.ok) return answer(undefined)
      for (const listener of requests) {
        const reply = listener(request.value, from)
        if (reply === undefined) continue
        if (reply === 'silence') return
        if (reply === 'refuse') return answer(undefined)
        return answer(reply.answer instanceof Uint8Array ? reply.answer : encodeAnswer(reply.answer))
      }
      answer(bodyAnswer(brain, request.value))
    },
  })
}

/** What an honest island would answer to a pull, from the group's store. */
function bodyAnswer(brain: Brain, request: Request): Uint8Array | undefined {
  if (request.kind !== 'pull') return undefined
  const body = brain.bodies.get(hexText(request.digest))
  return body === undefined ? undefined : encodeAnswer({ kind: 'pull', body } as Answer)
}

function findIn(world: AttackerWorld): Find {
  for (;;) {
    const seed = world.random.integer(4_294_967_296)
    const { genotype } = ask(createPopulation({ task: world.task, settings: { size: 2 }, seed })).candidates[0]!
    const body = encodeGenotype(genotype)
    const measured = world.measure(world.task.id, body)
    if (measured.ok) return { body, cid: cidOf(body), fitness: measured.fitness, links: measured.links }
  }
}

function signedClaim(world: AttackerWorld, brain: Brain, find: Find, change: Partial<Statement>, identity: string): Uint8Array {
  const keys = createMemoryKeys(identity)
  brain.bodies.set(hexText(digestOfCid(find.cid)!), find.body)
  const statement: Statement = {
    genotype: find.cid,
    realm: realmId(world.realm),
    task: world.task.id,
    evaluator: world.evaluator,
    fitness: find.fitness,
    seedRule: 'public',
    parents: [],
    operators: [],
    generation: 1,
    license: world.realm.license,
    author: hexText(keys.owner),
    device: hexText(keys.device),
    time: Math.floor(world.now()),
    sequence: brain.nextSequence(identity, world.now()),
    ...change,
  }
  return encodeClaim(statement, keys.delegation, memorySignature(keys.device, claimMessage(statement, keys.delegation)))
}
