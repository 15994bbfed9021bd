// A person at a browser: reads the page by what it shows and presses what it offers. The same for every browser; how a
// browser is started is in `chromium.ts` and `firefox.ts`.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from './program.ts'
import { viewOf } from './places.ts'
import { goTo, look, numberIn, witnessOf, wordsOn, type Champion, type Seen, type Tab, type Witness } from './sight.ts'
import { until, type Patience } from './until.ts'

export interface VisitorTab extends Tab {
  /** Lines of the page's console, its uncaught errors included, oldest first. */
  readonly console: readonly { readonly level: string; readonly text: string }[]
  goto(url: string): Promise<void>
  /** Chooses an option of a `<select>` by its value. */
  select(selector: string, value: string): Promise<void>
  reload(): Promise<void>
  screenshot(path: string): Promise<void>
  close(): Promise<void>
}

export interface Neighbour {
  readonly peer: string
  readonly kind: string
  readonly transport: string
}

export interface Adoption {
  readonly parent: string
  readonly author: string
}

const pictures = join(projectFolder, 'e2e/screenshots')

export class Visitor {
  readonly name: string
  readonly tab: VisitorTab

  constructor(name: string, tab: VisitorTab) {
    this.name = name
    this.tab = tab
  }

  /** All elements with this test id, in the view that shows them: goes there first. */
  async see(testId: string): Promise<Seen[]> {
    const view = viewOf(testId)
    if (view !== undefined) await goTo(this.tab, view)
    return look(this.tab, testId)
  }

  /** The only or first element with this test id; fails when there is none. */
  async one(testId: string): Promise<Seen> {
    const [seen] = await this.see(testId)
    if (seen === undefined) throw new Error(`${this.name} sees no "${testId}"`)
    return seen
  }

  async number(testId: string): Promise<number> {
    return numberIn((await this.one(testId)).text)
  }

  words(): Promise<string> {
    return wordsOn(this.tab)
  }

  async shows(testId: string): Promise<boolean> {
    return (await this.see(testId)).some((seen) => seen.visible)
  }

  /** `running`, or `paused: hidden` with the reason; `idle` on the page before the click, which shows no state. */
  async phase(): Promise<string> {
    const { phase = 'idle', reason = '' } = (await this.see('phase'))[0]?.data ?? {}
    return reason === '' ? phase : `${phase}: ${reason}`
  }

  until<T>(what: string, seen: () => T | Promise<T>, patience?: Patience): Promise<Exclude<T, undefined | false>> {
    return until(`${this.name}: ${what}`, seen, patience)
  }

  untilPhase(phase: string, patience?: Patience): Promise<true> {
    return this.until(`is ${phase}`, async () => {
      const now = await this.phase()
      if (now.startsWith(phase)) return true
      throw new Error(`is ${now}`)
    }, patience)
  }

  async canPress(testId: string): Promise<boolean> {
    return (await this.see(testId)).some((seen) => seen.visible && seen.enabled)
  }

  /** Waits until it can be pressed, then presses. */
  async press(testId: string): Promise<void> {
    await this.until(`can press "${testId}"`, () => this.canPress(testId), { everyMs: 20 })
    await this.tab.click(`[data-testid="${testId}"]`)
  }

  /** Presses Start and agrees where the page asks. */
  async agree(): Promise<void> {
    await this.press('start')
    const asked = () => this.shows('consent-accept')
    await this.until('is asked or starts', async () => (await asked()) || (await this.phase()) !== 'idle', { everyMs: 20 })
    if (await asked()) await this.press('consent-accept')
  }

  /** Agrees and returns when networks are being evaluated. */
  async begin(): Promise<void> {
    await this.agree()
    await this.untilPhase('running', { timeoutMs: 20_000 })
    const before = await this.number('evaluations')
    await this.until('evaluates', async () => (await this.number('evaluations')) > before, { timeoutMs: 20_000 })
  }

  /** Changes the task and waits until the page shows it. */
  async choose(task: string): Promise<void> {
    await this.one('task')
    await this.tab.select('[data-testid="task"]', task)
    await this.until(`works on ${task}`, async () => (await this.one('task')).value === task)
  }

  /** Changes how networks are bred and waits until the page shows it. */
  async search(algorithm: string): Promise<void> {
    await this.one('algorithm')
    await this.tab.select('[data-testid="algorithm"]', algorithm)
    await this.until(`searches by ${algorithm}`, async () => (await this.one('algorithm')).value === algorithm)
  }

  async champion(): Promise<Champion> {
    const { cid = '', fitness = '' } = (await this.one('champion')).data
    return { cid, fitness: Number(fitness) }
  }

  async neighbours(): Promise<Neighbour[]> {
    const rows = await this.see('mesh-neighbour')
    return rows.map(({ data: { peer = '', kind = '', transport = '' } }) => ({ peer, kind, transport }))
  }

  /** This tab's own peer id, once it has a mesh. */
  peer(timeoutMs = 20_000): Promise<string> {
    return this.until('is in the mesh', async () => (await this.see('mesh'))[0]?.data['self'] || undefined, { timeoutMs })
  }

  /** Whether another tab or island, or the one with this peer id, is connected directly. */
  async meets(peer?: string): Promise<boolean> {
    const direct = (await this.neighbours()).filter(({ kind, transport }) => kind === 'island' && transport === 'webrtc')
    return direct.some((one) => peer === undefined || one.peer === peer)
  }

  /** Whether a relay is connected through which others can reach this tab. */
  async isReachable(): Promise<boolean> {
    return (await this.see('relay')).some(({ data }) => data['state'] === 'connected' && data['reserved'] === 'true')
  }

  async adoptions(): Promise<Adoption[]> {
    return (await this.see('adoption')).map(({ data: { parent = '', author = '' } }) => ({ parent, author }))
  }

  /** The key under which this browser publishes; empty before the first start. */
  async author(): Promise<string> {
    return (await this.one('author')).data['author'] ?? ''
  }

  /** How often the page says that it refused something for this reason. */
  async refused(reason: string): Promise<number> {
    const rows = (await this.see('refusal')).filter(({ data }) => data['reason'] === reason)
    return rows.reduce((sum, { data }) => sum + Number(data['count'] ?? 0), 0)
  }

  witness(): Promise<Witness> {
    return witnessOf(this.tab)
  }

  async keepPicture(name: string): Promise<void> {
    mkdirSync(pictures, { recursive: true })
    await this.tab.screenshot(join(pictures, `${name}.png`))
  }

  /** Its console as text, for a failed test. */
  report(): string {
    return this.tab.console.map(({ level, text }) => `[${this.name} ${level}] ${text}\n`).join('')
  }
}
