// How many links per second the kernel computes, and how that compares with the same loop in C (`reference.c`) on the same
// machine in the same minutes.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { activationNames, actuatorId, compile, compileLanes, createGenotype, FIRST_HIDDEN, plainNeuron } from '@megabrain/evolve'
import type { ActivationName, Genotype } from '@megabrain/evolve'
import { processorSeconds } from './spread.ts'

export interface KernelCase {
  readonly shape: readonly [inputs: number, hidden: number, outputs: number]
  readonly lanes: 1 | 4 | 16
  readonly activation: ActivationName
}

export interface KernelResult extends KernelCase {
  readonly links: number
  /** Links per second, one number per repetition. */
  readonly kernel: readonly number[]
  /** The same of the C program; empty without gcc. */
  readonly c: readonly number[]
}

export const kernelCases: readonly KernelCase[] = [
  ...(['sigmoid', 'softsign', 'rational-sigmoid'] as const).flatMap((activation) =>
    ([1, 4, 16] as const).map((lanes): KernelCase => ({ shape: [6, 10, 1], lanes, activation }))),
  { shape: [10, 20, 10], lanes: 16, activation: 'softsign' },
]

/** Layers fully linked, with the weights of `reference.c`. */
function layeredGenotype([inputs, hidden, outputs]: KernelCase['shape'], activation: ActivationName): Genotype {
  const weightOf = (source: number, neuron: number): number => (((source * 7 + neuron * 3) % 11) - 5) / 4
  const hiddenIds = Array.from({ length: hidden }, (_, n) => FIRST_HIDDEN + n)
  const outputIds = Array.from({ length: outputs }, (_, n) => actuatorId(n))
  return createGenotype({
    inputs, outputs, rule: { kind: 'ordered' },
    neurons: [...outputIds, ...hiddenIds].map((id) => ({ ...plainNeuron(id), activation, bias: 0.125 })),
    links: [
      ...hiddenIds.flatMap((to, n) => Array.from({ length: inputs }, (_, from) => ({ from, to, weight: weightOf(from, n) }))),
      ...outputIds.flatMap((to, n) => hiddenIds.map((from, i) => ({ from, to, weight: weightOf(i, hidden + n) }))),
    ],
  })
}

/**
 * Control steps through the public verbs: inputs in, outputs out, every step. Nanoseconds of processor time per step and
 * the checksum of `reference.c`.
 */
function runKernel({ shape, lanes, activation }: KernelCase, steps: number): { nanoseconds: number; sum: number } {
  const genotype = layeredGenotype(shape, activation)
  const rows = Array.from({ length: 8 }, (_, i) => Float64Array.from({ length: shape[0] * lanes }, (_, v) => ((i + v) & 7) / 8))
  const network = lanes === 1 ? compile(genotype) : compileLanes(genotype, lanes)
  let sum = 0
  const start = processorSeconds()
  for (let i = 0; i < steps; i++) sum += network.activate(rows[i & 7]!)[0]!
  return { nanoseconds: ((processorSeconds() - start) * 1e9) / steps, sum }
}

/**
 * Measures every case in turn, and all of them again, `repetitions` times, so that a busy moment strikes all alike.
 * @throws Error when kernel and C do not compute the same bits
 */
export function measureKernel(repetitions: number, cases: readonly KernelCase[] = kernelCases): KernelResult[] {
  const folder = mkdtempSync(join(tmpdir(), 'megabrain-kernel-'))
  try {
    const program = compileReference(folder)
    const measured = cases.map((each) => {
      const [inputs, hidden, outputs] = each.shape
      return { ...each, links: hidden * (inputs + outputs), kernel: [] as number[], c: [] as number[] }
    })
    for (const each of measured) runKernel(each, 20_000)
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const each of measured) {
        const steps = Math.ceil(2e8 / (each.links * each.lanes + 400))
        const { nanoseconds, sum } = runKernel(each, steps)
        const perSecond = (time: number): number => (each.links * each.lanes * 1e9) / time
        each.kernel.push(perSecond(nanoseconds))
        if (program === undefined) continue
        const words = [...each.shape, each.lanes, activationNames.indexOf(each.activation), steps].map(String)
        const [time, check] = execFileSync(program, words, { encoding: 'utf8' }).split(' ').map(Number) as [number, number]
        if (check !== sum) throw new Error(`The kernel sums up to ${sum}, C to ${check}: ${words.join(' ')}`)
        each.c.push(perSecond(time))
      }
    }
    return measured
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Path of the compiled program, or undefined where there is no gcc. */
function compileReference(folder: string): string | undefined {
  const program = join(folder, 'reference')
  try {
    const source = fileURLToPath(new URL('./reference.c', import.meta.url))
    execFileSync('gcc', ['-O3', '-msse2', '-o', program, source, '-lm'], { stdio: 'ignore' })
    return program
  } catch {
    return undefined
  }
}
