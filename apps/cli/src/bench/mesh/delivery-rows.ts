// The rows `genotypes` and `announcements`: ours through the product's relay, stock js-libp2p beside it where asked.

import { randomBytes } from 'node:crypto'
import { createBenchRealm } from './claims.ts'
import { openCrowd } from './crowd.ts'
import { claimsAbout, deliver, summaryOf } from './delivery.ts'
import type { Delivery, DeliverySummary, Traffic } from './delivery.ts'
import { openProductRelay, openStockRelay } from './relay-process.ts'
import type { RowOptions, RowResult } from './row.ts'
import { deliveryLines, joinAll } from './row.ts'
import type { StockSettings } from './stock.ts'
import type { ClientKind } from './orders.ts'

const GENOTYPE_BYTES = 50_000
const EVERY_MS = 1_500
const DRAIN_MS = 10_000

const stockSettings: readonly (StockSettings & { readonly name: string })[] = [
  { name: 'stock gossipsub, raw bodies, default settings', colocation: true },
  { name: 'stock gossipsub, raw bodies, colocation off', colocation: false },
  { name: 'stock gossipsub, raw bodies, colocation off, relay degree 400', colocation: false, degree: 400 },
]

export async function genotypesRow(options: RowOptions): Promise<RowResult> {
  const { clients, neighbours } = options
  const name = `ours: announced, then pulled by each, ${neighbours} neighbours sought`
  const ours = await oursOver(options, { kind: 'ports', pulls: true, neighbours }, GENOTYPE_BYTES, 'pulled')
  const sides: Record<string, DeliverySummary> = { [name]: ours.summary }
  for (const settings of options.stock ? stockSettings : []) {
    options.progress(settings.name)
    sides[settings.name] = await stockOver(options, settings, () => new Uint8Array(randomBytes(GENOTYPE_BYTES)))
  }
  return {
    json: { clients, bodyBytes: GENOTYPE_BYTES, everyMs: EVERY_MS, relay: ours.relay, sides },
    lines: [`${clients} clients, a genotype of ${GENOTYPE_BYTES} bytes every ${EVERY_MS} ms`, ...Object.entries(sides).flatMap(([side, summary]) => deliveryLines(side, summary)), ours.line],
  }
}

export async function announcementsRow(options: RowOptions): Promise<RowResult> {
  const { clients, neighbours } = options
  const ours = await oursOver(options, { kind: 'ports', pulls: false, neighbours }, 0, 'heard')
  const sides: Record<string, DeliverySummary> = { 'ours: signed claims, each judged by the relay before it forwards': ours.summary }
  if (options.stock) {
    const degree = Math.ceil(clients * 1.5)
    const name = `stock gossipsub, 512 bytes, colocation off, relay degree ${degree}`
    options.progress(name)
    sides[name] = await stockOver(options, { colocation: false, degree }, () => new Uint8Array(randomBytes(512)))
  }
  return {
    json: { clients, everyMs: EVERY_MS, relay: ours.relay, sides },
    lines: [`${clients} clients, an announcement of up to 512 bytes every ${EVERY_MS} ms`, ...Object.entries(sides).flatMap(([side, summary]) => deliveryLines(side, summary)), ours.line],
  }
}

async function oursOver(options: RowOptions, client: ClientKind, bodyBytes: number, reached: 'heard' | 'pulled') {
  const realm = createBenchRealm()
  const relay = await openProductRelay(realm)
  const crowd = openCrowd(options.processes)
  try {
    await joinAll(options, crowd, client, relay)
    const runs: Delivery[] = []
    for (let run = 0; run < options.repetitions; run++) {
      const messages = claimsAbout(realm, run * options.broadcasts, options.broadcasts, bodyBytes)
      runs.push(await deliver(crowd, options.clients, { messages, everyMs: EVERY_MS, drainMs: DRAIN_MS }, reached))
      options.progress(`run ${run + 1}: ${JSON.stringify(runs.at(-1))}`)
    }
    const { resident, peak } = relay.memory()
    const admitted = await relay.metric('admitted_total{realm="bench"}')
    return {
      summary: summaryOf(runs), relay: { resident, peak, admitted },
      line: `  relay: ${(resident / 1e6).toFixed(0)} MB resident, ${admitted} of ${options.repetitions * options.broadcasts} claims admitted to its archive`,
    }
  } finally {
    await crowd.close()
    await relay.close()
  }
}

async function stockOver(options: RowOptions, settings: StockSettings, bytesOf: () => Uint8Array): Promise<DeliverySummary> {
  const relay = await openStockRelay(createBenchRealm(), settings)
  const crowd = openCrowd(options.processes)
  try {
    await joinAll(options, crowd, { kind: 'stock', colocation: settings.colocation }, relay)
    const runs: Delivery[] = []
    for (let run = 0; run < options.repetitions; run++) {
      const messages: Traffic['messages'] = Array.from({ length: options.broadcasts }, () => ({ bytes: bytesOf() }))
      runs.push(await deliver(crowd, options.clients, { messages, everyMs: EVERY_MS, drainMs: DRAIN_MS }, 'heard'))
      options.progress(`run ${run + 1}: ${JSON.stringify(runs.at(-1))}`)
    }
    return summaryOf(runs)
  } finally {
    await crowd.close()
    await relay.close()
  }
}
