// The relay's frame on somebody else's page, as a visitor sees and presses it, and as a test looks behind it.

import type { BrowserContext, Frame, Page } from 'playwright'
import { until } from './until.ts'

export interface Inside {
  readonly phase: string
  readonly words: string
  readonly evaluations: number
  readonly isAsking: boolean
  readonly note: string
  readonly title: string
  /** Constructors of what computes or connects, called so far. */
  readonly made: Readonly<Record<string, number>>
  /** What the frame keeps in its storage. */
  readonly kept: readonly string[]
  readonly violations: readonly string[]
}

export class Framed {
  readonly page: Page
  readonly frame: Frame

  constructor(page: Page, frame: Frame) {
    this.page = page
    this.frame = frame
  }

  look(): Promise<Inside> {
    return this.frame.evaluate(() => {
      const shown = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`)
      const { made, violations } = (globalThis as unknown as { e2eWitness: { made: Record<string, number>; violations: string[] } }).e2eWitness
      return {
        phase: shown('card')?.dataset['phase'] ?? '',
        words: shown('words')?.textContent ?? '',
        evaluations: Number(shown('card')?.dataset['evaluations'] ?? 0),
        isAsking: shown('consent') !== null,
        note: [...document.querySelectorAll<HTMLElement>('[data-testid="note"]')].map((note) => note.textContent).join(''),
        title: shown('label')?.textContent ?? '',
        made,
        kept: Object.keys(localStorage).sort(),
        violations,
      }
    })
  }

  until<T>(what: string, holds: (inside: Inside) => T, timeoutMs = 10_000): Promise<Exclude<T, undefined | false>> {
    return until(what, async () => holds(await this.look()), { timeoutMs, everyMs: 50 })
  }

  press(testId: string): Promise<void> {
    return this.frame.locator(`[data-testid="${testId}"]`).click({ timeout: 5_000 })
  }

  /** Presses Start until the question is there: on a page that has just moved the frame a press may miss. */
  async ask(): Promise<void> {
    await until('is asked', async () => {
      if (!(await this.look()).isAsking) await this.press('start').catch(() => undefined)
      return (await this.look()).isAsking
    }, { everyMs: 200 })
  }

  /** Agrees, and again where the first press was too soon. */
  async agree(): Promise<void> {
    await this.ask()
    await until('has agreed', async () => {
      await this.press('consent-accept').catch(() => undefined)
      return !(await this.look()).isAsking
    }, { everyMs: 400, timeoutMs: 15_000 })
  }

  async begin(): Promise<void> {
    await this.agree()
    await this.until('evaluates', ({ evaluations }) => evaluations > 0, 30_000)
  }
}

/** Opens a page of the site and finds its frames, in the order of the document. */
export async function visit(profile: BrowserContext, url: string, count = 1): Promise<{ readonly page: Page; readonly framed: readonly Framed[] }> {
  const page = await profile.newPage()
  await page.goto(url)
  return { page, framed: await framesOn(page, count) }
}

export async function framesOn(page: Page, count = 1): Promise<readonly Framed[]> {
  return until(`sees ${count} frames of the relay`, async () => {
    const frames = page.frames().filter((frame) => frame.url().endsWith('/frame.html'))
    if (frames.length !== count) return undefined
    const framed = frames.map((frame) => new Framed(page, frame))
    const ready = await Promise.all(framed.map(async (one) => (await one.look()).phase !== ''))
    return ready.every(Boolean) ? framed : undefined
  })
}
