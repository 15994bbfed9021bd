// Tasks without a moving world are shown as questions and answers. The answers come from the champion itself.

import type { Network } from '@megabrain/evolve'

export interface Question {
  /** What the sensors read, in the task's order. */
  readonly inputs: readonly number[]
  /** The question for people: `1 xor 0`. */
  readonly words: string
  readonly expected: number
}

export interface Answer extends Question {
  readonly given: number
  readonly right: boolean
}

const questions: Readonly<Record<string, readonly Question[]>> = {
  xor: [
    { inputs: [1, 0, 0], words: '0 xor 0', expected: 0 },
    { inputs: [1, 0, 1], words: '0 xor 1', expected: 1 },
    { inputs: [1, 1, 0], words: '1 xor 0', expected: 1 },
    { inputs: [1, 1, 1], words: '1 xor 1', expected: 0 },
  ],
}

/** One answer per question of `task`; empty for a task without questions. Each question starts from a reset network. */
export function answersOf(task: string, network: Network): readonly Answer[] {
  return (questions[task] ?? []).map((question) => {
    network.reset()
    const given = network.activate(question.inputs)[0] ?? Number.NaN
    return { ...question, given, right: given > 0.5 === question.expected > 0.5 }
  })
}
