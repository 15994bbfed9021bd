// Running a receipt again: the state before, the strangers let in, the same number of evaluations, and the state after must
// be the claimed one to the bit. In small steps, so that a worker that audits can still pause, and bounded by what the
// receipt itself claims.

import { costOf, decodeGenotype, decodeSearch, type Candidate, type Evaluation, type Genotype, type Search } from '@megabrain/evolve'
import { MAX_ADMITTED, type Stretch } from './receipt.ts'
import { stateRoot } from './state-root.ts'

export type ReplayFault =
  | 'other-state' // what was given is not the state that the receipt names
  | 'broken-state' // the state cannot be read or cannot go on
  | 'missing-body' // a stranger was let in whose genotype is not at hand or is none
  | 'other-entry' // the state with the strangers in is another one
  | 'not-new' // it claims to be a new search and is not the one its seed makes
  | 'too-expensive' // a candidate costs more than the realm allows
  | 'not-whole' // generations do not end with the claimed number of evaluations
  | 'other-work' // the evaluations cost another sum than claimed
  | 'other-end' // the state after is another one

/** `fault` undefined: the receipt holds. `evaluations` counts what was run again. */
export interface ReplayOutcome {
  readonly fault: ReplayFault | undefined
  readonly evaluations: number
}

export interface ReplayOptions {
  readonly receipt: Omit<Stretch, 'task'>
  /** The state before, as encoded. A stranger's bytes. */
  readonly before: Uint8Array
  /** Genotypes by CID, for those let in: bytes whose CID has been checked. */
  readonly bodies: ReadonlyMap<string, Uint8Array>
  /** Deterministic: the task's public evaluation. Must not throw. */
  evaluate(genotype: Genotype): Evaluation
  /** Whether the genotype may run here: interface and static cost. */
  isAllowed(genotype: Genotype): boolean
  /** The new search that `origin` should have begun; asked only for receipts that have one. Undefined when it cannot be known here. */
  beginning(algorithm: Search['algorithm'], origin: number): Search | undefined
}

export interface Replay {
  /** One evaluation at most. @returns the outcome, once there is one; the same from then on */
  step(): ReplayOutcome | undefined
}

/** Never throws, whatever the receipt and the state say. */
export function createReplay(options: ReplayOptions): Replay {
  const { receipt, isAllowed } = options
  let search: Search | undefined
  let candidates: readonly Candidate[] = []
  let told: Evaluation[] = []
  let evaluations = 0
  let work = 0
  let outcome: ReplayOutcome | undefined

  const end = (fault: ReplayFault | undefined): ReplayOutcome => {
    outcome = { fault, evaluations }
    return outcome
  }

  function begin(): ReplayFault | undefined {
    if (stateRoot(options.before) !== receipt.before) return 'other-state'
    const decoded = decodeSearch(options.before)
    if (!decoded.ok) return 'broken-state'
    search = decoded.value
    if (receipt.origin !== undefined) {
      const fresh = options.beginning(search.algorithm, receipt.origin)
      if (fresh === undefined || stateRoot(fresh.encode()) !== receipt.before) return 'not-new'
    }
    if (receipt.admitted.length > MAX_ADMITTED) return 'missing-body'
    for (const cid of receipt.admitted) {
      const body = options.bodies.get(cid)
      const genotype = body === undefined ? undefined : decodeGenotype(body)
      if (genotype?.ok !== true) return 'missing-body'
      if (!isAllowed(genotype.value)) return 'too-expensive'
      search = search.immigrate(genotype.value, options.evaluate(genotype.value).fitness)
    }
    const entered = receipt.admitted.length === 0 ? receipt.before : stateRoot(search.encode())
    if (entered !== receipt.entered) return 'other-entry'
    return undefined
  }

  function advance(): ReplayOutcome | undefined {
    if (search === undefined) {
      const fault = begin()
      return fault === undefined ? undefined : end(fault)
    }
    if (candidates.length === 0) {
      const asked = search.ask()
      search = asked.search
      candidates = asked.candidates
      told = []
      if (candidates.length === 0) return end('broken-state')
      if (evaluations + candidates.length > receipt.evaluations) return end('not-whole')
    }
    const { genotype } = candidates[told.length]!
    if (!isAllowed(genotype)) return end('too-expensive')
    const evaluation = options.evaluate(genotype)
    told.push(evaluation)
    evaluations++
    work += workOf(genotype, evaluation)
    if (work > receipt.work) return end('other-work')
    if (told.length < candidates.length) return undefined
    search = search.tell(told)
    candidates = []
    if (evaluations < receipt.evaluations) return undefined
    if (work !== receipt.work) return end('other-work')
    return end(stateRoot(search.encode()) === receipt.after ? undefined : 'other-end')
  }

  return {
    step() {
      if (outcome !== undefined) return outcome
      try {
        return advance()
      } catch {
        // A readable state may still be one that no search can have been in.
        return end('broken-state')
      }
    },
  }
}

/** All of it at once. Never throws. */
export function replayReceipt(options: ReplayOptions): ReplayOutcome {
  const replay = createReplay(options)
  for (;;) {
    const outcome = replay.step()
    if (outcome !== undefined) return outcome
  }
}

/** What one evaluation cost, in link operations. */
export function workOf(genotype: Genotype, evaluation: Pick<Evaluation, 'steps'>): number {
  return evaluation.steps * costOf(genotype)
}
