// A whole member under attack, by each way in: announcements, requests, answers. Signatures are taken as good, so that what a
// skilled liar with keys can send gets as far as it would.

import { cidOf, decodeGenotype } from '@megabrain/evolve'
import { sha256 } from '@noble/hashes/sha2.js'
import { bob, START, testRealm } from '../fixtures/world.ts'
import { EVALUATOR } from '../fixtures/xor.ts'
import { asciiBytes, hexText } from '../src/bytes/text.ts'
import { cidFromDigest } from '../src/claim/cid-digest.ts'
import { encodeClaim } from '../src/claim/claim-codec.ts'
import type { Effect, MemberEvent } from '../src/member/events.ts'
import { step } from '../src/member/member.ts'
import { createMember, type MemberState } from '../src/member/state.ts'
import { realmId } from '../src/realm/realm.ts'
import { decodeAnswer } from '../src/wire/messages.ts'
import type { Target } from './fuzz.ts'

/** Virtual time between two inputs, ms: enough for most rates. */
const PACE_MS = 150
/** Inputs after which a fresh member takes over. */
const LIFETIME = 20_000
const NEIGHBOURS = ['alice', 'carol', 'dave'] as const

interface Victim {
  /** @returns refusals by reason, and `ok` for what was taken */
  happen(event: MemberEvent): readonly string[]
  /** A ticket that waits for `answer`; makes the member ask for the body in it when there is none. */
  waitingTicket(answer: Uint8Array): number
  readonly inputs: number
}

/** Good bytes for each way in. */
export type WaysIn = Readonly<Record<'announcements' | 'requests' | 'answers', readonly Uint8Array[]>>

export function memberTargets(seeds: WaysIn): readonly Target[] {
  const attack = (name: string, good: readonly Uint8Array[], event: (victim: Victim, bytes: Uint8Array) => MemberEvent): Target => {
    let victim = createVictim()
    return {
      name: `member, ${name}`,
      weight: 2,
      maxBytes: 2_048,
      seeds: good,
      read(bytes) {
        if (victim.inputs >= LIFETIME) victim = createVictim()
        // The member may keep what it is given; the fuzzer's memory is used again.
        return victim.happen(event(victim, bytes.slice())).at(-1) ?? 'nothing'
      },
    }
  }
  let number = 0
  return [
    attack('announcements', seeds.announcements, (_, bytes) => ({
      kind: 'delivered', id: `d${number++}`, from: NEIGHBOURS[number % 3]!, bytes,
    })),
    attack('requests', seeds.requests, (_, bytes) => ({ kind: 'requested', ticket: number++, from: NEIGHBOURS[number % 3]!, bytes })),
    attack('answers', seeds.answers, (victim, bytes) => ({
      kind: 'answered', ticket: victim.waitingTicket(bytes), result: { ok: true, value: bytes },
    })),
  ]
}

function createVictim(): Victim {
  const evaluators = { xor: EVALUATOR }
  let state: MemberState = createMember({ role: 'island', realm: testRealm(), evaluators, identity: bob, seed: 1 })
  let now = START
  let inputs = 0
  let outcomes: string[] = []
  const waiting: number[] = []

  function advance(event: MemberEvent): void {
    const next = step(state, event, now)
    state = next.state
    for (const effect of next.effects) carryOut(effect)
  }

  function carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'check-signature':
        return advance({ kind: 'signature-checked', ticket: effect.ticket, valid: true })
      case 'sign':
        return advance({ kind: 'signed', ticket: effect.ticket, signature: new Uint8Array(64).fill(1) })
      case 'measure': {
        const decoded = decodeGenotype(effect.body)
        const links = decoded.ok ? decoded.value.links.weights.length : 0
        const measurement = { ok: true, fitness: 500_000, fingerprint: links % 256, links } as const
        return advance({ kind: 'measured', ticket: effect.ticket, measurement })
      }
      case 'find':
        return advance({ kind: 'holders', ticket: effect.ticket, peers: ['carol'] })
      case 'request':
        return void waiting.push(effect.ticket)
      case 'notice':
        return void outcomes.push(effect.notice.kind === 'refused' ? effect.notice.reason : 'ok')
      default:
    }
  }

  advance({ kind: 'neighbours', neighbours: NEIGHBOURS.map((peer) => ({ peer, kind: 'island', transport: 'memory' })) })
  return {
    get inputs() {
      return inputs
    },
    happen(event) {
      inputs++
      now += PACE_MS
      outcomes = []
      advance(event)
      if (inputs % 8 === 0) advance({ kind: 'heartbeat' })
      return outcomes
    },
    waitingTicket(answer) {
      const decoded = decodeAnswer(answer)
      const isBody = decoded.ok && decoded.value.kind === 'pull'
      if (waiting.length === 0 || isBody) {
        const cid = isBody ? cidOf(decoded.value.body) : cidFromDigest(new Uint8Array(32).fill(inputs % 256))
        advance({ kind: 'delivered', id: `w${inputs}`, from: 'carol', bytes: freshClaim(cid, inputs, now) })
      }
      return (isBody ? waiting.pop() : waiting.shift()) ?? 0
    },
  }
}

/** By another author each time, whose rate is not used up. Its signatures are noise. */
function freshClaim(cid: string, number: number, time: number): Uint8Array {
  const key = hexText(sha256(asciiBytes(`author ${number}`)))
  return encodeClaim({
    genotype: cid, realm: realmId(testRealm()), task: 'xor', evaluator: EVALUATOR, fitness: 500_000, seedRule: 'public',
    parents: [], operators: [], generation: 1, license: 'Apache-2.0', author: key, device: key, time, sequence: number,
  }, bob.delegation, new Uint8Array(64).fill(number % 256))
}
