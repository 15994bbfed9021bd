// Fifty real gossipsub nodes and fifty of the simulator's gossip model on the same links with the same broadcasts: do they
// agree? Run by hand: `node packages/mesh/bench/calibrate-gossip.ts [seed]`, about a minute.
// The table goes to `docs/experiments/2026-11-25-gossip-model.md`.

import { createHash } from 'node:crypto'
import { gossipSettingsFor, type GossipSettings } from '@megabrain/exchange/memory'
import { gossipSettings } from '../src/gossip.ts'
import { BROADCAST_EVERY_MS, BYTES, printRows, runModel, runReal, TOPIC, VERDICT_MS, type Scene } from './gossip-worlds.ts'

const NODES = 50
const BROADCASTS = 40

/** Every setting that both sides have, by the model's name; a difference ends the run. */
function assertSameSettings(degree: number): void {
  const real = gossipSettings({ topics: [TOPIC], degree })
  const model: GossipSettings = gossipSettingsFor(degree)
  const topic = real.scoreParams!.topics![TOPIC]!
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['D', real.D, model.degree], ['Dlo', real.Dlo, model.leastDegree], ['Dhi', real.Dhi, model.mostDegree],
    ['Dscore', real.Dscore, model.scoredDegree], ['Dout', real.Dout, model.outboundDegree], ['floodPublish', real.floodPublish, model.floodPublish],
    ['P1', topic.timeInMeshWeight, model.score.timeInMeshWeight], ['P1 cap', topic.timeInMeshCap, model.score.timeInMeshCap],
    ['P2', topic.firstMessageDeliveriesWeight, model.score.firstDeliveryWeight], ['P2 decay', topic.firstMessageDeliveriesDecay, model.score.firstDeliveryDecay],
    ['P2 cap', topic.firstMessageDeliveriesCap, model.score.firstDeliveryCap], ['P3', topic.meshMessageDeliveriesWeight, 0],
    ['P4', topic.invalidMessageDeliveriesWeight, model.score.invalidWeight], ['P4 decay', topic.invalidMessageDeliveriesDecay, model.score.invalidDecay],
    ['P6', real.scoreParams!.IPColocationFactorWeight, 0], ['P7', real.scoreParams!.behaviourPenaltyWeight, model.score.behaviourWeight],
    ['P7 threshold', real.scoreParams!.behaviourPenaltyThreshold, model.score.behaviourThreshold],
    ['opportunistic graft', real.scoreThresholds!.opportunisticGraftThreshold, model.thresholds.opportunisticGraft],
  ]
  for (const [name, ours, theirs] of pairs) if (ours !== theirs) throw new RangeError(`The model must have the mesh's ${name}, got ${String(theirs)} for ${String(ours)}`)
}

const seed = Number(process.argv[2] ?? 1)
/** Whom the nodes dial, the same in both worlds. */
const draw = (i: number): number => createHash('sha256').update(`${seed}/${i}`).digest().readUInt32LE() % NODES
const plain = { nodes: NODES, degreeOf: () => 6, authorOf: (number: number) => number % NODES, broadcasts: BROADCASTS } as const
const scenes: readonly Scene[] = [
  { ...plain, name: 'random graph, 8 links dialled by each, D 6', links: Array.from({ length: NODES * 8 }, (_, i) => [Math.floor(i / 8), draw(i)] as const).filter(([a, b]) => a !== b) },
  { ...plain, name: 'star around one node, D 6', links: Array.from({ length: NODES - 1 }, (_, i) => [i + 1, 0] as const) },
]
assertSameSettings(6)
console.log(`seed ${seed}, ${NODES} nodes, ${BROADCASTS} broadcasts of ${BYTES} bytes, one each ${BROADCAST_EVERY_MS} ms, verdict after ${VERDICT_MS} ms\n`)
for (const scene of scenes) {
  const real = await runReal(scene)
  printRows(scene.name, real, runModel(scene, seed, real.linkMs))
}
process.exit(0)
