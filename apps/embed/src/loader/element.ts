// `<mega-brain>`: makes the operator's frame, tells it what the site wishes, and tells the site how the frame fares. It computes
// nothing and asks nothing of the visitor: whatever a page can do to this element, the frame decides by itself.

import { openLink, type Link } from '../link.ts'
import { decodeToHost, HELLO, READY, type Cause, type FrameState, type ToFrame, type ToHost, type Wishes } from '../protocol.ts'
import { diagnose, type Finding } from './doctor.ts'
import { missingLine } from './policy.ts'
import { attributes, wishesFrom, type WishAttribute } from './wishes.ts'

/** `loading` until the frame answers, `blocked` when it does not. */
export type ElementState = FrameState | 'loading' | 'blocked'

export interface StateDetail {
  readonly state: ElementState
  readonly cause: Cause
}

/** Bubbles; `detail` is a `StateDetail`. */
export const STATE_EVENT = 'mega-brain-state'

const ANSWER_MS = 10_000
/** Changes of attributes are told together, no more often than the frame listens. */
const TELL_MS = 300
const FIRST_HEIGHT_PX = 132
const STYLE = `
  :host { display: block; min-width: 240px; max-width: 360px }
  :host([size="strip"]) { max-width: 560px }
  :host([hidden]) { display: none }
  iframe { display: block; border: 0; width: 100%; height: ${FIRST_HEIGHT_PX}px; border-radius: 12px; color-scheme: auto }
  :host([size="strip"]) iframe { height: 48px }
  p { margin: 0; font: 13px/1.4 system-ui, sans-serif; opacity: 0.7 }
`

/** @param scriptOrigin where the loader came from; an attribute `operator` names another */
export function defineElement(page: Window & typeof globalThis, scriptOrigin: string | undefined): void {
  if (page.customElements.get('mega-brain') !== undefined) return
  const { document } = page

  class MegaBrain extends page.HTMLElement {
    static readonly observedAttributes = [...attributes, 'operator']
    readonly #root = this.attachShadow({ mode: 'closed' })
    #frame: HTMLIFrameElement | undefined
    #link: Link<ToFrame> | undefined
    #detail: StateDetail = { state: 'loading', cause: 'none' }
    #missingLine: string | undefined
    #told = ''
    #telling: ReturnType<typeof setTimeout> | undefined
    #waiting: ReturnType<typeof setTimeout> | undefined
    #settled: (() => void)[] = []

    constructor() {
      super()
      const sheet = new page.CSSStyleSheet()
      sheet.replaceSync(STYLE)
      this.#root.adoptedStyleSheets = [sheet]
    }

    /** How it fares; the same that the event `mega-brain-state` tells. */
    get state(): ElementState {
      return this.#detail.state
    }

    connectedCallback(): void {
      // Frameworks may have set properties before the script was there.
      for (const name of attributes) adoptProperty(this, propertyOf(name))
      this.#open()
    }

    disconnectedCallback(): void {
      this.#close()
    }

    attributeChangedCallback(name: string, before: string | null, after: string | null): void {
      if (this.#frame === undefined || before === after) return
      if (name === 'operator') {
        this.#close()
        return this.#open()
      }
      this.#telling ??= page.setTimeout(() => this.#tell(), TELL_MS)
    }

    /** What must hold for the element to work on this page, and what to do where it does not. Takes up to 10 s. */
    async doctor(): Promise<readonly Finding[]> {
      if (this.#detail.state === 'loading' && this.isConnected) await new Promise<void>((resolve) => this.#settled.push(resolve))
      const findings = diagnose({
        isSecure: page.isSecureContext,
        page: page.location.origin,
        operator: this.#operator(),
        faults: this.#read().faults,
        missingLine: this.#missingLine,
        answered: this.#link !== undefined,
        cause: this.#detail.cause,
      })
      for (const { check, ok, advice } of findings) page.console.info(`mega-brain: ${check}: ${ok ? 'ok' : advice}`)
      return findings
    }

    #operator(): string | undefined {
      try {
        const { origin } = new URL(this.getAttribute('operator') ?? scriptOrigin ?? '')
        return /^https?:/.test(origin) ? origin : undefined
      } catch {
        return undefined
      }
    }

    #read(): { readonly wishes: Wishes; readonly faults: readonly WishAttribute[] } {
      return wishesFrom((name) => this.getAttribute(name))
    }

    #open(): void {
      const operator = this.#operator()
      if (operator === undefined || operator === page.location.origin || !page.isSecureContext) return this.#block()
      page.addEventListener('message', this.#onMessage)
      document.addEventListener('securitypolicyviolation', this.#onViolation)
      const frame = document.createElement('iframe')
      frame.title = 'Megabrain: lend idle computing time'
      frame.setAttribute('sandbox', 'allow-scripts allow-same-origin')
      frame.referrerPolicy = 'no-referrer'
      frame.src = `${operator}/frame.html`
      this.#frame = frame
      this.#show({ state: 'loading', cause: 'none' })
      this.#root.replaceChildren(frame)
      this.#waiting = page.setTimeout(() => this.#block(), ANSWER_MS)
    }

    readonly #onMessage = (event: MessageEvent): void => {
      const { contentWindow } = this.#frame ?? {}
      if (contentWindow === null || event.source !== contentWindow || event.origin !== this.#operator() || event.data !== READY) return
      page.clearTimeout(this.#waiting)
      this.#link?.close()
      const { port1, port2 } = new page.MessageChannel()
      this.#link = openLink<ToHost, ToFrame>(port1, {
        decode: decodeToHost,
        onMessage: (message) => this.#hear(message),
        onDeaf: () => this.#block(),
        now: () => page.performance.now(),
      })
      contentWindow?.postMessage(HELLO, event.origin, [port2])
      this.#told = ''
      this.#tell()
    }

    readonly #onViolation = (event: SecurityPolicyViolationEvent): void => {
      const line = missingLine(event, this.#operator() ?? '')
      if (line === undefined) return
      this.#missingLine = line
      this.#block()
    }

    #tell(): void {
      page.clearTimeout(this.#telling)
      this.#telling = undefined
      const { wishes } = this.#read()
      const text = JSON.stringify(wishes)
      if (text === this.#told) return
      this.#told = text
      this.#link?.send({ kind: 'wishes', wishes })
    }

    #hear(message: ToHost): void {
      if (message.kind === 'height') this.#frame?.style.setProperty('height', `${message.px}px`)
      else this.#show({ state: message.state, cause: message.cause })
    }

    /** One quiet line in place of the frame, until the element is put in again. */
    #block(): void {
      this.#close()
      const line = document.createElement('p')
      line.textContent = 'Megabrain is not available here.'
      this.#root.replaceChildren(line)
      this.#show({ state: 'blocked', cause: 'none' })
    }

    #close(): void {
      page.removeEventListener('message', this.#onMessage)
      document.removeEventListener('securitypolicyviolation', this.#onViolation)
      page.clearTimeout(this.#waiting)
      page.clearTimeout(this.#telling)
      this.#telling = undefined
      this.#link?.close()
      this.#link = undefined
      this.#frame = undefined
      this.#root.replaceChildren()
    }

    #show(detail: StateDetail): void {
      if (detail.state !== 'loading') for (const settle of this.#settled.splice(0)) settle()
      if (detail.state === this.#detail.state && detail.cause === this.#detail.cause) return
      this.#detail = detail
      this.dispatchEvent(new page.CustomEvent<StateDetail>(STATE_EVENT, { detail, bubbles: true, composed: true }))
    }
  }

  for (const name of attributes) {
    Object.defineProperty(MegaBrain.prototype, propertyOf(name), {
      configurable: true,
      enumerable: true,
      get(this: Element) {
        return this.getAttribute(name)
      },
      set(this: Element, value: unknown) {
        if (value === null || value === undefined) this.removeAttribute(name)
        else this.setAttribute(name, String(value))
      },
    })
  }
  page.customElements.define('mega-brain', MegaBrain)
}

/** `max-duty` is the property `maxDuty`. */
function propertyOf(attribute: WishAttribute): string {
  return attribute.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}

function adoptProperty(element: object, name: string): void {
  if (!Object.hasOwn(element, name)) return
  const own = element as Record<string, unknown>
  const value = own[name]
  delete own[name]
  own[name] = value
}
