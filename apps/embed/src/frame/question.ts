// The question before anything runs: what, where, how much, who sees it, how it ends. It never takes the focus to its answer, since
// the page around the frame could then have somebody press Enter.

import { ACCEPT, DECLINE, type ConsentScope } from 'megabrain/consent'

export interface Question {
  readonly element: HTMLElement
  close(): void
}

export interface Terms extends ConsentScope {
  /** Per cent of one core that it begins with. */
  readonly dutyPercent: number
}

interface Answers {
  /** Why the click does not count, in words; undefined when it does. */
  refusal(event: MouseEvent): Promise<string | undefined>
  onAnswer(agreed: boolean): void
}

export function askQuestion(root: HTMLElement, { operator, place, team, dutyPercent }: Terms, { refusal, onAnswer }: Answers): Question {
  const element = made('section', 'consent')
  const heading = made('h1', 'question', 'Lend this site your idle time?')
  heading.id = 'question'
  heading.tabIndex = -1
  element.setAttribute('role', 'dialog')
  element.setAttribute('aria-labelledby', heading.id)
  const rows: readonly (readonly [string, string])[] = [
    ['Where', `On ${place}. The program comes from ${operator}.`],
    ['What', `One worker breeds and tests neural networks with others, on ${dutyPercent} % of one core. It rests on battery, in the background, and while this box cannot be seen.`],
    ['Seen by', 'The relay and other participants see your network address. Your best networks are published under Apache-2.0, signed with a key made in this browser.'],
    ...(team === '' ? [] : [['Credit', `What you find counts for the team “${nameOfTeam(team)}” too. The site learns nothing about you.`] as const]),
    ['Ends', 'By Stop, within a second, which takes this back. Else it goes on when you return to this site, and asks again in 30 days.'],
  ]
  const list = made('dl', 'terms')
  for (const [term, words] of rows) list.append(made('dt', 'term', term), made('dd', 'words', words))
  const note = made('p', 'note')
  note.setAttribute('role', 'alert')
  note.hidden = true
  const decline = made('button', 'consent-decline', DECLINE)
  const accept = made('button', 'consent-accept', ACCEPT)
  decline.addEventListener('click', () => onAnswer(false))
  accept.addEventListener('click', (event) => {
    void refusal(event).then((why) => {
      // Somebody may have said no meanwhile.
      if (!element.isConnected) return
      note.textContent = why ?? ''
      note.hidden = why === undefined
      if (why === undefined) onAnswer(true)
    })
  })
  element.addEventListener('keydown', ({ key }) => { if (key === 'Escape') onAnswer(false) })
  const buttons = made('div', 'buttons')
  buttons.append(decline, accept)
  // The note last: a button that moved under the hand would be pressed by mistake.
  element.append(heading, list, buttons, note)
  root.append(element)
  heading.focus({ preventScroll: true })
  return { element, close: () => element.remove() }
}

/** It begins with its name, which has no dot. */
function nameOfTeam(invitation: string): string {
  return invitation.split('.', 1)[0] ?? ''
}

function made<K extends keyof HTMLElementTagNameMap>(tag: K, testId: string, text = ''): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  element.className = testId
  element.dataset['testid'] = testId
  element.textContent = text
  return element
}
