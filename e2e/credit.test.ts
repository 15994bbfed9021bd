// Credit on the page, and the same numbers counted anew on the command line from the file that the page saves.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { playwrightTab } from './chromium.ts'
import { projectFolder } from './program.ts'
import { openScene } from './scene.ts'
import { Visitor } from './visitor.ts'

const scene = openScene()
const folder = mkdtempSync(join(tmpdir(), 'megabrain-credit-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Credit {
  readonly author: string
  readonly discoveries: number
  readonly claimed: number
}

test('credit recomputed from the exported file is what the page shows', async () => {
  const relay = await scene.relay()
  const page = await (await scene.profile()).newPage()
  const alice = new Visitor('alice', playwrightTab(page))
  await alice.tab.goto(relay.url)
  await alice.begin()
  await alice.choose('double-pole')
  const bob = await scene.visitor('bob', relay.url)
  await bob.begin()
  await bob.choose('double-pole')
  const author = await alice.author()
  await alice.until('is credited with a discovery and with work', async () => {
    const { data } = await alice.one('own-credit')
    return Number(data['discoveries']) > 0 && Number(data['claimed']) > 0
  }, { timeoutMs: 90_000 })
  await alice.until('sees bob on the board', async () => {
    const bobs = await bob.author()
    return (await alice.see('board-discoveries')).some(({ data }) => data['author'] === bobs)
  }, { timeoutMs: 90_000 })

  // Both go on finding things, and the page counts every five seconds: the two agree once nothing has changed in between.
  const path = join(folder, 'credit.jsonl')
  await alice.until('shows what the file says', async () => {
    const saving = page.waitForEvent('download')
    await alice.press('save-credit')
    await (await saving).saveAs(path)
    const { data } = await alice.one('own-credit')
    const counted = recomputed(path).find((credit) => credit.author === author)
    return counted !== undefined && String(counted.discoveries) === data['discoveries'] && String(counted.claimed) === data['claimed']
  }, { timeoutMs: 120_000, everyMs: 1_000 })
  await alice.keepPicture('credit')
})

function recomputed(path: string): readonly Credit[] {
  const { stdout, status } = spawnSync(process.execPath, ['apps/cli/src/main.ts', 'credit', 'recompute', path, '--json'], { cwd: projectFolder, encoding: 'utf8' })
  expect(status).toBe(0)
  return (JSON.parse(stdout) as { authors: readonly Credit[] }).authors
}
