// One attack on real gossipsub nodes and on the model: 36 sybils graft everybody, behave for a while and then pass on nothing;
// ten honest members know them and one relay. With the mesh's settings, and with the relay pinned and grafting. Run by hand:
// `node packages/mesh/bench/attack-gossip.ts [seed] [model]`, about two minutes.

import { gossipSettingsFor } from '@megabrain/exchange/memory'
import { printRows, runModel, runReal, type Scene } from './gossip-worlds.ts'

const HONEST = 10
const SYBILS = 36
const RELAY = HONEST
const FIRST_SYBIL = HONEST + 1
const DIALS = 8
/** Without real nodes to measure it on. */
const DIAL_MS = 50
const TURNS_AFTER_MS = 12_000
const isHonest = (node: number): boolean => node < HONEST
const isSybil = (node: number): boolean => node >= FIRST_SYBIL

const links: (readonly [number, number])[] = []
// The honest were introduced to sybils only, and meet the relay last; they do not know one another but through it.
for (let node = 0; node < HONEST; node++) for (let i = 0; i < DIALS; i++) links.push([node, FIRST_SYBIL + ((node * 7 + i * 5) % SYBILS)])
for (let sybil = FIRST_SYBIL; sybil < FIRST_SYBIL + SYBILS; sybil++) for (let node = 0; node < HONEST; node++) links.push([sybil, node])
for (let node = 0; node < FIRST_SYBIL + SYBILS; node++) if (node !== RELAY) links.push([node, RELAY])

const base: Scene = {
  name: 'covert flash, settings as they are',
  nodes: FIRST_SYBIL + SYBILS,
  links,
  // A degree above the number of nodes is how a plain gossipsub node grafts everybody that it meets.
  degreeOf: (node) => (isHonest(node) ? 6 : isSybil(node) ? 100 : 60),
  change: {
    real: (node, settings) => (isSybil(node) ? { ...settings, Dlo: 100 } : settings),
    model: (node, settings) => (isSybil(node) ? { ...settings, leastDegree: 100 } : settings),
  },
  isRelay: (node) => node === RELAY,
  forwards: (node, sinceMs) => !isSybil(node) || sinceMs < TURNS_AFTER_MS,
  authorOf: (number) => number % HONEST,
  broadcasts: 60,
  countedFrom: 22,
  isListener: isHonest,
}
const defended: Scene = {
  ...base,
  name: 'covert flash, relay pinned and grafting',
  change: {
    real(node, settings, isRelay) {
      if (!isHonest(node)) return { ...settings, Dlo: 100 }
      return { ...settings, scoreParams: { ...settings.scoreParams, appSpecificScore: (peer: string) => (isRelay(peer) ? 10 : 0), appSpecificWeight: 10 } }
    },
    model(node, settings, isRelay) {
      if (!isHonest(node)) return { ...gossipSettingsFor(100), leastDegree: 100 }
      return { ...settings, score: { ...settings.score, appScore: (peer) => (isRelay(peer) ? 100 : 0) } }
    },
  },
}

const [seed = '1', only = ''] = process.argv.slice(2)
for (const scene of [base, defended]) {
  const real = only === 'model' ? runModel(scene, Number(seed), DIAL_MS) : await runReal(scene)
  printRows(scene.name, real, runModel(scene, Number(seed), real.linkMs))
}
process.exit(0)
