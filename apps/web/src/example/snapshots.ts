// Snapshots for the tests of the page: islands in every situation, made of real genotypes. Not part of the product.

import { cidOf, createGenotype, encodeGenotype, splitId, type Genotype } from '@megabrain/evolve'
import type { ChampionView, HistoryPoint, Snapshot } from '@megabrain/island'
import type { MeshView } from '@megabrain/mesh'

const NOON = Date.UTC(2026, 10, 23, 12)
export const alice = 'a11ce0'.padEnd(64, '7')
export const bob = 'b0b000'.padEnd(64, '3')
const stranger = cidOf(new Uint8Array([1, 2, 3]))

/** Three sensors, two hidden neurons, a self-loop and a link back: everything a drawing must show. */
export function balancer(): Genotype {
  const [first, second] = [splitId(0, 4_096, 0), splitId(1, 4_096, 0)]
  const neuron = (id: number) => ({ id, activation: 'steep-sigmoid', aggregation: 'sum', bias: 0.1, response: 1 }) as const
  return createGenotype({
    inputs: 4,
    outputs: 1,
    rule: { kind: 'ordered' },
    neurons: [neuron(first), neuron(second)],
    links: [
      { from: 0, to: 4_096, weight: 0.9 },
      { from: 1, to: first, weight: 2.4 },
      { from: 2, to: first, weight: -1.2 },
      { from: 2, to: second, weight: 1.7 },
      { from: 3, to: 4_096, weight: -0.4 },
      { from: first, to: second, weight: 0.6 },
      { from: first, to: 4_096, weight: 3.1 },
      { from: second, to: 4_096, weight: -2.2 },
      { from: second, to: first, weight: 0.8 },
      { from: 4_096, to: 4_096, weight: 1.1 },
    ],
  })
}

export function championView(genotype: Genotype, change: Partial<ChampionView> = {}): ChampionView {
  const body = encodeGenotype(genotype)
  return {
    cid: cidOf(body),
    body,
    fitness: 412_345,
    score: 41,
    solved: false,
    hidden: genotype.neurons.length - genotype.outputs,
    links: genotype.links.weights.length,
    generation: 118,
    parents: [stranger],
    author: undefined,
    ...change,
  }
}

function rise(points: number): readonly HistoryPoint[] {
  return Array.from({ length: points }, (_, index) => ({
    evaluations: index * 150,
    generation: index,
    best: Math.round(980_000 * (1 - Math.exp(-(Math.floor(index / 7) + 1) / 4))),
    mean: Math.round(520_000 * (1 - Math.exp(-index / 30)) + 30_000 * Math.sin(index / 2)),
    meshBest: index < 30 ? 700_000 : 991_200,
  }))
}

/** An island that has just been opened. */
export const idle: Snapshot = {
  realm: undefined,
  realms: [],
  phase: 'idle',
  reason: 'not-started',
  detail: undefined,
  watching: false,
  settings: { task: 'double-pole-no-velocity', algorithm: 'neat', dutyPercent: 25, runWhenHidden: false, runOnBattery: false, relayOnly: false, region: '', publishFrom: 0 },
  generation: 0,
  evaluations: 0,
  evaluationsPerSecond: 0,
  dutyPercent: 0,
  species: 0,
  champion: undefined,
  bestHere: 0,
  bestInMesh: 0,
  history: [],
  feed: [],
  governance: undefined,
  credit: undefined,
  experiment: undefined,
  adoptions: [],
  log: [],
  refusals: {},
  admitted: 0,
  published: 0,
  archived: 0,
  author: undefined,
}

const adoption = {
  id: 1,
  parent: stranger,
  author: bob,
  fitness: 991_200,
  via: '12D3KooWbobbobbobbobbobQ7xYz',
  task: 'double-pole',
  time: NOON + 61_000,
}

/** An island that has run for a while, in company. */
export const running: Snapshot = {
  ...idle,
  phase: 'running',
  reason: undefined,
  generation: 118,
  evaluations: 17_700,
  evaluationsPerSecond: 61.4,
  dutyPercent: 24.6,
  species: 9,
  champion: championView(balancer()),
  bestHere: 972_410,
  bestInMesh: 991_200,
  history: rise(118),
  adoptions: [adoption],
  log: [
    { id: 1, time: NOON, kind: 'started', reason: undefined },
    { id: 2, time: NOON + 900, kind: 'restored', champions: 3, generation: 40 },
    { id: 3, time: NOON + 2_000, kind: 'neighbour-joined', peer: '12D3KooWrelayrelayrelay7abcdef', transport: 'websocket' },
    { id: 4, time: NOON + 9_000, kind: 'improved', cid: stranger, fitness: 812_001, generation: 77 },
    { id: 5, time: NOON + 10_000, kind: 'published', cid: stranger, fitness: 812_001 },
    { id: 6, time: NOON + 30_000, kind: 'refused', reason: 'not-reproduced', via: adoption.via, claimed: 1_000_000, measured: 412_033 },
    { id: 7, time: NOON + 61_000, kind: 'adopted', adoption },
    { id: 8, time: NOON + 70_000, kind: 'solved', cid: stranger, evaluations: 17_100 },
  ],
  refusals: { duplicate: 14, 'not-reproduced': 2, 'bad-signature': 1 },
  admitted: 21,
  published: 6,
  archived: 33,
  author: alice,
}

const relayPeer = '12D3KooWrelayrelayrelay7abcdef'

export const company: MeshView = {
  self: '12D3KooWselfselfselfself2Kq9Tt',
  relays: [
    { address: `/ip4/127.0.0.1/tcp/8787/ws/p2p/${relayPeer}`, peer: relayPeer, state: 'connected', reason: undefined, reserved: true },
  ],
  neighbours: [
    { peer: relayPeer, kind: 'relay', transport: 'websocket', health: 'alive', roundTripMs: undefined },
    { peer: '12D3KooWbobbobbobbobbobQ7xYz', kind: 'island', transport: 'webrtc', health: 'alive', roundTripMs: 41 },
    { peer: '12D3KooWcarolcarolcarolM3nPq', kind: 'island', transport: 'webrtc', health: 'suspect', roundTripMs: 230 },
    { peer: '12D3KooWdavedavedavedaveH8jKl', kind: 'island', transport: 'circuit', health: 'alive', roundTripMs: undefined },
  ],
}

export const lonely: MeshView = {
  ...company,
  relays: [
    {
      address: `/ip4/127.0.0.1/tcp/8787/ws/p2p/${relayPeer}`,
      peer: relayPeer,
      state: 'waiting',
      reason: 'connection refused',
      reserved: false,
    },
  ],
  neighbours: [],
}
