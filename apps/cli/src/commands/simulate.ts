// `megabrain simulate`: an archipelago of real members on a virtual clock, with every fault that is asked for; the same seed
// and options give the same trace. Exit 1 when an invariant did not hold.

import { createArchipelago, type ArchipelagoReport, type FederationReport } from '@megabrain/exchange/archipelago'
import type { Command, Surroundings } from '../command.ts'
import { readProvenance } from '../evolve/provenance.ts'
import { explainFailure, failureText } from '../simulate/failure.ts'
import { readScene, simulateUsage, type Scene } from '../simulate/scene.ts'
import { shardedUsage, simulateSharded } from '../simulate/sharded.ts'
import { clock, createWatch, figure } from '../simulate/watch.ts'

/** Virtual time between two looks at the clock, ms. */
const GRAIN_MS = 100
/** Real time between two pictures or lines of progress. */
const PICTURE_MS = 200
const PROGRESS_MS = 2_000

export const simulateCommand: Command = {
  usage: `${simulateUsage}\n  ${shardedUsage}`,
  async run(args, surroundings) {
    if (isSharded(args)) return simulateSharded(args, surroundings)
    const scene = readScene(args)
    const { report, wallMs } = await play(scene, surroundings)
    const { islands, virtualMinutes, messages, ...rest } = report
    const json = { islands, virtualMinutes, wallMs, messages, ...rest }
    const text = textOf(report, wallMs)
    if (report.violations.length === 0) return { json, text }
    const { commit } = await readProvenance(['simulate', ...args])
    const failure = explainFailure(scene.archipelago, report.violations, commit)
    return { json: { ...json, failure }, text: `${text}\n${failureText(failure)}`, exit: 1 }
  },
}

/** The sharded model is no archipelago: its peers compute one network, and most options of islands mean nothing there. */
function isSharded(args: readonly string[]): boolean {
  const at = args.indexOf('--model')
  return args.includes('--model=4') || (at >= 0 && args[at + 1] === '4')
}

interface Played {
  readonly report: ArchipelagoReport
  readonly wallMs: number
}

async function play({ archipelago: options, watch }: Scene, { progress, screen, stop }: Surroundings): Promise<Played> {
  const started = performance.now()
  const archipelago = createArchipelago(options)
  const live = watch ? createWatch(options, screen?.columns ?? 80, screen !== undefined) : undefined
  let shown = started
  while (archipelago.advance(GRAIN_MS) && !stop.aborted) {
    const now = performance.now()
    if (now - shown < (live !== undefined && screen !== undefined ? PICTURE_MS : PROGRESS_MS)) continue
    shown = now
    const view = archipelago.view()
    if (live === undefined) {
      const time = `${clock(view.virtualMs)} of ${clock(archipelago.endMs)}`
      progress(`${time}: ${figure(view.islandsUp)} islands, best ${view.bestFitness}, ${figure(view.messages)} messages`)
    } else {
      const lines = live.draw(view, now - started)
      if (screen === undefined) for (const line of lines) progress(line)
      else screen.show(lines)
    }
    // A breath, so that Ctrl-C is heard.
    await new Promise((resolve) => setImmediate(resolve))
  }
  screen?.show([])
  return { report: archipelago.report(), wallMs: performance.now() - started }
}

function textOf(report: ArchipelagoReport, wallMs: number): string {
  const { delivery, traffic } = report
  const ms = (value: number | null): string => (value === null ? '–' : `${figure(value)} ms`)
  const rate = (value: number | null): string => (value === null ? '–' : `${figure(value)} B/s`)
  const percent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(3)} %`)
  const speed = figure((report.virtualMinutes * 60_000) / wallMs)
  const refused = Object.entries(report.refused).map(([reason, count]) => `${reason} ${figure(count)}`).join(', ')
  const rows: readonly (readonly [string, string])[] = [
    ['islands', figure(report.islands)],
    ['time', `${report.virtualMinutes.toFixed(1)} virtual minutes in ${(wallMs / 1_000).toFixed(1)} s, ${speed}× real time`],
    ['messages', figure(report.messages)],
    [
      'traffic per island',
      `${rate(report.bytesPerIslandPerSecond)}; busiest minute ${rate(traffic.busiest)}, idlest ${rate(traffic.idlest)}`,
    ],
    [
      'claims',
      `${figure(report.published)} published, ${figure(report.admitted)} admitted, ${figure(report.adoptions)} adopted by searches`,
    ],
    ['refused', refused === '' ? 'nothing' : refused],
    ['delivery', `half in ${ms(delivery.p50Ms)}, 99 % in ${ms(delivery.p99Ms)}, ${percent(delivery.ratio)} of all`],
    ...(report.behindAtHeal === null ? [] : [['heal', healText(report, ms)] as const]),
    ...(report.federation === undefined ? [] : federationRows(report.federation, ms)),
    ['archives', `${report.archivesEqual ? 'equal' : 'not equal'} at the end, best fitness ${figure(report.bestFitness)}`],
    ['false entries', figure(report.falseEntries)],
    [
      'invariants',
      report.violations.length === 0 ? `held, ${figure(report.invariantChecks)} checks` : `violated: ${report.violations.join('; ')}`,
    ],
    ['trace', report.traceHash],
  ]
  return rows.map(([name, value]) => `${name.padEnd(20)}${value}`).join('\n')
}

function federationRows(
  { rounds, roundMs, reports, members, survivors, coordinatorBytes, shards, led, nextRoundAfterKillMs }: FederationReport, ms: (value: number | null) => string,
): readonly (readonly [string, string])[] {
  const bytes = coordinatorBytes === null ? '–' : `${figure(coordinatorBytes.in)} bytes in, ${figure(coordinatorBytes.out)} out at the busiest coordinator`
  return [
    ['rounds', `${figure(rounds)} in ${figure(shards)} shards, half of them within ${ms(roundMs.p50)}, the longest ${ms(roundMs.most)}`],
    ['a round', `${figure(reports ?? 0)} reports of ${figure(members ?? 0)} members, ${figure(survivors ?? 0)} survivors; ${bytes}`],
    ['coordinated', `${(100 * led).toFixed(1)} % of the islands at the end`],
    ...(nextRoundAfterKillMs.length === 0 ? [] : [['after a kill', nextRoundAfterKillMs.map(ms).join(', ')] as const]),
  ]
}

function healText(report: ArchipelagoReport, ms: (value: number | null) => string): string {
  const { behindAtHeal, convergedAfterHealMs, equalAfterHealMs } = report
  const ends = `none lacks anything after ${ms(convergedAfterHealMs)}, all equal after ${ms(equalAfterHealMs)}`
  return `${figure(behindAtHeal ?? 0)} archives were behind; ${ends}`
}
