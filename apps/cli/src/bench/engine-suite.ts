// `megabrain bench engine`: our engine against the peers, in one run and interleaved, as ratios with n and spread.

import { describeMachine } from './machine.ts'
import type { Machine } from './machine.ts'
import type { NetworkBench } from './network.ts'
import type { peerVersions } from './peers.ts'
import type { MemoryBench, RunsBench } from './runs.ts'
import { formatFigure, formatSpread } from './spread.ts'
import type { Spread } from './spread.ts'
import type { RivalSide, XorBench, XorSide } from './xor.ts'
import type { Command } from '../command.ts'
import { readProvenance } from '../evolve/provenance.ts'
import { readCount, readOptions } from '../usage.ts'

const options = {
  repetitions: { type: 'string', default: '7' },
  runs: { type: 'string', default: '15' },
  evaluations: { type: 'string', default: '1000000' },
  'no-peers': { type: 'boolean', default: false },
} as const

export const engineSuite: Command = {
  usage: 'engine [--repetitions N] [--runs N] [--evaluations M] [--no-peers]',
  async run(args, { progress }) {
    const { values } = readOptions(args, options)
    const repetitions = readCount(values.repetitions, '--repetitions')
    const runs = readCount(values.runs, '--runs')
    const evaluations = readCount(values.evaluations, '--evaluations')
    // Only here, so that no other command loads them.
    const { loadPeers, peerVersions: versionsOfPeers } = await import('./peers.ts')
    const { benchNetwork } = await import('./network.ts')
    const { benchXor } = await import('./xor.ts')
    const { benchChampionTest, benchMemory, benchRuns, reread } = await import('./runs.ts')
    const peers = values['no-peers'] ? undefined : await loadPeers(progress)
    progress('activation of a network, ours, peers and C in turn')
    const network = benchNetwork(peers, repetitions)
    progress('XOR, algorithm included')
    const xor = await benchXor(peers?.neataptic, repetitions)
    progress('whole runs of double-pole')
    const doublePole = benchRuns('double-pole', runs)
    progress('whole runs of double-pole-no-velocity')
    const noVelocity = benchRuns('double-pole-no-velocity', Math.ceil(runs / 3))
    const championTest = noVelocity.champion === undefined ? null : benchChampionTest(reread(noVelocity.champion), repetitions)
    progress(`memory over ${evaluations} evaluations`)
    const memory = benchMemory(evaluations)
    const versions = { peers: peers === undefined ? null : versionsOfPeers, machine: describeMachine() }
    const provenance = await readProvenance(['bench', 'engine', ...args])
    const json = { ...provenance, ...versions, network, xor, runs: [doublePole.bench, noVelocity.bench], championTest, memory }
    return { json, text: textOf(json) }
  },
}

interface EngineBench {
  readonly node: string
  readonly commit: string | null
  readonly peers: typeof peerVersions | null
  readonly machine: Machine
  readonly network: NetworkBench
  readonly xor: XorBench
  readonly runs: readonly RunsBench[]
  readonly championTest: Spread | null
  readonly memory: MemoryBench
}

function textOf({ node, commit, peers, machine, network, xor, runs, championTest, memory }: EngineBench): string {
  const versions = Object.entries(peers ?? {}).map(([name, version]) => `${name} ${version}`).join(', ')
  const rivals = versions === '' ? 'none (--no-peers)'
    : `${versions}; a perceptron of 6, 10 and 1, 70 links, accurate logistic, one network at a time`
  const [heap, resident] = [memory.heapBytes, memory.residentBytes].map((samples) => [samples[0]!, samples.at(-1)!].map(megabytes))
  return [
    `Node ${node}, commit ${commit ?? 'unknown'}, ${machine.cores} × ${machine.processor}, one core; figures are medians [least to most]`,
    `peers: ${rivals}`,
    '',
    'links per second of processor time',
    ...Object.entries(network.peers).map(([name, rate]) => `  ${name.padEnd(50)} ${formatSpread(rate)}`),
    ...network.rows.flatMap(networkLines),
    '',
    'XOR, algorithm included, runs end when solved: evaluations per second of processor time',
    ...sideLines(`ours: neat, population ${xor.options.size}, no mutation of activations`, xor.ours),
    ...xor.neataptic.flatMap(rivalLines),
    '',
    'whole runs with neat on one core, champion tests included',
    ...runs.map((run) => (
      `  ${run.task}: ${run.solved} of ${run.runs} solved, wall ${formatSpread(run.wallSeconds, ' s')}, `
      + `processor ${formatSpread(run.processorSeconds, ' s')}, evaluations ${formatSpread(run.evaluations)}`
    )),
    `champion test of double-pole-no-velocity, passed: ${championTest === null ? 'no champion' : formatSpread(championTest, ' s')}`,
    `memory over ${memory.evaluations} evaluations: live heap ${heap![0]} after a tenth, ${heap![1]} at the end `
      + `(× ${memory.growth.toFixed(2)}); process ${resident![0]}, then ${resident![1]}`,
  ].join('\n')
}

function networkLines({ layers, links, activation, lanes, linksPerSecond, against, againstC }: NetworkBench['rows'][number]): string[] {
  const name = `ours ${layers} (${links} links), ${activation}, ${lanes} lane${lanes === 1 ? '' : 's'}`
  const ratios = [...Object.entries(against), ...(againstC === null ? [] : [['C, gcc -O3, 128-bit vectors', againstC] as const])]
  return [
    `  ${name.padEnd(50)} ${formatSpread(linksPerSecond)}`,
    ...ratios.map(([peer, ratio]) => `    / ${peer.padEnd(46)} ${formatSpread(ratio, '×')}`),
    ...(againstC === null ? ['    / C: skipped, there is no gcc'] : []),
  ]
}

function sideLines(name: string, { evaluationsPerSecond, runs, solved, evaluations, secondsPerSolution, links }: XorSide): string[] {
  const spent = evaluations === null ? '' : `, in ${formatFigure(evaluations.median)} evaluations (median)`
  const time = secondsPerSolution === null ? 'no solution' : `${formatFigure(1_000 * secondsPerSolution)} ms per solution`
  return [
    `  ${name}`,
    `    ${formatSpread(evaluationsPerSecond)}; ${solved} of ${runs} runs solved${spent}; ${time}; `
      + `${formatFigure(links.median)} links a network`,
  ]
}

function rivalLines(rival: RivalSide): string[] {
  const options = Object.entries(rival.options).map(([name, value]) => `${name} ${String(value)}`).join(', ')
  return [
    ...sideLines(`neataptic ${rival.name}: ${options}`, rival),
    `    evaluations, ours / its: ${formatSpread(rival.ratio, '×')}`,
    ...(rival.ratioToSolution === null ? [] : [`    time to a solution, its / ours: ${formatFigure(rival.ratioToSolution)}×`]),
  ]
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
