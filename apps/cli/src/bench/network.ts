// Activation of one small network, ours against the peers and against C: links per second, interleaved.

import { kernelCases, measureKernel } from './kernel.ts'
import type { KernelCase } from './kernel.ts'
import type { Peers } from './peers.ts'
import { processorSeconds, ratioOf, spreadOf } from './spread.ts'
import type { Spread } from './spread.ts'

/** 6·10 + 10·1. */
const PEER_LINKS = 70
const PEER_LAYERS = [6, 10, 1] as const

export interface NetworkRow {
  readonly layers: string
  readonly links: number
  readonly activation: string
  readonly lanes: number
  readonly linksPerSecond: Spread
  /** Ours divided by each peer's with its accurate logistic, one network at a time; only for the peers' layers. */
  readonly against: Readonly<Record<string, Spread>>
  /** Null where there is no gcc. */
  readonly againstC: Spread | null
}

export interface NetworkBench {
  readonly peers: Readonly<Record<string, Spread>>
  readonly rows: readonly NetworkRow[]
}

interface Peer {
  readonly name: string
  readonly activate: (inputs: readonly number[]) => ArrayLike<number>
}

/** @param steps activations of a peer per repetition */
export function benchNetwork(
  peers: Peers | undefined, repetitions: number, steps = 300_000, cases: readonly KernelCase[] = kernelCases,
): NetworkBench {
  const rivals = peers === undefined ? [] : rivalsOf(peers)
  for (const rival of rivals) activatePeer(rival, Math.ceil(steps / 4))
  const theirs = new Map(rivals.map(({ name }) => [name, [] as number[]]))
  const ours = cases.map((each) => ({ ...each, links: 0, kernel: [] as number[], c: [] as number[] }))
  for (let repetition = 0; repetition < repetitions; repetition++) {
    measureKernel(1, cases).forEach(({ links, kernel, c }, i) => {
      ours[i]!.links = links
      ours[i]!.kernel.push(...kernel)
      ours[i]!.c.push(...c)
    })
    for (const rival of rivals) theirs.get(rival.name)!.push((PEER_LINKS * steps) / activatePeer(rival, steps))
  }
  return {
    peers: Object.fromEntries([...theirs].map(([name, rates]) => [name, spreadOf(rates)])),
    rows: ours.map(({ shape, links, activation, lanes, kernel, c }): NetworkRow => ({
      layers: shape.join('-'), links, activation, lanes,
      linksPerSecond: spreadOf(kernel),
      against: shape.join() !== PEER_LAYERS.join() ? {}
        : Object.fromEntries([...theirs].map(([name, rates]) => [name, ratioOf(kernel, rates)])),
      againstC: c.length === 0 ? null : ratioOf(kernel, c),
    })),
  }
}

function rivalsOf({ neataptic, masterNeat }: Peers): Peer[] {
  const network = new neataptic.architect.Perceptron(...PEER_LAYERS)
  const master = masterNeat.helpers.architect.Perceptron(...PEER_LAYERS)
  // Its own generated code, which it has no use for while it evolves.
  const standalone = new Function(`${network.standalone()}\nreturn activate`)() as Peer['activate']
  return [
    { name: 'neataptic noTraceActivate', activate: (inputs) => network.noTraceActivate(inputs) },
    { name: 'neataptic standalone', activate: standalone },
    { name: 'master-neat noTraceActivate', activate: (inputs) => master.noTraceActivate(inputs) },
  ]
}

/** Seconds of processor time. */
function activatePeer({ activate }: Peer, steps: number): number {
  const rows = Array.from({ length: 8 }, (_, i) => Array.from({ length: PEER_LAYERS[0] }, (__, v) => ((i + v) & 7) / 8))
  let sum = 0
  const start = processorSeconds()
  for (let i = 0; i < steps; i++) sum += activate(rows[i & 7]!)[0]!
  const seconds = processorSeconds() - start
  if (!Number.isFinite(sum)) throw new TypeError('A peer gave no number')
  return seconds
}
