// The vocabulary of the member state machine: everything that can happen to it and everything it can ask for. A driver
// (island, relay, simulator) turns effects into port calls and port answers into events; it decides nothing.

import type { TaskId } from '@megabrain/evolve'
import type { Realm } from '../realm/realm.ts'
import type { Declaration, SignedStatement } from '../registry/statement.ts'
import type { ModelNotice } from '../models/model.ts'
import type { Change, Neighbour, PeerId, RequestResult, Service, Verdict } from '../ports.ts'
import type { Claim } from '../claim/claim.ts'
import type { Refusal } from '../admission/refusal.ts'
import type { Entry } from '../archive/entry.ts'
import type { Subscription } from './subscription.ts'
import type { Receipt } from '../credit/receipt.ts'
import type { ReplayFault, ReplayOutcome } from '../credit/replay.ts'
import type { WorkDone } from './credit.ts'

/** Ties an answer to the effect that asked. Counts up from 1 within one member. */
export type Ticket = number

/** What the local population found. `body` is the canonical genotype. */
export interface Discovery {
  readonly task: TaskId
  readonly body: Uint8Array
  readonly fitness: number
  readonly fingerprint: number
  readonly generation: number
  /** CIDs of the genotypes it was bred from, at most two. */
  readonly parents: readonly string[]
  /** Names of the operators that made it from its first parent. */
  readonly operators: readonly string[]
}

/** The local evaluator's answer about a stranger's body, and what it took, ms of computing. */
export type Measurement = { readonly tookMs?: number } & (
  | { readonly ok: true; readonly fitness: number; readonly fingerprint: number; readonly links: number }
  | { readonly ok: false; readonly reason: 'malformed' | 'wrong-interface' | 'too-expensive' | 'evaluator-failed' }
)

export type MemberEvent =
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'delivered'; readonly id: string; readonly from: PeerId; readonly bytes: Uint8Array }
  | { readonly kind: 'neighbours'; readonly neighbours: readonly Neighbour[] }
  | { readonly kind: 'requested'; readonly ticket: number; readonly from: PeerId; readonly bytes: Uint8Array }
  | { readonly kind: 'answered'; readonly ticket: Ticket; readonly result: RequestResult }
  /** Who the directory says holds it, as far as they are neighbours now. */
  | { readonly kind: 'holders'; readonly ticket: Ticket; readonly peers: readonly PeerId[] }
  | { readonly kind: 'signature-checked'; readonly ticket: Ticket; readonly valid: boolean }
  | { readonly kind: 'signed'; readonly ticket: Ticket; readonly signature: Uint8Array }
  | { readonly kind: 'measured'; readonly ticket: Ticket; readonly measurement: Measurement }
  | { readonly kind: 'found'; readonly discovery: Discovery }
  /** Other wishes from now on; what they include and others did not comes by synchronising. */
  | { readonly kind: 'subscribe'; readonly subscription: Subscription }
  /** The local population reached the end of a stretch. */
  | ({ readonly kind: 'worked' } & WorkDone)
  /** Undefined: it could not be done here. */
  | { readonly kind: 'replayed'; readonly ticket: Ticket; readonly outcome: ReplayOutcome | undefined }
  /** Signs and tells a statement of our own. */
  | { readonly kind: 'declare'; readonly declaration: Declaration }
  /** A statement that was signed elsewhere: kept and told as if a neighbour had brought it. */
  | { readonly kind: 'tell'; readonly statement: Uint8Array }
  /** Storage is short: bodies may take half of what they take now, from now on. */
  | { readonly kind: 'short-of-room' }
  /** Authors, hex, instead of those of before: whose claims this member drops and serves no more, and whose bodies have no budget. */
  | { readonly kind: 'choose'; readonly shunned: readonly string[]; readonly spared: readonly string[] }
  /** Saves data from now on, or no longer: compares archives more rarely, and serves the bodies of others no more. */
  | { readonly kind: 'thrift'; readonly isOn: boolean }
  /** Keeps the body of a genotype that is here whatever happens, or no longer. */
  | { readonly kind: 'pin'; readonly cid: string; readonly isPinned: boolean }
  /** A newer policy document of this realm: obeyed, and told if its owner is us. */
  | { readonly kind: 'policy'; readonly document: Uint8Array }

export type Effect =
  | { readonly kind: 'verdict'; readonly id: string; readonly verdict: Verdict }
  | { readonly kind: 'publish'; readonly bytes: Uint8Array }
  /** Answered by `answered`. */
  | {
      readonly kind: 'request'
      readonly ticket: Ticket
      readonly to: PeerId
      readonly bytes: Uint8Array
      readonly maxBytes: number
      readonly timeoutMs: number
    }
  /** Answered by `holders`: find up to `most` in the directory and make neighbours of them. */
  | { readonly kind: 'find'; readonly ticket: Ticket; readonly service: Service; readonly key: string; readonly most: number }
  /** All that is advertised in the directory from now on. */
  | { readonly kind: 'advertise'; readonly service: Service; readonly keys: readonly string[] }
  /** The answer to a `requested` event with the same ticket; `undefined` refuses. */
  | { readonly kind: 'respond'; readonly ticket: number; readonly bytes: Uint8Array | undefined }
  /** Answered by `signature-checked`. All checks must hold. */
  | { readonly kind: 'check-signature'; readonly ticket: Ticket; readonly checks: readonly SignatureCheck[] }
  /** Answered by `signed`. By the device key, unless it says by the owner's. */
  | { readonly kind: 'sign'; readonly ticket: Ticket; readonly message: Uint8Array; readonly as?: 'owner' }
  /** Answered by `measured`. A body whose static cost exceeds `maxCost` must not run: answer `too-expensive`. */
  | { readonly kind: 'measure'; readonly ticket: Ticket; readonly task: TaskId; readonly body: Uint8Array; readonly maxCost: number }
  /** Answered by `replayed`. Candidates whose static cost exceeds `maxCost` must not run. `bodies` in any order. */
  | {
      readonly kind: 'replay'
      readonly ticket: Ticket
      readonly receipt: Receipt
      readonly before: Uint8Array
      readonly bodies: readonly Uint8Array[]
      readonly maxCost: number
    }
  /** Store; the in-memory archive of the state already holds it. */
  | { readonly kind: 'keep'; readonly entry: Entry; readonly replaces: Entry | undefined }
  /** Write these rows; the state already holds what they say. */
  | { readonly kind: 'store'; readonly changes: readonly Change[] }
  /** Policy or a ban has removed this entry from the archive: delete its rows, and let the population have no more of it. */
  | { readonly kind: 'drop'; readonly entry: Entry }
  /**
   * The realm has moved on to this stage (from 0; the number of stages after the last). `task` is undefined after the last;
   * `seeds` are champions of the stage before, the best first.
   */
  | { readonly kind: 'stage'; readonly stage: number; readonly task: TaskId | undefined; readonly seeds: readonly Entry[] }
  /** Hand a verified stranger to the local population. */
  | { readonly kind: 'immigrate'; readonly entry: Entry }
  | { readonly kind: 'notice'; readonly notice: Notice }

export interface SignatureCheck {
  readonly key: Uint8Array
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

/** What happened, for people: the page and the relay's log put it into words. */
export type Notice =
  | { readonly kind: 'published'; readonly cid: string; readonly fitness: number }
  | { readonly kind: 'admitted'; readonly claim: Claim; readonly links: number; readonly via: PeerId; readonly best: boolean }
  | {
      readonly kind: 'refused'
      readonly reason: Refusal
      readonly via: PeerId
      readonly cid?: string
      readonly claimed?: number
      readonly measured?: number
    }
  /** A statement is new here, or newer than the one that was: our own, or a stranger's whose signature holds. */
  | { readonly kind: 'stated'; readonly statement: SignedStatement }
  /** A receipt of our own was signed. */
  | { readonly kind: 'worked'; readonly receipt: Receipt }
  /** A stranger's receipt was run again and does not hold. */
  | { readonly kind: 'audited'; readonly receipt: Receipt; readonly fault: ReplayFault }
  /** The realm has a newer policy, which is obeyed from now on. */
  | { readonly kind: 'policy'; readonly realm: Realm }
  /** An entry of an earlier release was measured under the present one. `before`: its fitness there. */
  | { readonly kind: 'rescored'; readonly claim: Claim; readonly before: number }
  | ModelNotice
  | { readonly kind: 'synchronised'; readonly with: PeerId; readonly received: number }
