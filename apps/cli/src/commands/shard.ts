// `megabrain shard`: Model 4, experimental and offline. Draws a network too large for one island, computes a batch of it over
// peers, and compares with one process, bit for bit. `--donate` is the other side.

import { cidOf, createRandom, decodeGenotype, MAX_LINKS, MAX_NEURONS } from '@megabrain/evolve'
import {
  encodeManifest, generateLarge, levelsOf, openPart, partition, realTimeFault, runInProcess, serveShards, type Batch, type LargeNetwork, type Sharded,
} from '@megabrain/exchange/sharding'
import { findTask } from '@megabrain/tasks'
import { formatSpread, ratioOf, spreadOf } from '../bench/spread.ts'
import type { Answer, Command, Surroundings } from '../command.ts'
import { readCount, readOptions, required, UsageError } from '../usage.ts'

const text = { type: 'string' } as const
const options = {
  neurons: { ...text, default: '100000' }, links: { ...text, default: '1000000' }, layers: { ...text, default: '8' }, inputs: { ...text, default: '64' },
  outputs: { ...text, default: '16' }, seed: { ...text, default: '1' }, batch: { ...text, default: '256' }, steps: { ...text, default: '1' },
  peers: { ...text, default: '4' }, runs: { ...text, default: '5' }, task: text, kill: { type: 'boolean', default: false }, naive: { type: 'boolean', default: false },
  donate: { type: 'boolean', default: false }, at: text, realm: text,
} as const

export const shardCommand: Command = {
  usage: 'shard [--neurons N] [--links L] [--layers K] [--inputs I] [--outputs O] [--seed S] [--batch B] [--steps T] [--peers P] [--runs N] '
    + '[--task ID] [--kill] [--naive] [--at MULTIADDR --realm ID] | shard --donate --at MULTIADDR --realm ID',
  async run(args, surroundings) {
    const { values } = readOptions(args, options)
    if (values.donate) return donate(required(values.at, '--at'), required(values.realm, '--realm'), surroundings)
    const count = (name: 'neurons' | 'links' | 'layers' | 'inputs' | 'outputs' | 'batch' | 'steps' | 'peers' | 'runs'): number => readCount(values[name], `--${name}`)
    const network = draw({
      seed: readCount(values.seed, '--seed', 0), inputs: count('inputs'), outputs: count('outputs'), neurons: count('neurons'), links: count('links'), layers: count('layers'),
    })
    const sharded = cut(network, count('peers'), false)
    refuseTask(values.task, sharded)
    const batch = batchFor(network, count('batch'), count('steps'))
    const where = values.at === undefined ? undefined : { relay: values.at, realm: required(values.realm, '--realm') }
    return measure({ network, sharded, batch, peers: count('peers'), runs: count('runs'), kills: values.kill, comparesNaive: values.naive, where }, surroundings)
  },
}

interface Plan {
  readonly network: LargeNetwork
  readonly sharded: Sharded
  readonly batch: Batch
  readonly peers: number
  readonly runs: number
  readonly kills: boolean
  readonly comparesNaive: boolean
  readonly where: { readonly relay: string; readonly realm: string } | undefined
}

async function measure({ network, sharded, batch, peers: wanted, runs, kills, comparesNaive, where }: Plan, { progress }: Surroundings): Promise<Answer> {
  const [{ openNodeMesh }, { openLocalPeers }, { gatherPeers, runOverPeers }] = await Promise.all([
    import('@megabrain/mesh/node'), import('../shard/local-peers.ts'), import('../shard/run-sharded.ts'),
  ])
  const local = where === undefined ? await openLocalPeers(wanted) : undefined
  const mesh = await openNodeMesh({ relays: [(where ?? local!).relay], realm: (where ?? local!).realm })
  try {
    const peers = await gatherPeers(mesh, wanted)
    progress(`${peers.length} peers, ${sharded.parts.length} parts`)
    const alone = { ms: [] as number[] }
    const over = { ms: [] as number[], computeMs: [] as number[] }
    let bitEqual = true
    let view
    for (let i = 0; i < runs; i++) {
      const before = performance.now()
      const { values } = runInProcess(sharded, batch, openPart)
      alone.ms.push(performance.now() - before)
      const run = await runOverPeers(mesh, peers, sharded, batch, (trips) => {
        if (kills && i === 0 && trips === 1) local?.kill()
      })
      view = run.view
      over.ms.push(run.ms)
      over.computeMs.push(run.computeMs)
      bitEqual &&= equalBits(run.values, values)
      progress(`run ${i + 1} of ${runs}: ${run.computeMs.toFixed(0)} ms over peers, ${alone.ms.at(-1)!.toFixed(0)} ms alone, ${bitEqual ? 'bit-equal' : 'DIFFERENT'}`)
      if (kills) break
    }
    const naive = comparesNaive ? await compareNaive(mesh, peers, runs) : undefined
    const { roundTrips, bytes, levels, parts, replacements } = view!
    const json = {
      experimental: true, manifest: cidOf(encodeManifest(sharded.manifest)), neurons: view!.neurons, links: view!.links, levels, parts, peers: view!.peers,
      batch: batch.lanes, steps: batch.steps, bitEqual, roundTrips, bytes, replacements, oneIsland: refusalOfOneIsland(network),
      aloneMs: spreadOf(alone.ms), withPlacingMs: spreadOf(over.ms), overPeersMs: spreadOf(over.computeMs), throughputRatio: ratioOf(alone.ms, over.computeMs),
      ...(naive === undefined ? {} : { naive }),
    }
    const lines = [
      `experimental, offline: ${json.neurons} neurons, ${json.links} links, ${parts} parts over ${json.peers.length} peers, manifest ${json.manifest}`,
      `${bitEqual ? 'bit-equal to one process' : 'OTHER BITS THAN ONE PROCESS'}; ${roundTrips} round trips for ${batch.lanes} samples × ${batch.steps} steps; ${replacements} replacements`,
      `bytes: ${bytes.placing} to place the parts, ${bytes.out} out, ${bytes.in} in`,
      `over peers ${formatSpread(json.overPeersMs, ' ms')}; alone ${formatSpread(json.aloneMs, ' ms')}; throughput ${formatSpread(json.throughputRatio, '×')}`,
      ...(json.oneIsland === undefined ? [] : [`one island refuses it: ${json.oneIsland}`]),
      ...(naive === undefined ? [] : [`a call per neuron ${formatSpread(naive.perSampleMs, ' ms')} a sample, ${naive.callsPerSample} calls; batched ${formatSpread(naive.batchedPerSampleMs, ' ms')} a sample; ${formatSpread(naive.ratio, '×')}`]),
    ]
    return { json, text: lines.join('\n'), exit: bitEqual ? 0 : 1 }
  } finally {
    await mesh.close()
    await local?.close()
  }

  type Mesh = Awaited<ReturnType<typeof openNodeMesh>>
  /** The vision's example: a network of 200 neurons, one call for each, against one batch. */
  async function compareNaive(of: Mesh, peers: readonly string[], times: number) {
    const small = draw({ seed: 1, inputs: 16, outputs: 8, neurons: 200, links: 1_600, layers: 4 })
    const [calls, batched] = [cut(small, peers.length, true), cut(small, peers.length, false)]
    const [one, many] = [batchFor(small, 1, 1), batchFor(small, 256, 1)]
    const naiveMs: number[] = []
    const batchedMs: number[] = []
    let roundTrips = 0
    for (let i = 0; i < times; i++) {
      const slow = await runOverPeers(of, peers, calls, one)
      naiveMs.push(slow.computeMs)
      const fast = await runOverPeers(of, peers, batched, many)
      batchedMs.push(fast.computeMs / many.lanes)
      roundTrips = fast.view.roundTrips
    }
    return {
      neurons: 200, callsPerSample: calls.parts.length, roundTripsPerBatch: roundTrips, batch: many.lanes,
      perSampleMs: spreadOf(naiveMs), batchedPerSampleMs: spreadOf(batchedMs), batchedMs: spreadOf(batchedMs.map((ms) => ms * many.lanes)),
      ratio: ratioOf(naiveMs, batchedMs), oneSampleRatio: ratioOf(naiveMs, batchedMs.map((ms) => ms * many.lanes)),
    }
  }
}

async function donate(relay: string, realm: string, { progress, stop }: Surroundings): Promise<Answer> {
  const { openNodeMesh } = await import('@megabrain/mesh/node')
  const mesh = await openNodeMesh({ relays: [relay], realm })
  const service = serveShards(mesh.streams, openPart)
  progress(`${mesh.self} computes parts of sharded networks for whoever asks in this realm`)
  await new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }))
  service.stop()
  await mesh.close()
  return { json: { self: mesh.self }, text: 'stopped' }
}

function draw(options: Parameters<typeof generateLarge>[0]): LargeNetwork {
  try {
    return generateLarge(options)
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message)
    throw error
  }
}

function cut(network: LargeNetwork, width: number, naive: boolean): Sharded {
  const result = partition(network, { width, naive })
  if (!result.ok) throw new UsageError(result.reason)
  return result.value
}

function refuseTask(id: string | undefined, { manifest }: Sharded): void {
  if (id === undefined) return
  const task = findTask(id)
  if (task === undefined) throw new UsageError(`unknown task ${id}`)
  const fault = realTimeFault(task, levelsOf(manifest))
  if (fault !== undefined) throw new UsageError(fault)
}

/** What an island says to the same network in one genotype: the format's own caps, asked of its decoder. */
function refusalOfOneIsland({ inputs, outputs, biases, sources }: LargeNetwork): string | undefined {
  if (biases.length <= MAX_NEURONS && sources.length <= MAX_LINKS) return undefined
  const header = new Uint8Array(18)
  const view = new DataView(header.buffer)
  header.set([0x4d, 0x42, 0x67, 0x74, 1])
  view.setUint16(8, inputs, true)
  view.setUint16(10, outputs, true)
  view.setUint16(12, Math.min(65_535, biases.length - outputs), true)
  view.setUint32(14, sources.length, true)
  const decoded = decodeGenotype(header)
  return decoded.ok ? undefined : `${decoded.reason}: a genotype has at most ${MAX_NEURONS} neurons and ${MAX_LINKS} links, this network ${biases.length} and ${sources.length}`
}

function batchFor({ inputs }: LargeNetwork, lanes: number, steps: number): Batch {
  const random = createRandom(7)
  return { lanes, steps, given: Float64Array.from({ length: inputs * lanes * steps }, () => random.normal()) }
}

function equalBits(a: Float64Array, b: Float64Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength))
}
