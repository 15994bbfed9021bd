// The dialog before anything runs, for pages without our app: plain DOM in a shadow root, so that it looks the same everywhere. It
// never takes the focus to its answer, since a key pressed for something else would then agree.

import { ACCEPT, CONSENT_HEADING, consentRows, DECLINE } from './consent-words.ts'
import type { ConsentTerms } from './consent-words.ts'
import { consentStyle } from './consent-style.ts'

export type ConsentAnswer = 'agreed' | 'declined'

export interface AskOptions {
  /** Where it is mounted. @default document.body */
  readonly root?: ParentNode & Node
  /** Why this click does not count, as a sentence that is shown; undefined when it does. A click that no person made never counts. */
  readonly refusal?: (click: MouseEvent) => string | undefined
  /** Takes the dialog away; the answer is then `declined`. */
  readonly signal?: AbortSignal
}

/** Shows what will run and resolves with the answer. Escape and leaving mean no. */
export function askConsent(terms: ConsentTerms, { root = document.body, refusal, signal }: AskOptions = {}): Promise<ConsentAnswer> {
  const host = document.createElement('div')
  host.dataset['megabrain'] = 'consent'
  const shadow = host.attachShadow({ mode: 'open' })
  shadow.adoptedStyleSheets = [consentStyle()]
  const dialog = document.createElement('dialog')
  const heading = made('h2', CONSENT_HEADING)
  heading.id = 'heading'
  heading.tabIndex = -1
  dialog.setAttribute('aria-labelledby', heading.id)
  const list = made('dl', '')
  for (const [term, sentence] of consentRows(terms)) list.append(made('dt', term), made('dd', sentence))
  const note = made('p', '')
  note.setAttribute('role', 'alert')
  note.hidden = true
  const decline = button(DECLINE, 'decline')
  const accept = button(ACCEPT, 'accept')
  const buttons = made('div', '')
  buttons.append(decline, accept)
  dialog.append(heading, list, note, buttons)
  shadow.append(dialog)
  root.append(host)
  const before = document.activeElement

  return new Promise((resolve) => {
    const end = (answer: ConsentAnswer): void => {
      signal?.removeEventListener('abort', leave)
      dialog.close()
      host.remove()
      if (before instanceof HTMLElement) before.focus({ preventScroll: true })
      resolve(answer)
    }
    const leave = (): void => end('declined')
    if (signal?.aborted === true) return leave()
    signal?.addEventListener('abort', leave)
    decline.addEventListener('click', leave)
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault()
      leave()
    })
    accept.addEventListener('click', (click) => {
      const why = click.isTrusted ? refusal?.(click) : 'That was not a click of yours.'
      if (why === undefined) return end('agreed')
      note.textContent = why
      note.hidden = false
    })
    dialog.showModal()
    // Left alone, the browser focuses the first button and scrolls a small screen past what there is to read.
    heading.focus({ preventScroll: true })
  })
}

function made<K extends keyof HTMLElementTagNameMap>(tag: K, text: string): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  element.textContent = text
  return element
}

function button(text: string, part: string): HTMLButtonElement {
  const element = made('button', text)
  element.type = 'button'
  element.dataset['testid'] = `consent-${part}`
  element.className = part
  return element
}
