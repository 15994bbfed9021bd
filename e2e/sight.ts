// What is on a page for people to see, read the same way in every browser: the elements that carry a `data-testid`,
// their words and their `data-` attributes. Also a witness that remembers what was on the page for a moment only.

/** The part of a page that Playwright and Puppeteer have in common. */
export interface Tab {
  evaluate<A, R>(run: (argument: A) => R, argument: A): Promise<R>
  click(selector: string): Promise<void>
}

export interface Seen {
  readonly text: string
  /** `data-…` attributes in camel case, as `dataset` has them. */
  readonly data: Readonly<Record<string, string>>
  readonly visible: boolean
  readonly enabled: boolean
  /** Of inputs and selects. */
  readonly value: string | undefined
}

/** All elements with this test id, in document order. */
export function look(tab: Tab, testId: string): Promise<Seen[]> {
  return tab.evaluate((id) => [...document.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)].map((element) => ({
    text: (element.innerText ?? element.textContent ?? '').trim(),
    data: { ...element.dataset } as Record<string, string>,
    visible: element.checkVisibility() && element.closest('[inert]') === null,
    enabled: !element.matches(':disabled') && element.getAttribute('aria-disabled') !== 'true',
    value: element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? element.value : undefined,
  })), testId)
}

/** Presses the way to a view and waits until it is drawn; the page before the click has no views. */
export async function goTo(tab: Tab, view: string): Promise<void> {
  await tab.evaluate(async (name) => {
    const shown = (): string | undefined => document.querySelector<HTMLElement>('main[data-view]')?.dataset['view']
    if (shown() === undefined || shown() === name) return
    document.querySelector<HTMLElement>(`[data-testid="view-${name}"]`)?.click()
    for (let tries = 0; tries < 200; tries++) {
      if ((shown() ?? name) === name && document.querySelector('[data-testid="loading"]') === null) return
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }, view)
}

/** `1,234`, `12.3`, `1.2M` or `25 %` as a number; NaN for a text without one. */
export function numberIn(text: string): number {
  const [, digits, unit] = /(-?\d[\d,]*(?:\.\d+)?)\s?([KM](?![a-z]))?/.exec(text) ?? []
  if (digits === undefined) return Number.NaN
  return Number(digits.replaceAll(',', '')) * (unit === 'M' ? 1e6 : unit === 'K' ? 1e3 : 1)
}

export interface Champion {
  readonly cid: string
  readonly fitness: number
}

export interface Witness {
  /** What the page showed as its champion, in order. */
  readonly champions: readonly Champion[]
  /** Constructors of everything that computes or connects, called so far: `Worker`, `WebSocket`, … */
  readonly made: Readonly<Record<string, number>>
  readonly violations: readonly string[]
}

/** Runs in the page before anything else does. */
export function bearWitness(): void {
  const witness = { champions: [] as Champion[], made: {} as Record<string, number>, violations: [] as string[] }
  Object.defineProperty(globalThis, 'e2eWitness', { value: witness })
  for (const name of ['Worker', 'SharedWorker', 'WebSocket', 'WebTransport', 'RTCPeerConnection', 'EventSource'] as const) {
    const original = (globalThis as unknown as Record<string, (new (...words: never[]) => object) | undefined>)[name]
    if (original === undefined) continue
    Object.defineProperty(globalThis, name, {
      configurable: true,
      writable: true,
      value: new Proxy(original, {
        construct(target, words, newTarget) {
          witness.made[name] = (witness.made[name] ?? 0) + 1
          return Reflect.construct(target, words, newTarget) as object
        },
      }),
    })
  }
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    witness.violations.push(`${violatedDirective}: ${blockedURI}`)
  })
  const note = (): void => {
    const { cid, fitness } = document.querySelector<HTMLElement>('[data-testid="champion"]')?.dataset ?? {}
    if (cid === undefined || cid === '' || witness.champions.at(-1)?.cid === cid) return
    witness.champions.push({ cid, fitness: Number(fitness) })
  }
  new MutationObserver(note).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-cid'] })
}

/** All words on the page. */
export function wordsOn(tab: Tab): Promise<string> {
  return tab.evaluate(() => document.body.innerText, undefined)
}

export function witnessOf(tab: Tab): Promise<Witness> {
  return tab.evaluate(() => (globalThis as unknown as { e2eWitness: Witness }).e2eWitness, undefined)
}
