// `megabrain plot`: the picture of a folder that `evolve --out` made.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from '../command.ts'
import { parseRows } from '../evolve/generation-row.ts'
import { readReport } from '../evolve/run-report.ts'
import type { PlottedRun } from '../plot/curves.ts'
import { drawPicture } from '../plot/picture.ts'
import { readOptions, UsageError } from '../usage.ts'

export const plotCommand: Command = {
  usage: 'plot DIR [--output FILE.svg]',
  async run(args) {
    const { values, positionals } = readOptions(args, { output: { type: 'string' } }, ['DIR'])
    const folder = positionals[0]!
    const report = await readReport(folder)
    if (report === undefined) throw new UsageError(`${folder} holds no runs.json of evolve --out`)
    if (report.runs.length === 0) throw new UsageError(`${folder} holds no run that has ended`)
    const runs = await Promise.all(report.runs.map(async (run): Promise<PlottedRun> => (
      { report: run, rows: parseRows(await readText(join(folder, `generations-${run.seed}.csv`))) }
    )))
    const file = values.output ?? join(folder, 'runs.svg')
    await writeFile(file, drawPicture(report, runs)).catch((error: unknown) => {
      throw new UsageError(`${file} cannot be written (${String((error as NodeJS.ErrnoException).code ?? error)})`)
    })
    const { task, algorithm, summary } = report
    return { json: { file, task, algorithm, summary }, text: file }
  },
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${path} cannot be read (${String((error as NodeJS.ErrnoException).code ?? error)})`)
  })
}
