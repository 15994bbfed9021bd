// `megabrain bench archive`: acknowledged writes of genotypes, ours beside other stores and the bare disk.

import { tmpdir } from 'node:os'
import type { Command } from '../command.ts'
import { readProvenance } from '../evolve/provenance.ts'
import { readCount, readOptions } from '../usage.ts'
import { describeMachine } from './machine.ts'
import { formatSpread } from './spread.ts'

const options = {
  repetitions: { type: 'string', default: '7' },
  writes: { type: 'string', default: '1000' },
  folder: { type: 'string', default: tmpdir() },
  'no-peers': { type: 'boolean', default: false },
} as const

export const archiveSuite: Command = {
  usage: 'archive [--repetitions N] [--writes N] [--folder DIR] [--no-peers]',
  async run(args, { progress }) {
    const { values } = readOptions(args, options)
    const repetitions = readCount(values.repetitions, '--repetitions')
    const writes = readCount(values.writes, '--writes')
    // Only here, so that no other command loads them.
    const [{ loadLevel, levelVersions }, { benchArchive }] = await Promise.all([import('./peers.ts'), import('./archive.ts')])
    const level = values['no-peers'] ? undefined : await loadLevel(progress)
    progress(`${repetitions} × ${writes} writes in ${values.folder}`)
    const archive = await benchArchive(values.folder, repetitions, writes, level)
    const provenance = await readProvenance(['bench', 'archive', ...args])
    const machine = describeMachine()
    const json = { ...provenance, machine, peers: level === undefined ? null : levelVersions, ...archive }
    const text = [
      `Node ${json.node}, commit ${json.commit ?? 'unknown'}, ${machine.cores} × ${machine.processor}, load ${machine.load}; medians [least to most]`,
      `acknowledged writes of ${archive.bodyBytes} bytes a second, all on disk before the answer; groups are of ${archive.atOnce}`,
      ...archive.rows.flatMap(({ name, writesPerSecond, against }, i) => [
        `  ${name.padEnd(66)} ${formatSpread(writesPerSecond)}`,
        ...(i === 0 ? [] : [`    ours with group commit / this ${''.padEnd(33)} ${formatSpread(against, '×')}`]),
      ]),
    ].join('\n')
    return { json, text }
  },
}
