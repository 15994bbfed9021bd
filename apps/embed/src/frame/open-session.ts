// One frame's life: what the site wishes, what the visitor wants and what can be seen decide together whether the island runs. The
// site can only lower and style; every start comes from a click that counts, or from a consent that such a click gave.

import { parseOpenTeam } from '@megabrain/exchange/open-team'
import type { Island, Snapshot } from '@megabrain/island'
import { hasConsent, rememberConsent, revokeConsent, type ConsentScope } from 'megabrain/consent'
import { openLink } from '../link.ts'
import { boundedHeight, decodeToFrame, defaultWishes, type Cause, type FrameState, type ToFrame, type ToHost, type Wishes } from '../protocol.ts'
import type { Host } from './await-host.ts'
import { createCard, type CardView } from './card.ts'
import { watchHands, type Watched } from './hands.ts'
import type { Place } from './open-work.ts'
import { askQuestion, type Question } from './question.ts'
import { askingFloor, runningFloor } from './sight.ts'
import { readWill, writeWill, type Will } from './will.ts'
import { islandWords, refusalWords, restingWords } from './words.ts'

/** What hides the frame for less than this does not stop the work, and what shows it for less does not start it. */
const SETTLE_MS = 400
/** How often it is looked whether the consent has ended. */
const EXPIRY_LOOK_MS = 30_000

export function openSession(root: HTMLElement, host: Host, place: Place, drawer: Storage): void {
  let wishes: Wishes | undefined
  let will: Will = readWill(drawer)
  let cause: Cause = 'out-of-sight'
  let settling: ReturnType<typeof setTimeout> | undefined
  let island: Island | undefined
  let opening = false
  let isStarted = false
  let wasStopped = false
  let joined = ''
  let fault: string | undefined
  let note = ''
  let asked: { readonly question: Question; readonly watched: Watched } | undefined
  let toldState = ''
  let toldHeight = 0

  const scope = (): ConsentScope => ({ operator: location.origin, place: host.origin, team: parseOpenTeam(bounds().team) === undefined ? '' : bounds().team })
  const isConsented = (): boolean => hasConsent(drawer, scope(), Date.now())
  const isWanted = (): boolean => will.isOn && isConsented()
  const bounds = (): Wishes => wishes ?? defaultWishes

  const allowedDuty = (): number => Math.min(will.dutyPercent, bounds().maxDuty)

  const link = openLink<ToFrame, ToHost>(host.port, {
    decode: decodeToFrame,
    onMessage(message) {
      if (message.kind === 'status') toldState = ''
      else {
        if (wishes !== undefined && wishes.team !== message.wishes.team) unask()
        wishes = message.wishes
        document.documentElement.dataset['theme'] = wishes.theme
        document.documentElement.dataset['size'] = wishes.size
      }
      update()
    },
    // Its last wishes stay.
    onDeaf: () => undefined,
    now: () => performance.now(),
  })

  const card = createCard(root, {
    start(event) {
      if (!event.isTrusted || asked !== undefined) return
      note = ''
      if (!isConsented()) return ask()
      accept(event, () => decide({ isOn: true, isPaused: false }))
    },
    pause: () => decide({ isPaused: true }),
    resume: (event) => accept(event, () => decide({ isPaused: false })),
    stop() {
      revokeConsent(drawer, scope())
      wasStopped = true
      decide({ isOn: false, isPaused: false })
    },
    changeDuty(dutyPercent, event) {
      if (dutyPercent <= will.dutyPercent) decide({ dutyPercent })
      else accept(event, () => decide({ dutyPercent }))
    },
  })

  const hands = watchHands(document)
  const settle = (): void => {
    clearTimeout(settling)
    settling = setTimeout(() => {
      // While it asks, the card is not shown, which says nothing about the frame.
      if (asked !== undefined) return
      cause = whole.cause()
      update()
    }, SETTLE_MS)
  }
  const whole = hands.watch(root, runningFloor, settle)

  /** For what a page must not make somebody do unawares. */
  function accept(event: Event, act: () => void): void {
    const refusal = whole.refusalAgain(event)
    note = refusal === undefined ? '' : refusalWords(refusal)
    if (refusal === undefined) act()
    else update()
  }

  function decide(change: Partial<Will>): void {
    will = { ...will, ...change }
    writeWill(drawer, will)
    update()
  }

  function ask(): void {
    root.hidden = true
    // What was asked is what is agreed to, whatever the site wishes meanwhile.
    const asking = scope()
    const question = askQuestion(document.body, { ...asking, dutyPercent: allowedDuty() }, {
      async refusal(event) {
        const refusal = await asked?.watched.refusal(event)
        return refusal === undefined ? undefined : refusalWords(refusal)
      },
      onAnswer(agreed) {
        unask()
        if (!agreed) return update()
        rememberConsent(drawer, asking, Date.now())
        wasStopped = false
        decide({ isOn: true, isPaused: false })
      },
    })
    asked = { question, watched: hands.watch(question.element, askingFloor, update) }
    heights.observe(question.element)
    update()
  }

  function unask(): void {
    asked?.watched.close()
    asked?.question.close()
    asked = undefined
    root.hidden = false
    settle()
  }

  function update(): void {
    drive()
    const view = viewOf()
    card.show(view)
    tell(view)
  }

  /** Brings the island to where it should be; called after everything that may change that. */
  function drive(): void {
    if (!isWanted()) {
      const wasStarted = isStarted
      isStarted = false
      if (wasStarted) island?.command({ kind: 'stop' })
      return
    }
    // Before the first wishes the bound is not known.
    if (wishes === undefined) return
    const mayRun = !will.isPaused && cause === 'none'
    if (!isStarted && mayRun) void begin()
    const snapshot = island?.snapshot()
    if (!isStarted || snapshot === undefined || snapshot.watching) return
    const dutyPercent = allowedDuty()
    if (snapshot.settings.dutyPercent !== dutyPercent) island?.command({ kind: 'configure', settings: { dutyPercent } })
    if (snapshot.phase === 'running' && joined !== scope().team) {
      joined = scope().team
      island?.command({ kind: 'join-team', invitation: joined })
    }
    if (!mayRun && (snapshot.phase === 'running' || snapshot.phase === 'starting')) island?.command({ kind: 'pause' })
    if (mayRun && snapshot.phase === 'paused' && snapshot.reason === 'by-you') island?.command({ kind: 'resume' })
  }

  async function begin(): Promise<void> {
    if (opening) return
    opening = true
    try {
      if (island === undefined) {
        const { openWork } = await import('./open-work.ts')
        island = await openWork(place)
        island.subscribe(update)
      }
      if (isWanted() && !isStarted) {
        isStarted = true
        island.command({ kind: 'configure', settings: { dutyPercent: allowedDuty() } })
        island.command({ kind: 'start' })
      }
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error)
    }
    opening = false
    update()
  }

  function viewOf(): CardView {
    const snapshot = island?.snapshot()
    const common = {
      note, isPaused: will.isPaused, dutyPercent: will.dutyPercent, maxDuty: bounds().maxDuty, evaluations: snapshot?.evaluations ?? 0, measuredPercent: undefined,
    }
    if (fault !== undefined) return { ...common, phase: 'unavailable', words: `It could not start: ${fault}` }
    if (!isWanted()) {
      if (wasStopped) return { ...common, phase: 'stopped', words: 'Stopped, and your consent is taken back. What was found is kept in this browser.' }
      return { ...common, phase: 'idle', words: `Let this page evolve neural networks with others, on ${allowedDuty()} % of one core? Nothing runs before you agree.` }
    }
    if (will.isPaused) return { ...common, phase: 'resting', words: 'Paused by you.' }
    if (cause !== 'none' && cause !== 'visitor' && snapshot?.watching !== true) return { ...common, phase: 'resting', words: restingWords(cause) }
    return islandView(common, snapshot)
  }

  function islandView(common: Omit<CardView, 'phase' | 'words'>, snapshot: Snapshot | undefined): CardView {
    if (snapshot === undefined) return { ...common, phase: 'running', words: 'Loading.' }
    const words = islandWords(snapshot)
    if (snapshot.phase === 'running' || snapshot.phase === 'starting') return { ...common, phase: 'running', words, measuredPercent: snapshot.dutyPercent }
    return { ...common, phase: 'resting', words }
  }

  function tell({ phase }: CardView): void {
    const state: FrameState = asked === undefined ? phase : 'asking'
    const shown: Cause = asked !== undefined ? asked.watched.cause() : phase !== 'resting' ? 'none' : will.isPaused || cause === 'none' ? 'visitor' : cause
    const told = `${state} ${shown}`
    if (told === toldState) return
    toldState = told
    link.send({ kind: 'state', state, cause: shown })
  }

  const heights = new ResizeObserver(() => {
    const px = boundedHeight((asked?.question.element ?? root).getBoundingClientRect().height)
    if (px === toldHeight) return
    toldHeight = px
    link.send({ kind: 'height', px })
  })
  heights.observe(root)

  addEventListener('storage', () => {
    will = readWill(drawer)
    update()
  })
  setInterval(() => {
    if (will.isOn && !isConsented()) update()
  }, EXPIRY_LOOK_MS)
  update()
}
