// The page's handle: decides whether this tab runs, waits or watches, and for which reason it rests. What it decides, the
// runner does; what it shows, the page draws.

import { allowanceOf } from '../core/allowance.ts'
import { changeSettings } from '../core/settings.ts'
import type { Decision } from '../donation/donation.ts'
import type { DonationDriver } from '../donation/donation-driver.ts'
import type { Island, IslandOptions } from '../island.ts'
import type { Command, Settings, Snapshot } from '../snapshot.ts'
import { createAudience, LOOKING_INTERVAL_MS } from './audience.ts'
import type { ConditionWatch } from './conditions.ts'
import { lastVisit } from './last-visit.ts'
import type { Runner } from './runner.ts'
import { openTabs } from './tabs.ts'

/** So much more work is news to the daily limit. */
const WORK_TOLD_MS = 5_000
const INSECURE = 'Browsers allow this only on https or localhost'

/** What this tab holds while it is the runner. */
interface Running {
  readonly runner: Runner
  readonly conditions: ConditionWatch
  readonly release: () => void
}

/** How a tab comes to run: as its visitor wishes, or because the one that ran hangs. */
type Way = 'in-turn' | 'depose'

export async function openIsland(options: IslandOptions): Promise<Island> {
  const listeners = new Set<(snapshot: Snapshot) => void>()
  let shown = await lastVisit(options.realm)
  let running: Running | undefined
  /** Set from the click on Start until Stop: this tab runs or waits for its turn. */
  let wanted: AbortController | undefined
  /** From Start to Stop: whether and how much is computed while this tab is the runner. */
  let donating: DonationDriver | undefined
  let toldToDonation = ''
  let settings: Settings = shown.settings
  /** What was set before there was a runner to tell. */
  let settingsBefore: Partial<Settings> = {}
  /** Until when the visitor had paused the tab that this one watches. */
  let pausedThere: number | undefined
  let closed = false
  /** The end of what ran last: only then may the channel to other tabs close. */
  let stopping: Promise<void> | undefined

  const show = (snapshot: Snapshot): void => {
    shown = snapshot
    for (const listener of [...listeners]) listener(snapshot)
  }

  const tabs = openTabs({
    onSnapshot(snapshot) {
      if (running !== undefined) return
      if (snapshot.phase !== 'stopped') pausedThere = pauseOf(snapshot)
      const isFirst = !shown.watching
      show({ ...snapshot, watching: true, reason: snapshot.reason ?? 'other-tab' })
      if (!isFirst) return
      look()
      // At hand when this tab has to take over, with or without the host of the page.
      import('./running.ts').catch(() => undefined)
    },
    onCommand: (command) => { if (running !== undefined) obey(command) },
    onLooking: (tab, looking) => audience.set(tab, looking),
    onHello: () => { if (running !== undefined) tabs.share(shown) },
    onStopped() {
      if (running !== undefined) return
      giveUp()
      if (shown.watching) show({ ...shown, watching: false, phase: 'stopped', reason: 'by-you', dutyPercent: 0, evaluationsPerSecond: 0 })
    },
    onGone() {
      if (running !== undefined || wanted !== undefined || !shown.watching) return
      // What failed there would fail here. Else consent was given in this browser and not withdrawn: go on.
      if (shown.reason !== 'failed') void start(pausedThere, 'in-turn')
      else void lastVisit(options.realm).then((snapshot) => { if (running === undefined && shown.watching) show(snapshot) })
    },
    onSilent() {
      if (running !== undefined || !shown.watching || shown.reason === 'failed') return
      // It may stand in line for the lock that the other one keeps.
      giveUp()
      void start(pausedThere, 'depose')
    },
    onDeposed: () => deposed(),
  })

  const audience = createAudience(() => sense())
  const look = (): void => {
    if (shown.watching) tabs.announceLooking(document.visibilityState === 'visible')
  }
  const looking = setInterval(look, LOOKING_INTERVAL_MS)
  document.addEventListener('visibilitychange', look)

  const sense = (): void => {
    if (running !== undefined) donating?.tell({ kind: 'conditions', conditions: running.conditions.read(settings) })
  }
  /** Lets the runner run or rest as the donation has it. */
  const apply = (decision: Decision): void => {
    if (decision.state === 'stopped') return void stop({ phase: 'stopped', reason: 'by-you', detail: undefined })
    if (running === undefined) return
    running.runner.run(allowanceOf(decision, settings))
    if (decision.state === 'finishing') running.runner.finish()
  }
  const giveUp = (): void => {
    wanted?.abort()
    wanted = undefined
    donating?.close()
    donating = undefined
  }
  const shareOwn = (snapshot: Snapshot): void => {
    settings = snapshot.settings
    show(snapshot)
    tabs.share(snapshot)
    const { work: { day, todayMs } } = snapshot
    const news = `${JSON.stringify(settings)} ${day} ${Math.floor(todayMs / WORK_TOLD_MS)}`
    if (news === toldToDonation) return
    toldToDonation = news
    donating?.tell({ kind: 'conditions', conditions: { worked: { day, busyMs: todayMs } } })
  }

  /** @param pausedUntil set when the visitor had paused */
  async function start(pausedUntil: number | undefined, way: Way): Promise<void> {
    if (wanted !== undefined) return resume()
    if (!isSecureContext) return show({ ...shown, phase: 'stopped', reason: 'failed', detail: INSECURE })
    const mine = new AbortController()
    wanted = mine
    if (!shown.watching) show({ ...shown, phase: 'starting', reason: undefined, detail: undefined })
    const parts = await import('./running.ts').catch(() => undefined)
    if (wanted !== mine) return
    if (parts === undefined) return stop({ phase: 'stopped', reason: 'failed', detail: 'A part of the page could not be loaded' })
    const donation = parts.openDonationDriver({ settings: () => settings, zone: undefined, now: () => Date.now(), onDecision: apply })
    donating = donation
    if (pausedUntil !== undefined) donation.tell(pausedUntil === Infinity ? { kind: 'pause' } : { kind: 'snooze', until: pausedUntil })
    const waiting = (): void => {
      if (!shown.watching) show({ ...shown, phase: 'starting', watching: true, reason: 'other-tab' })
    }
    const release = await (way === 'depose' ? tabs.depose() : tabs.acquire(waiting, mine.signal))
    if (release === undefined) return
    if (wanted !== mine) return release()
    const conditions = await parts.watchConditions(audience.isLooking, sense)
    if (wanted !== mine) {
      conditions.close()
      return release()
    }
    show({ ...shown, watching: false, phase: 'starting', reason: undefined })
    donation.tell({ kind: 'conditions', conditions: conditions.read(settings) })
    const runner = parts.openRunner({
      realm: options.realm, openMesh: options.openMesh, settings: settingsBefore, allowance: allowanceOf(donation.decision(), settings),
      onSnapshot: (snapshot) => { if (running?.runner === runner) shareOwn(snapshot) },
      onFinished: () => donation.tell({ kind: 'finished' }),
      onFailed: (detail) => void stop({ phase: 'stopped', reason: 'failed', detail }),
      onTaken: () => deposed(),
    })
    running = { runner, conditions, release }
  }

  async function stop(end: Pick<Snapshot, 'phase' | 'reason' | 'detail'>): Promise<void> {
    giveUp()
    const ending = running
    if (ending === undefined) {
      if (shown.phase === 'starting') show({ ...shown, ...end, watching: false })
      return
    }
    running = undefined
    stopping = finish(ending, end)
    await stopping
  }

  async function finish(ending: Running, end: Pick<Snapshot, 'phase' | 'reason' | 'detail'>): Promise<void> {
    ending.conditions.close()
    const last = await ending.runner.stop()
    const snapshot = { ...(last ?? shown), ...end, until: undefined, share: 0, dutyPercent: 0, evaluationsPerSecond: 0 }
    if (!closed) tabs.share(snapshot)
    if (end.reason === 'by-you') tabs.announceStop()
    show(snapshot)
    ending.release()
  }

  /** Another tab runs by now: whatever this one still holds is older, so it goes unsaved. */
  function deposed(): void {
    giveUp()
    const ending = running
    running = undefined
    show({ ...shown, watching: true, reason: 'other-tab' })
    if (ending === undefined) return
    ending.conditions.close()
    ending.runner.kill()
    ending.release()
  }

  function resume(): void {
    if (running === undefined) return tabs.sendCommand({ kind: 'resume' })
    running.runner.obey({ kind: 'overrule' })
    donating?.tell({ kind: 'resume' })
  }

  function obey(command: Command): void {
    const isForRunner = running === undefined && shown.watching && command.kind !== 'start'
    if (isForRunner) {
      // Or a tab in line for the lock would have it for a moment between the end there and the word of it.
      if (command.kind === 'stop') giveUp()
      return tabs.sendCommand(command)
    }
    switch (command.kind) {
      case 'start':
        void start(undefined, 'in-turn')
        return
      case 'resume':
        return resume()
      case 'pause':
      case 'snooze':
      case 'finish':
        return donating?.tell(command)
      case 'stop':
        void stop({ phase: 'stopped', reason: 'by-you', detail: undefined })
        return
      case 'configure':
        settings = changeSettings(settings, command.settings, [command.settings.task ?? settings.task])
        if (running === undefined) {
          settingsBefore = { ...settingsBefore, ...command.settings }
          return show({ ...shown, settings })
        }
        running.runner.configure(command.settings)
        return donating?.review()
      default:
        running?.runner.obey(command)
    }
  }

  const onPageHide = (): void => {
    running?.runner.checkpoint()
    if (shown.watching) tabs.announceLooking(false)
  }
  addEventListener('pagehide', onPageHide)

  return {
    snapshot: () => shown,
    subscribe(listener) {
      listeners.add(listener)
      return () => { listeners.delete(listener) }
    },
    command: obey,
    exportCredit: async () => running?.runner.exportCredit(),
    async close() {
      if (closed) return
      closed = true
      removeEventListener('pagehide', onPageHide)
      document.removeEventListener('visibilitychange', look)
      clearInterval(looking)
      if (shown.watching) tabs.announceLooking(false)
      audience.close()
      await stop({ phase: 'stopped', reason: undefined, detail: undefined })
      await stopping
      tabs.close()
    },
  }
}

/** Until when the visitor has paused; undefined when not. */
function pauseOf({ phase, reason, until }: Snapshot): number | undefined {
  if (phase !== 'paused') return undefined
  return reason === 'by-you' ? Infinity : reason === 'snoozed' ? until : undefined
}
