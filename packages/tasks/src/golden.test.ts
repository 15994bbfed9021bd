import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createContext, runInContext } from 'node:vm'
import puppeteer from 'puppeteer-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { build } from 'vite'
import golden from '../vectors/golden-champion.json' with { type: 'json' }
import { tasks } from './tasks.ts'

const run = promisify(execFile)

/** What every engine is asked, of the same bundle: the champion, and whether it passes every task's self-test. */
const QUESTION = 'JSON.stringify({ champion: golden.goldenChampion(), selfTests: Object.values(golden.tasks).map(golden.selfTest) })'
const EXPECTED = { champion: golden.champion, selfTests: Object.values(tasks).map(() => true) }

/** Engine programs by environment variable, or where Debian puts them. */
const chromium = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const firefox = process.env['FIREFOX'] ?? '/usr/bin/firefox-esr'
const jsc = process.env['JSC'] ?? '/usr/bin/jsc'

let script: string

beforeAll(async () => {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      lib: { entry: fileURLToPath(new URL('./index.ts', import.meta.url)), name: 'golden', formats: ['iife'] },
    },
  })
  const [output] = Array.isArray(result) ? result : [result]
  if (output === undefined || !('output' in output)) throw new Error('The bundle was not built')
  script = output.output[0].code
})

async function inBrowser(browser: 'chrome' | 'firefox', executablePath: string): Promise<string> {
  const args = browser === 'chrome' ? ['--no-sandbox', '--disable-gpu', '--no-first-run'] : []
  const program = await puppeteer.launch({ browser, executablePath, headless: true, args })
  try {
    const page = await program.newPage()
    return await page.evaluate(`(() => { ${script}; return ${QUESTION} })()`) as string
  } finally {
    await program.close()
  }
}

async function inJavaScriptCore(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'megabrain-golden-'))
  try {
    const file = join(folder, 'golden.js')
    await writeFile(file, `${script}\nprint(${QUESTION})`)
    return (await run(jsc, [file])).stdout
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** A missing engine fails where everything must run, and is skipped on a contributor's machine. */
const canRun = (program: string): boolean => process.env['CI'] === 'true' || existsSync(program)

describe('the golden run has the same outcome on every engine', () => {
  test('Node', () => {
    expect(JSON.parse(runInContext(`${script}; ${QUESTION}`, createContext({})) as string)).toEqual(EXPECTED)
  })

  test.runIf(canRun(chromium))('Chromium', async () => {
    expect(JSON.parse(await inBrowser('chrome', chromium))).toEqual(EXPECTED)
  }, 60_000)

  test.runIf(canRun(firefox))('Firefox', async () => {
    expect(JSON.parse(await inBrowser('firefox', firefox))).toEqual(EXPECTED)
  }, 90_000)

  test.runIf(canRun(jsc))("JavaScriptCore's jsc", async () => {
    expect(JSON.parse(await inJavaScriptCore())).toEqual(EXPECTED)
  }, 60_000)
})
