// What the frame shows: one line that says what is, and the few buttons. Knows no rules; the session tells it what to show and
// decides what a press means.

export interface CardView {
  readonly phase: 'idle' | 'running' | 'resting' | 'stopped' | 'unavailable'
  /** Why; shown as it is. */
  readonly words: string
  /** Busy share of one core as measured, per cent; undefined while nothing runs. */
  readonly measuredPercent: number | undefined
  readonly isPaused: boolean
  /** The visitor's own, and the most that the site allows, per cent. */
  readonly dutyPercent: number
  readonly maxDuty: number
  /** What a click that did not count is answered with. */
  readonly note: string
  readonly evaluations: number
}

export interface CardActions {
  start(event: MouseEvent): void
  pause(): void
  resume(event: MouseEvent): void
  stop(): void
  /** @param percent 1 to 100 */
  changeDuty(percent: number, event: Event): void
}

export interface Card {
  show(view: CardView): void
}

const LABELS: Readonly<Record<CardView['phase'], string>> = {
  idle: 'Lend idle time', running: 'Evolving', resting: 'Resting', stopped: 'Stopped', unavailable: 'Not available',
}

export function createCard(root: HTMLElement, actions: CardActions): Card {
  const title = element('h1', 'label')
  const words = element('p', 'words')
  words.setAttribute('role', 'status')
  const note = element('p', 'note')
  note.setAttribute('role', 'alert')
  const start = button('start', 'Start …', (event) => actions.start(event))
  const pause = button('pause', 'Pause', () => actions.pause())
  const resume = button('resume', 'Resume', (event) => actions.resume(event))
  const stop = button('stop', 'Stop', () => actions.stop())
  const duty = element('input', 'duty')
  Object.assign(duty, { type: 'range', min: '1', step: '1' })
  const dutyLabel = element('label', 'duty-label')
  const dutyWords = element('span', 'duty-words')
  dutyLabel.append(dutyWords, duty)
  duty.addEventListener('change', (event) => actions.changeDuty(Number(duty.value), event))
  const buttons = element('div', 'buttons')
  buttons.append(start, resume, pause, stop)
  root.replaceChildren(title, words, note, dutyLabel, buttons)
  root.dataset['testid'] = 'card'

  return {
    show(view) {
      const { phase, measuredPercent, isPaused, dutyPercent, maxDuty, evaluations } = view
      const isOn = phase === 'running' || phase === 'resting'
      root.dataset['phase'] = phase
      root.dataset['evaluations'] = String(evaluations)
      title.textContent = measuredPercent === undefined || phase !== 'running' ? LABELS[phase] : `${LABELS[phase]} · ${Math.round(measuredPercent)} % of one core`
      words.textContent = view.words
      note.textContent = view.note
      note.hidden = view.note === ''
      start.hidden = isOn || phase === 'unavailable'
      pause.hidden = !isOn || isPaused
      resume.hidden = !isOn || !isPaused
      stop.hidden = !isOn
      dutyLabel.hidden = !isOn
      duty.max = String(maxDuty)
      const effective = Math.min(dutyPercent, maxDuty)
      if (document.activeElement !== duty) duty.value = String(effective)
      dutyWords.textContent = `At most ${effective} %${dutyPercent > maxDuty ? ' (this site allows no more)' : ''}`
    },
  }
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, testId: string): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  made.className = testId
  made.dataset['testid'] = testId
  return made
}

function button(testId: string, label: string, onClick: (event: MouseEvent) => void): HTMLButtonElement {
  const made = element('button', testId)
  made.type = 'button'
  made.textContent = label
  made.addEventListener('click', onClick)
  return made
}
