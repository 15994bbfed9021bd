// One settings file, two machines: the command line and a page in a realm name the same genotype as the solution.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { playwrightTab } from './chromium.ts'
import { projectFolder } from './program.ts'
import { openScene } from './scene.ts'
import { Visitor } from './visitor.ts'

const scene = openScene()
const folder = mkdtempSync(join(tmpdir(), 'megabrain-experiment-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const configs = {
  neat: { task: 'xor', algorithm: 'neat', seed: 41, settings: { size: 60, addNeuron: 0.05 } },
  memetic: { task: 'double-pole', algorithm: 'memetic', seed: 7, settings: { size: 3 } },
}

test('a settings file gives the same champion on the command line and in the page', async () => {
  const relay = await scene.relay()
  const page = await (await scene.profile()).newPage()
  const alice = new Visitor('alice', playwrightTab(page))
  await alice.tab.goto(relay.url)
  await alice.begin()
  for (const [name, config] of Object.entries(configs)) {
    const path = join(folder, `${name}.json`)
    writeFileSync(path, JSON.stringify(config))
    const expected = evolve(path)
    await alice.until('can choose a file', () => alice.shows('experiment-file'))
    await page.setInputFiles('[data-testid="experiment-file"]', path)
    await alice.until(`works on ${config.task}`, async () => (await alice.one('task')).value === config.task)
    await alice.until(`names the solution of ${name}`, async () => (await alice.one('experiment')).data['cid'] !== '', { timeoutMs: 60_000 })
    const { data, text } = await alice.one('experiment')
    expect(data['cid']).toBe(expected.cid)
    expect(text.replace(/\D/g, '')).toContain(String(expected.evaluations))
  }
  await alice.keepPicture('experiment')

  writeFileSync(join(folder, 'bad.json'), JSON.stringify({ task: 'xor', settings: { survival: 2 } }))
  await alice.until('can choose a file', () => alice.shows('experiment-file'))
  await page.setInputFiles('[data-testid="experiment-file"]', join(folder, 'bad.json'))
  await alice.until('reads which setting is wrong', async () => /survival must be .* got 2/.test((await alice.one('experiment')).text))
})

function evolve(path: string): { readonly cid: string; readonly evaluations: number } {
  const command = ['apps/cli/src/main.ts', 'evolve', '--config', path, '--json']
  const { stdout } = spawnSync(process.execPath, command, { cwd: projectFolder, encoding: 'utf8' })
  const [run] = (JSON.parse(stdout) as { runs: { evaluations: number; champion: { cid: string } }[] }).runs
  return { cid: run!.champion.cid, evaluations: run!.evaluations }
}
