// Bugs planted in the sharded model: in what is kept over a pass, in who has which part, in what travels, and in the formats.

import { mutantsOf, type Mutant } from './mutant.ts'

export const plantedInSharding: readonly Mutant[] = [
  ...mutantsOf('models/sharding/shard-run.ts', [
    ['the next pass reads nothing of the pass before', 'previous = new Map([...current].filter(([slot]) => recurrent.has(slot)))', 'previous = new Map()'],
    [
      'values of an earlier attempt are taken',
      "if (message.pass !== attempt || state !== 'running') return []\n        return keep",
      "if (state !== 'running') return []\n        return keep",
    ],
    ['attempts cannot be told apart', '    attempt++\n', ''],
    ['parts of a lost peer stay with it', 'replaceParts(manifest.parts, placement, peers)', 'placement'],
    ['a sample that failed once counts again', 'failedNow[lane] === 1) failed[lane] = 1', 'failedNow[lane] === 1) failed[lane] = 0'],
    ['a level ends with the first peer that answers', 'return awaiting.size === 0', 'return true'],
    ['a level is done without its values', ' || !isComplete(from)', ''],
    ['a silent peer is waited for without end', 'now - since < LEVEL_TIMEOUT_MS', 'now - since < Infinity'],
    ['every step gets the sensors of the first', 'Math.floor(passes / passesPerStep) * inputs + slot', '0 * inputs + slot'],
    ['steps of a synchronous rule are not counted', "rule.kind === 'synchronous' ? rule.steps : 1", '1'],
  ]),
  ...mutantsOf('models/sharding/place.ts', [
    ['one peer gets everything', 'Math.floor(middle * peers.length)', 'peers.length'],
    ['parts of a lost peer go to the busiest', 'one[1] < best[1]', 'one[1] > best[1]'],
  ]),
  ...mutantsOf('models/sharding/routes.ts', [
    ["others' values are taken for one's own", 'owners.get(slot) === peer', 'owners.has(slot)'],
    ["the next pass is sent nothing of a peer's own", 'const isOwn = !isPrevious(key) && owners', 'const isOwn = owners'],
    ['actuators are not sent back', 'for (let slot = inputs; slot < inputs + outputs; slot++) wanted.add(slot)', ''],
  ]),
  ...mutantsOf('models/sharding/partition.ts', [
    ['levels follow recurrent links too', 'source >= 0 && recurrent[link] === 0', 'source >= 0'],
    ['a part has one neuron too many', 'owned.length >= Math.min(share.neurons, MAX_NEURONS)', 'owned.length > Math.min(share.neurons, MAX_NEURONS)'],
  ]),
  ...mutantsOf('models/sharding/shard-donor.ts', [
    ['a kernel of another batch size is used', 'if (nextLanes !== lanes) for', 'if (nextLanes === lanes) for'],
    ['a failed sample is not told', 'if (Number.isNaN(values[lane])) setBit(failed, lane)', ''],
    ['a donor takes more links than it may hold', ' || others + count > MAX_LINKS_HELD', ''],
  ]),
  ...mutantsOf('models/sharding/assemble.ts', [
    ['a wiring of another name is taken', ' || !bytesEqual(sha256(block.wiring), row.wiring)', ''],
    ['a neuron may have two owners', 'neuron >= count || levels[neuron] !== 0', 'neuron >= count'],
    ['a body of another name is taken', '!bytesEqual(sha256(block.body), row.body) || ', ''],
    ['a part reads what is computed later', 'levels[slot - inputs]! > level', 'false'],
    ['a part may read itself', 'source >= inputs)) return', 'source < 0)) return'],
  ]),
  ...mutantsOf('models/sharding/manifest.ts', [
    ['levels may be left out', 'part.level !== level + 1', 'part.level < level'],
    ['a manifest may be longer than it says', 'bytes.length !== HEADER_BYTES + count * ROW_BYTES', 'bytes.length < HEADER_BYTES + count * ROW_BYTES'],
  ]),
  ...mutantsOf('models/sharding/wiring.ts', [
    ['a number may be written in two ways', 'bytesEqual(encodeWiring(value), bytes) ?', 'bytes.length > 0 ?'],
  ]),
  ...mutantsOf('models/sharding/run-part.ts', [['a failed sample stays failed', '      network.reset()\n', '']]),
  ...mutantsOf('models/sharding/refuse-task.ts', [
    ['control tasks are not refused', 'if (environment === undefined) return undefined', 'if (maxActivations > 0) return undefined'],
  ]),
]
