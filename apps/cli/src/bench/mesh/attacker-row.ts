// The row `attacker`: honest clients announce and pull as ever; then one client does ten times as much as all of them together,
// in one way after the other. Before and during are in one run.

import { randomBytes } from 'node:crypto'
import { formatSpread, spreadOf } from '../spread.ts'
import { createBenchRealm } from './claims.ts'
import type { BenchRealm } from './claims.ts'
import { openCrowd } from './crowd.ts'
import type { Crowd } from './crowd.ts'
import { claimsAbout, deliver, sleep } from './delivery.ts'
import type { Delivery } from './delivery.ts'
import { openProductRelay } from './relay-process.ts'
import { joinAll } from './row.ts'
import type { RowOptions, RowResult } from './row.ts'

const BODY_BYTES = 4_000
const EVERY_MS = 1_000
const DRAIN_MS = 10_000
/** Times the honest rate. */
const FACTOR = 10
/** As long as pulls of what nobody has go on, ms: six tries with pauses. */
const REST_MS = 20_000

interface Attack {
  readonly name: string
  /** Runs for about `ms`. */
  run(at: { readonly crowd: Crowd; readonly attacker: number; readonly realm: BenchRealm; readonly number: number }, ms: number): Promise<void>
}

const perSecond = (FACTOR * 1_000) / EVERY_MS

/** Valid claims whose genotype nobody hands over. */
const hollow: Attack = {
  name: 'signed claims about genotypes that nobody has',
  async run({ crowd, attacker, realm, number }, ms) {
    const claims = claimsAbout(realm, number, Math.floor((ms / 1_000) * perSecond), 300)
    for (const { bytes } of claims) {
      void crowd.publish(attacker, bytes)
      await sleep(1_000 / perSecond)
    }
  },
}
const garbage: Attack = {
  name: 'random bytes on the channel',
  async run({ crowd, attacker }, ms) {
    for (let i = 0; i < (ms / 1_000) * perSecond; i++) {
      void crowd.publish(attacker, new Uint8Array(randomBytes(500)))
      await sleep(1_000 / perSecond)
    }
  },
}
/** Each honest client asks once per broadcast. */
const pester = (clients: number): Attack => ({
  name: 'requests for what nobody has',
  async run({ crowd, attacker }, ms) {
    await crowd.pester(attacker, Math.min(500, FACTOR * clients), ms)
    await sleep(ms)
  },
})

export async function attackerRow(options: RowOptions): Promise<RowResult> {
  const realm = createBenchRealm()
  const relay = await openProductRelay(realm)
  const crowd = openCrowd(options.processes)
  const attacks = [hollow, garbage, pester(options.clients)]
  const samples: { readonly attack: string; readonly before: Delivery; readonly during: Delivery; readonly grownBytes: number }[] = []
  try {
    await joinAll(options, crowd, { kind: 'ports', pulls: true, neighbours: options.neighbours }, relay)
    let number = 0
    const honest = async (): Promise<Delivery> => {
      const messages = claimsAbout(realm, number, options.broadcasts, BODY_BYTES)
      number += options.broadcasts
      // The last client is the attacker: it publishes nothing of this.
      return deliver(crowd, options.clients - 1, { messages, everyMs: EVERY_MS, drainMs: DRAIN_MS }, 'pulled')
    }
    await honest() // warms up
    for (let run = 0; run < options.repetitions; run++) {
      for (const attack of attacks) {
        const before = await honest()
        const memory = relay.memory().resident
        number += 10_000
        const attacking = attack.run({ crowd, attacker: options.clients - 1, realm, number }, options.broadcasts * EVERY_MS)
        const during = await honest()
        await attacking
        samples.push({ attack: attack.name, before, during, grownBytes: relay.memory().resident - memory })
        options.progress(JSON.stringify(samples.at(-1)))
        await sleep(REST_MS)
      }
    }
  } finally {
    await crowd.close()
    await relay.close()
  }
  return { json: { clients: options.clients, samples }, lines: [`${options.clients - 1} honest clients, one attacker at ${FACTOR} times their rate`, ...attacks.flatMap(({ name }) => linesOf(name, samples.filter(({ attack }) => attack === name)))] }
}

function linesOf(name: string, samples: readonly { readonly before: Delivery; readonly during: Delivery; readonly grownBytes: number }[]): string[] {
  const rises = samples.flatMap(({ before, during }) => (before.p99 === null || during.p99 === null ? [] : [during.p99 / before.p99]))
  const lost = samples.reduce((sum, { during }) => sum + during.expected - during.delivered, 0)
  return [
    `  ${name}`,
    `    honest p99 during / before: ${rises.length === 0 ? 'nothing arrived' : formatSpread(spreadOf(rises), '×')}; honest pulls that never came ${lost}; `
      + `relay grew ${formatSpread(spreadOf(samples.map(({ grownBytes }) => grownBytes / 1e6)), ' MB')}`,
  ]
}
