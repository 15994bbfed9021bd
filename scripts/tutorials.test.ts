// Runs the tutorials: the `sh` blocks of each page in order in one shell, and looks for what the page says that they print.

import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'docs/tutorials')
const pages = readdirSync(folder).filter((name) => name !== 'README.md')
const MARK = '=== block'

interface Block {
  readonly commands: string
  /** Lines that must be in what it printed, in this order. */
  readonly printed: readonly string[]
}

function blocksOf(page: string): readonly Block[] {
  const fences = [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, kind, text]) => ({ kind, text: text! }))
  return fences.flatMap(({ kind, text }, i) => {
    if (kind !== 'sh') return []
    const next = fences[i + 1]
    return [{ commands: text, printed: next?.kind === 'text' ? next.text.trim().split('\n') : [] }]
  })
}

/** One shell for the page, so that a variable of one block is there in the next; a failing command ends it. */
function run(blocks: readonly Block[]): Promise<string> {
  const script = ['set -e -o pipefail', ...blocks.map(({ commands }) => `${commands}\necho '${MARK}'`)].join('\n')
  return new Promise((resolve, reject) => {
    const shell = spawn('bash', ['-c', script], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, MEGABRAIN_LOG: undefined } })
    let [output, faults] = ['', '']
    shell.stdout.on('data', (bytes: Buffer) => { output += bytes.toString() })
    shell.stderr.on('data', (bytes: Buffer) => { faults += bytes.toString() })
    shell.once('exit', (code) => (code === 0 ? resolve(output) : reject(new Error(`exit ${code}\n${output}\n${faults.slice(-2_000)}`))))
  })
}

function expectLines(printed: readonly string[], output: string): void {
  const lines = output.split('\n')
  let from = 0
  for (const wanted of printed) {
    const pattern = new RegExp(`^${wanted.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*')}$`)
    const at = lines.findIndex((line, i) => i >= from && pattern.test(line.trimEnd()))
    expect(at, `"${wanted}" must be in\n${output}`).toBeGreaterThanOrEqual(0)
    from = at + 1
  }
}

test.concurrent.each(pages)('%s runs as it is written, and prints what it says', { timeout: 120_000 }, async (page) => {
  const blocks = blocksOf(readFileSync(join(folder, page), 'utf8'))
  expect(blocks.length).toBeGreaterThan(3)
  const outputs = (await run(blocks)).split(MARK)
  blocks.forEach(({ printed }, i) => expectLines(printed, outputs[i]!))
})
