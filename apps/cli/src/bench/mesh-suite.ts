// `megabrain bench mesh`: the mesh and the relay with real processes, a row at a time.

import type { Command } from '../command.ts'
import { readProvenance } from '../evolve/provenance.ts'
import { readCount, readOptions, UsageError } from '../usage.ts'
import { describeMachine } from './machine.ts'
import type { RowOptions, RowResult } from './mesh/row.ts'

const options = {
  rows: { type: 'string', default: 'genotypes,announcements,capacity,restart,attacker' },
  clients: { type: 'string' },
  processes: { type: 'string', default: '3' },
  repetitions: { type: 'string', default: '5' },
  broadcasts: { type: 'string', default: '10' },
  neighbours: { type: 'string', default: '0' },
  seconds: { type: 'string' },
  'no-stock': { type: 'boolean', default: false },
} as const

interface Row {
  /** What the published table has. */
  readonly clients: number
  readonly seconds: number
  load(): Promise<(options: RowOptions) => Promise<RowResult>>
}

// Loaded only when asked for, so that no other command loads libp2p.
const rows: Readonly<Record<string, Row>> = {
  genotypes: { clients: 300, seconds: 0, load: async () => (await import('./mesh/delivery-rows.ts')).genotypesRow },
  announcements: { clients: 1_000, seconds: 0, load: async () => (await import('./mesh/delivery-rows.ts')).announcementsRow },
  capacity: { clients: 1_000, seconds: 0, load: async () => (await import('./mesh/relay-rows.ts')).capacityRow },
  restart: { clients: 300, seconds: 0, load: async () => (await import('./mesh/relay-rows.ts')).restartRow },
  attacker: { clients: 100, seconds: 0, load: async () => (await import('./mesh/attacker-row.ts')).attackerRow },
  churn: { clients: 1_000, seconds: 600, load: async () => (await import('./mesh/relay-rows.ts')).churnRow },
  idle: { clients: 30, seconds: 120, load: async () => (await import('./mesh/idle-row.ts')).idleRow },
  'small-server': { clients: 1_000, seconds: 3_600, load: async () => (await import('./mesh/relay-rows.ts')).smallServerRow },
}

export const meshSuite: Command = {
  usage: 'mesh [--rows A,B] [--clients N] [--processes N] [--repetitions N] [--broadcasts N] [--neighbours N] [--seconds N] [--no-stock]',
  async run(args, { progress }) {
    const { values } = readOptions(args, options)
    const names = values.rows.split(',')
    const unknown = names.find((name) => !Object.hasOwn(rows, name))
    if (unknown !== undefined) throw new UsageError(`unknown row ${unknown}; there are ${Object.keys(rows).join(', ')}`)
    const count = (name: 'processes' | 'repetitions' | 'broadcasts'): number => readCount(values[name], `--${name}`)
    const common = {
      processes: count('processes'), repetitions: count('repetitions'), broadcasts: count('broadcasts'),
      neighbours: readCount(values.neighbours, '--neighbours', 0), stock: !values['no-stock'], progress,
    }
    const results: Record<string, RowResult> = {}
    for (const name of names) {
      const { clients, seconds, load } = rows[name]!
      progress(name)
      const row = await load()
      results[name] = await row({
        ...common,
        clients: values.clients === undefined ? clients : readCount(values.clients, '--clients', 2),
        seconds: values.seconds === undefined ? seconds : readCount(values.seconds, '--seconds'),
      })
    }
    const machine = describeMachine()
    const provenance = await readProvenance(['bench', 'mesh', ...args])
    const head = `Node ${provenance.node}, commit ${provenance.commit ?? 'unknown'}, ${machine.cores} × ${machine.processor}, load ${machine.load}, `
      + `clients in ${common.processes} processes; medians [least to most]`
    return {
      json: { ...provenance, machine, rows: Object.fromEntries(Object.entries(results).map(([name, { json }]) => [name, json])) },
      text: [head, ...Object.entries(results).flatMap(([name, { lines }]) => ['', `${name}: ${lines[0]}`, ...lines.slice(1)])].join('\n'),
    }
  },
}
