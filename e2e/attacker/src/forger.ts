// Makes claims and bends them. The real member signs and frames every one, so that a forgery differs from a good claim in
// nothing but its lie; this file only tampers with what goes into the member and what comes out.

import { cidOf, type Task } from '@megabrain/evolve'
import { createMember, step } from '@megabrain/exchange'
import type { Discovery, Effect, MemberEvent, MemberState, MeshPorts, Realm } from '@megabrain/exchange'
import { evaluatorVersion } from '@megabrain/tasks'
import type { Identity } from './identity.ts'

export const lies = [
  'inflated', // claims the highest fitness for a poor genotype, correctly signed
  'bad-signature', // one bit of the signature is another
  'wrong-content', // serves a body that is not what the CID says
  'truncated', // the announcement without its end
  'oversized', // the announcement with a long tail
  'oversized-body', // serves more bytes than any genotype may have
  'replay', // signed long ago
] as const
export type Lie = (typeof lies)[number]

export function isLie(word: string): word is Lie {
  return (lies as readonly string[]).includes(word)
}

export interface Forger {
  publish(find: Discovery): Promise<{ readonly cid: string }>
  lie(lie: Lie, find: Discovery): Promise<{ readonly cid: string }>
}

export interface ForgerOptions {
  readonly mesh: Pick<MeshPorts, 'channel' | 'requests' | 'members'>
  readonly realm: Realm
  readonly identity: Identity
  readonly task: Task
}

/** A claim that was made, and the member that can serve its body. */
interface Made {
  readonly cid: string
  readonly announcement: Uint8Array
  readonly member: MemberState
  readonly bend: (answer: Uint8Array) => Uint8Array
}

const DAY_MS = 86_400_000
/** The answer "I have no such body"; every other one is longer. */
const ABSENT_BYTES = 8
const OVERSIZED_ANNOUNCEMENT_BYTES = 4_000
const OVERSIZED_BODY_BYTES = 300_000

export function createForger({ mesh, realm, identity, task }: ForgerOptions): Forger {
  const made: Made[] = []
  /** Members count sequence numbers by the second, and each claim has a member of its own. */
  let lastTime = 0
  let lastTicket = 0
  const honest = newMember()

  function newMember(): MemberState {
    return createMember({ role: 'island', realm, evaluators: { [task.id]: evaluatorVersion(task) }, identity, seed: 1 })
  }

  async function make(find: Discovery, options: { readonly ageMs?: number; readonly bend?: Made['bend'] } = {}): Promise<Made> {
    lastTime = Math.max(Date.now(), lastTime + 1_000)
    const now = lastTime - (options.ageMs ?? 0)
    const member = newMember()
    const signing = expect(step(member, { kind: 'found', discovery: find }, now).effects, 'sign')
    const signature = identity.sign(signing.message)
    const published = expect(step(member, { kind: 'signed', ticket: signing.ticket, signature }, now).effects, 'publish')
    const one: Made = { cid: cidOf(find.body), announcement: published.bytes, member, bend: options.bend ?? ((answer) => answer) }
    made.push(one)
    return one
  }

  /** Bodies are served by the member that claimed them; everything else by one that has nothing to offer. */
  function answer(from: string, bytes: Uint8Array): Uint8Array | undefined {
    const neighbours: MemberEvent = { kind: 'neighbours', neighbours: mesh.members.current() }
    for (const { member, bend } of [{ member: honest, bend: (same: Uint8Array) => same }, ...made]) {
      step(member, neighbours, Date.now())
      lastTicket++
      const { effects } = step(member, { kind: 'requested', ticket: lastTicket, from, bytes }, Date.now())
      const response = effects.find((effect) => effect.kind === 'respond')
      if (response?.bytes !== undefined && response.bytes.length > ABSENT_BYTES) return bend(response.bytes)
    }
    return undefined
  }

  mesh.requests.serve(async (from, bytes) => answer(from, bytes))
  // A neighbour that never gives a verdict passes nothing on, which would be a lie of another kind.
  mesh.channel.subscribe(({ id }) => mesh.channel.verdict(id, 'ignore'))

  return {
    async publish(find) {
      const { cid, announcement } = await make(find)
      mesh.channel.publish(announcement)
      return { cid }
    },
    async lie(lie, find) {
      const one = await forge(lie, find)
      mesh.channel.publish(one.bytes)
      return { cid: one.cid }
    },
  }

  async function forge(lie: Lie, find: Discovery): Promise<{ readonly cid: string; readonly bytes: Uint8Array }> {
    switch (lie) {
      case 'inflated': {
        const { cid, announcement } = await make({ ...find, fitness: 1_000_000 })
        return { cid, bytes: announcement }
      }
      case 'bad-signature': {
        const { cid, announcement } = await make(find)
        return { cid, bytes: flipped(announcement, announcement.length - 1) }
      }
      case 'wrong-content': {
        const { cid, announcement } = await make(find, { bend: (answer) => flipped(answer, answer.length - 1) })
        return { cid, bytes: announcement }
      }
      case 'truncated': {
        const { cid, announcement } = await make(find)
        return { cid, bytes: announcement.slice(0, announcement.length >> 1) }
      }
      case 'oversized': {
        const { cid, announcement } = await make(find)
        const bytes = new Modest(OVERSIZED_ANNOUNCEMENT_BYTES)
        bytes.set(announcement)
        return { cid, bytes }
      }
      case 'oversized-body': {
        const { cid, announcement } = await make(find, { bend: () => new Uint8Array(OVERSIZED_BODY_BYTES) })
        return { cid, bytes: announcement }
      }
      case 'replay': {
        const { cid, announcement } = await make(find, { ageMs: DAY_MS })
        return { cid, bytes: announcement }
      }
    }
  }
}

/** The mesh would not send more than the limit, so these bytes are modest about their length when they are first asked. */
class Modest extends Uint8Array {
  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array
  }

  #asked = false

  override get length(): number {
    if (this.#asked) return this.byteLength
    this.#asked = true
    return 1
  }
}

function flipped(bytes: Uint8Array, index: number): Uint8Array {
  const copy = bytes.slice()
  copy[index] = copy[index]! ^ 1
  return copy
}

function expect<K extends Effect['kind']>(effects: readonly Effect[], kind: K): Effect & { readonly kind: K } {
  const found = effects.find((effect): effect is Effect & { readonly kind: K } => effect.kind === kind)
  if (found === undefined) throw new Error(`The member did not ${kind}; it did: ${effects.map((effect) => effect.kind).join(', ')}`)
  return found
}
