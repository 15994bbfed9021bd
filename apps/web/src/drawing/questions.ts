// Tasks without a moving world are shown as questions and answers. The answers come from the champion itself.

import type { Network } from '@megabrain/evolve'

export interface Question {
  /** What the sensors read, in the task's order. */
  readonly inputs: readonly number[]
  /** The question for people: `1 xor 0`. */
  readonly words: string
  readonly expected: number
  /** Which output answers. @default 0 */
  readonly output?: number
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
  'multiplexer-11': Array.from({ length: 8 }, (_, chosen) => multiplexed(chosen)),
  retina: [
    ['▟ left', [1, 1, 1, -1, -1, -1, -1, -1], 0, 1],
    ['▖ left', [-1, -1, -1, 1, -1, -1, -1, -1], 0, 0],
    ['▟ right', [-1, -1, -1, -1, 1, 1, -1, 1], 1, 1],
    ['▖ right', [-1, -1, -1, -1, -1, -1, 1, -1], 1, 0],
    ['▟ left, asked about right', [1, 1, 1, -1, -1, -1, -1, -1], 1, 0],
  ].map((row) => {
    const [words, pixels, output, expected] = row as [string, readonly number[], number, number]
    return { words, inputs: [1, ...pixels], output, expected }
  }),
}

/** Only the chosen data bit is set, or only that one is not. */
function multiplexed(chosen: number): Question {
  const expected = chosen % 2
  const address = [4, 2, 1].map((bit) => ((chosen & bit) === 0 ? 0 : 1))
  const data = Array.from({ length: 8 }, (_, bit) => (bit === chosen ? expected : 1 - expected))
  return { inputs: [1, ...address, ...data], words: `bit ${chosen} of ${data.join('')}`, expected }
}

/** One answer per question of `task`; empty for a task without questions. Each question starts from a reset network. */
export function answersOf(task: string, network: Network): readonly Answer[] {
  return (questions[task] ?? []).map((question) => {
    network.reset()
    const given = network.activate(question.inputs)[question.output ?? 0] ?? Number.NaN
    return { ...question, given, right: given > 0.5 === question.expected > 0.5 }
  })
}
