// Everything that the tests of one file have running: relays, browsers, visitors and attackers. It tells what they said
// when a test fails and ends what was started, and nothing else.

import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright'
import type { Browser as PuppetBrowser } from 'puppeteer-core'
import { afterAll, afterEach } from 'vitest'
import { launchChromium, launchPuppetChromium, openContext, playwrightTab, puppetTab } from './chromium.ts'
import { launchFirefox } from './firefox.ts'
import { Program } from './program.ts'
import { Relay } from './relay.ts'
import { Visitor } from './visitor.ts'

export class Scene {
  readonly #relays: Relay[] = []
  readonly #programs: Program[] = []
  readonly #visitors: Visitor[] = []
  readonly #browsers: { close(): Promise<void> }[] = []
  #chromium: Promise<Browser> | undefined

  /** @param join page of another relay to form one mesh with */
  async relay(host?: string, join?: string): Promise<Relay> {
    const relay = new Relay(host, join === undefined ? {} : { MEGABRAIN_JOIN: join })
    this.#relays.push(relay)
    await relay.start()
    return relay
  }

  /** A browser profile of its own in one Chromium that all share. */
  async profile(options?: BrowserContextOptions): Promise<BrowserContext> {
    this.#chromium ??= this.#keep(launchChromium())
    return openContext(await this.#chromium, options)
  }

  /** A visitor with the page open; without `profile`, in a browser profile of its own. */
  async visitor(name: string, url: string, profile?: BrowserContext): Promise<Visitor> {
    const page = await (profile ?? (await this.profile())).newPage()
    const visitor = this.#remember(new Visitor(name, playwrightTab(page)))
    await visitor.tab.goto(url)
    return visitor
  }

  chromium(flags: readonly string[]): Promise<Browser> {
    return this.#keep(launchChromium(flags))
  }

  /** A Chromium whose pages are hidden when another is in front. */
  puppetChromium(): Promise<PuppetBrowser> {
    return this.#keep(launchPuppetChromium())
  }

  async firefoxVisitor(name: string, url: string): Promise<Visitor> {
    const firefox = await this.#keep(launchFirefox())
    const visitor = this.#remember(new Visitor(name, await puppetTab(await firefox.newPage())))
    await visitor.tab.goto(url)
    return visitor
  }

  /** @param words a TypeScript file of this project and its arguments */
  program(name: string, words: readonly string[], environment?: Readonly<Record<string, string>>): Program {
    const program = new Program(name, words, environment)
    this.#programs.push(program)
    return program
  }

  #remember(visitor: Visitor): Visitor {
    this.#visitors.push(visitor)
    return visitor
  }

  async #keep<T extends { close(): Promise<void> }>(launched: Promise<T>): Promise<T> {
    const browser = await launched
    this.#browsers.push(browser)
    return browser
  }

  /** What everybody said, and a picture of every page that is still open. */
  async report(test: string): Promise<string> {
    const name = `failed-${test.replace(/\W+/g, '-').slice(0, 60)}`
    await Promise.allSettled(this.#visitors.map((visitor) => visitor.keepPicture(`${name}-${visitor.name}`)))
    const told = [...this.#relays, ...this.#programs].map(({ log }) => log)
    return [...told, ...this.#visitors.map((visitor) => visitor.report())].join('\n')
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#browsers.map((browser) => browser.close()))
    await Promise.allSettled(this.#programs.map((program) => program.end('SIGTERM')))
    await Promise.allSettled(this.#relays.map((relay) => relay.close()))
  }
}

/** Call once at the top of a test file. */
export function openScene(): Scene {
  const scene = new Scene()
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') process.stderr.write(`\n${await scene.report(task.name)}\n`)
  })
  afterAll(() => scene.close())
  return scene
}
