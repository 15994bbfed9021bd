// temporary, until packages/megabrain/consent is there
export interface Scope {
  readonly operator: string
  readonly place: string
  readonly team: string
}
const KEY = 'megabrain.embed.consent'
const DAYS_30_MS = 30 * 86_400_000
export function hasConsent(drawer: Pick<Storage, 'getItem'>, scope: Scope, now: number): boolean {
  try {
    const { at, ...stored } = JSON.parse(drawer.getItem(`${KEY} ${scope.place}`) ?? '') as { at: number } & Scope
    return stored.operator === scope.operator && stored.place === scope.place && stored.team === scope.team && at <= now && now - at < DAYS_30_MS
  } catch {
    return false
  }
}
export function rememberConsent(drawer: Storage, scope: Scope, now: number): void {
  drawer.setItem(`${KEY} ${scope.place}`, JSON.stringify({ ...scope, at: now }))
}
export function revokeConsent(drawer: Storage, place: string): void {
  drawer.removeItem(`${KEY} ${place}`)
}
export interface Question {
  readonly element: HTMLElement
  close(): void
}
export function askConsent(root: HTMLElement, scope: Scope, options: { mayAgree(event: MouseEvent): string | undefined, onAnswer(agreed: boolean): void }): Question {
  const element = document.createElement('section')
  element.dataset['testid'] = 'consent'
  element.className = 'consent'
  const h = document.createElement('h1')
  h.textContent = 'Before it starts'
  h.tabIndex = -1
  const p = document.createElement('p')
  p.textContent = `On ${scope.place}, code of ${scope.operator} would run one worker that breeds and tests neural networks, on at most a quarter of one processor core. Other participants see your network address. It rests on battery, in the background and when this box is out of sight. Stop ends it within a second. Asked again in 30 days.${scope.team === '' ? '' : ' What is found is credited to a team of this site.'}`
  const note = document.createElement('p')
  note.className = 'note'
  note.setAttribute('role', 'alert')
  const yes = document.createElement('button')
  yes.type = 'button'
  yes.className = 'start'
  yes.dataset['testid'] = 'consent-accept'
  yes.textContent = 'Agree and start'
  yes.addEventListener('click', (event) => {
    const why = options.mayAgree(event)
    note.textContent = why ?? ''
    if (why === undefined) options.onAnswer(true)
  })
  const no = document.createElement('button')
  no.type = 'button'
  no.dataset['testid'] = 'consent-decline'
  no.textContent = 'Not now'
  no.addEventListener('click', () => options.onAnswer(false))
  const buttons = document.createElement('div')
  buttons.className = 'buttons'
  buttons.append(no, yes)
  element.append(h, p, note, buttons)
  root.append(element)
  h.focus({ preventScroll: true })
  return { element, close: () => element.remove() }
}
