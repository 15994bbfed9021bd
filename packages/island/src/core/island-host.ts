// The island's centre: drives the exchange's member, hands its questions to the compute worker, keeps what must survive
// and tells the page. It never runs a network itself, so gossip and storage go on while a worker hangs or rests.

import { acceptanceDeclaration, banDeclaration, machineKind, revocationKind, seedOf } from '@megabrain/exchange'
import type { Change, Claim, Entry, Notice, PeerId } from '@megabrain/exchange'
import { cidOf } from '@megabrain/evolve'
import type { SearchConfig } from '@megabrain/evolve'
import { RealmInvalidError, wordsOf } from '../errors.ts'
import type { Allowance, CreditView, Snapshot } from '../snapshot.ts'
import type { Champion, Report } from './compute-messages.ts'
import { localDay, createWallClock } from '../donation/schedule.ts'
import { withGain, withWork } from '../donation/work-account.ts'
import { readCheckpoints } from './checkpoints.ts'
import type { Checkpoint } from './checkpoints.ts'
import { createCrew } from './crew.ts'
import { addSample, createDutyMeter, readMeter } from './duty-meter.ts'
import { adopted, changeTask, isBetter, logged, meetingsLogged, refused, taskLedger, withHistoryPoint } from './ledger.ts'
import type { Happening } from './ledger.ts'
import { creditViewOf } from './credit-view.ts'
import { ledgerChanges, readIslandRows, settingsChange } from './island-rows.ts'
import { feedOf, governanceOf, joinTeam, shownEntries, tellRegion } from './governance.ts'
import { openMachines } from './machines.ts'
import { openMemberDriver } from './member-driver.ts'
import { verifiedRealm } from './realm-tasks.ts'
import { changeSettings, defaultSettings } from './settings.ts'
import { composeSnapshot, hexOf } from './compose-snapshot.ts'
import type { HostState } from './compose-snapshot.ts'
import type { Host, HostOptions } from './host.ts'
import { createPace } from './pace.ts'
import { createRanks } from './ranks.ts'

const HEARTBEAT_MS = 1_000
const SNAPSHOT_INTERVAL_MS = 250
/** A tab that dies loses at most this much evolution, or one generation. */
const CHECKPOINT_INTERVAL_MS = 5_000
const HISTORY_INTERVAL_MS = 2_000
const CREDIT_INTERVAL_MS = 5_000
/** Well below the second within which Stop must act. */
const CHECKPOINT_WAIT_MS = 400

/** @throws RealmInvalidError when the document is not what its owner signed or names no task of ours */
export async function openHost(options: HostOptions): Promise<Host> {
  const { archive, keys, clock, ownTasks = [] } = options
  const { realm, realmId, document, tasks } = await verifiedRealm(options.realm, keys, archive, ownTasks)
  options.onRealm?.(realmId)
  const rows = await readIslandRows(archive, realmId, hexOf(keys.device))
  const wallClock = createWallClock(undefined)
  const checkpoints = await readCheckpoints(archive, realmId, rows.populations)
  // Private ones are nobody else's business, so no realm need name them.
  const names = [...tasks.keys(), ...ownTasks.filter(({ evaluator }) => evaluator === undefined).map(({ id }) => id)]
  if (names.length === 0) throw new RealmInvalidError(`None of the realm's tasks is known here: ${realm.tasks.join(', ')}`)

  let state: HostState = {
    ledger: rows.ledger,
    settings: changeSettings(changeSettings(defaultSettings, rows.settings ?? {}, names), options.settings ?? {}, names),
    phase: 'starting',
    reason: undefined,
    until: undefined,
    share: 0,
    detail: undefined,
    conformant: undefined,
    meter: createDutyMeter(clock.monotonic()),
    experiment: undefined,
    evaluationsSinceMesh: 0,
  }
  let neighbours: ReadonlyMap<PeerId, string> = new Map()
  let lastCheckpointAt = clock.monotonic()
  /** A generation has turned since the last checkpoint. */
  let isCheckpointDue = false
  let lastHistoryAt = -HISTORY_INTERVAL_MS
  let awaiting: { readonly slots: Set<number>; readonly onWritten: () => void } | undefined
  let sharers = 1
  /** What the page wants; the owner may want this machine to rest all the same. */
  let wanted: Allowance | undefined
  let restsByOwner = false
  let mayRun = false
  let closed = false

  const pace = createPace(SNAPSHOT_INTERVAL_MS, clock, () => options.onSnapshot(snapshot()))
  const change = (changes: Partial<HostState>): void => {
    state = { ...state, ...changes }
    pace.touch()
  }
  const storageFailed = (detail: string): void => change({ detail: `Storage failed: ${detail}` })
  const store = (changes: readonly Change[]): Promise<void> =>
    archive.write(changes).catch((error: unknown) => storageFailed(wordsOf(error)))

  const member = await openMemberDriver({
    role: 'island', realm, realmId, document, archive, keys, clock, ownTasks, seed: options.seed(), evaluatesForOthers: options.evaluatesForOthers === true,
    measure: (work) => crew.measure(work),
    replay: (work) => crew.replay(work),
    onNotice: noticed,
    onImmigrant: immigrated,
    onNeighbours: neighboursChanged,
    onDropped: dropped,
    onStage: movedOn,
    onStorageFailed: storageFailed,
  })
  const snapshot = (): Snapshot => composeSnapshot(state, {
    now: clock.monotonic(), author: keys.owner, meshBest: meshBest(), archived: member.archived(),
    realm: { id: realmId, name: realm.name, tasks: names }, neighbours: neighbours.size,
    feed: feedOf(member, state.settings.task, ranks, clock.wall()), governance: governanceOf(member), credit: creditNow(), machines: machines.view(), model: member.model(),
  })
  /** Counting it takes a while where much is known. */
  let credit: { readonly at: number; readonly view: CreditView } | undefined
  const creditNow = (): CreditView => {
    const at = clock.monotonic()
    if (credit === undefined || at - credit.at > CREDIT_INTERVAL_MS) credit = { at, view: creditViewOf(member.credit(), hexOf(keys.owner)) }
    return credit.view
  }
  const machines = await openMachines({ realmId, keys, archive, member, clock, onChange: () => settle() })
  const ranks = createRanks({ audit: (work) => crew.audit(work), beacon: (epoch) => member.beacon(epoch) })
  const meshBest = (): number => member.best(state.settings.task)?.claim.fitness ?? 0

  const crew = createCrew({
    spawn: options.spawn,
    onReport: reported,
    latest,
    onFailed: (detail) => change({ phase: 'paused', reason: 'failed', detail, ledger: log({ kind: 'paused', reason: 'failed' }) }),
  })
  const log = (happening: Happening) => logged(state.ledger, happening, clock.wall())

  function latest(slot: number) {
    const { task } = state.settings
    return { ...checkpoints.latest(task, slot), champion: taskLedger(state.ledger, task).champion?.body }
  }

  function evolve(): void {
    const { task, algorithm } = state.settings
    const { experiment } = state
    if (experiment !== undefined) {
      const { seed, settings } = experiment
      return crew.evolve(() => ({ task, algorithm, seed, experiment: { settings }, population: undefined, champion: undefined }))
    }
    crew.evolve((slot) => {
      const origin = options.seed()
      return { task, algorithm, seed: seedOf({ device: hexOf(keys.device), realm: realmId, task }, origin), origin, ...latest(slot) }
    })
    const best = member.best(task)
    if (best !== undefined) immigrated(best, '')
  }

  function reported(report: Report, slot: number): void {
    switch (report.kind) {
      case 'began':
        return slot === 0 ? began(report) : undefined
      case 'alive':
        return alive(report)
      case 'generation':
        isCheckpointDue = true
        return slot === 0 ? turned(report) : undefined
      case 'champion':
        return improved(report.task, report.champion, report.immigrant)
      case 'solved': {
        const { cid, evaluations } = report
        return change({ experiment: state.experiment && { ...state.experiment, solution: { cid, evaluations } } })
      }
      case 'unfit':
        return abandon(report.fault)
      case 'population':
        return void keep(report, slot).then(() => written(slot))
      case 'stretch':
        return stretchEnded(report, slot)
    }
  }

  function written(slot: number): void {
    if (awaiting?.slots.delete(slot) === true && awaiting.slots.size === 0) awaiting.onWritten()
  }

  const keep = (checkpoint: Checkpoint, slot: number): Promise<void> =>
    store([...checkpoints.keep(checkpoint, slot), ...ledgerChanges(realmId, state.ledger)])

  function stretchEnded({ task, stretch, before, bodies, after }: Report & { readonly kind: 'stretch' }, slot: number): void {
    const next = { before: stretch.after, origin: undefined, admitted: [], entered: stretch.after, evaluations: 0, work: 0 }
    void keep({ task, bytes: after, stretch: next, before: after }, slot)
    // A chain of receipts is about one population.
    if (slot === 0 && state.conformant === true && state.experiment === undefined) member.worked({ stretch, before, bodies })
  }

  /** Begins a run that anyone can repeat, instead of what is evolved now. */
  function experiment({ task = state.settings.task, algorithm = 'neat', seed = 1, settings = {} }: SearchConfig): void {
    const begun = { task, algorithm, seed, settings, solution: undefined, fault: undefined }
    if (!names.includes(task)) return change({ experiment: { ...begun, fault: `the realm has no task ${task}` } })
    crew.checkpoint()
    change({ experiment: begun, settings: { ...state.settings, task, algorithm } })
    labour()
    evolve()
  }

  /** The experiment cannot run; what was evolved before goes on. */
  function abandon(fault: string): void {
    const { experiment } = state
    change({ experiment: undefined })
    labour()
    evolve()
    change({ experiment: experiment && { ...experiment, fault } })
  }

  function began({ task, conformant, restored, generation }: Report & { readonly kind: 'began' }): void {
    const champions = [...state.ledger.tasks.values()].filter(({ champion }) => champion !== undefined).length
    // Once per start: replacing a worker is no restoration.
    const isNews = restored && state.conformant === undefined
    const ledger = changeTask(isNews ? log({ kind: 'restored', champions, generation }) : state.ledger, task, { generation })
    change({ ledger, conformant, phase: state.phase === 'starting' ? 'running' : state.phase })
  }

  function alive({ busyMs, evaluations }: Report & { readonly kind: 'alive' }): void {
    const { task } = state.settings
    const meter = addSample(state.meter, { at: clock.monotonic(), busyMs, evaluations })
    const total = taskLedger(state.ledger, task).evaluations + evaluations
    const evaluationsSinceMesh = state.evaluationsSinceMesh + evaluations
    const ledger = evaluations === 0 ? state.ledger : changeTask(state.ledger, task, { evaluations: total })
    change({ meter, evaluationsSinceMesh, ledger: { ...ledger, work: withWork(ledger.work, busyMs, localDay(wallClock, clock.wall())) } })
    // By the clock and not when a generation turns: the next one may take minutes, as networks get good.
    if (!isCheckpointDue || clock.monotonic() - lastCheckpointAt < CHECKPOINT_INTERVAL_MS) return
    isCheckpointDue = false
    lastCheckpointAt = clock.monotonic()
    crew.checkpoint()
  }

  function turned({ task, generation, species, best, mean, portrait }: Report & { readonly kind: 'generation' }): void {
    const now = clock.monotonic()
    let ledger = changeTask(state.ledger, task, { generation, species })
    if (now - lastHistoryAt >= HISTORY_INTERVAL_MS) {
      lastHistoryAt = now
      const [{ evaluations }, adopted] = [taskLedger(ledger, task), ledger.lastAdoptionId]
      ledger = withHistoryPoint(ledger, task, { evaluations, generation, best, mean, meshBest: meshBest(), time: clock.wall(), adopted, portrait })
    }
    change({ ledger })
  }

  function improved(task: string, champion: Champion, immigrant: boolean): void {
    const before = taskLedger(state.ledger, task)
    const known = before.champion
    const isKnown = known?.cid === champion.cid
    // A population restored from an older checkpoint climbs over old ground first.
    if (known !== undefined && !isKnown && !isBetter(champion, known)) return
    const author = isKnown ? known.author : immigrant ? authorOf(champion.cid) : undefined
    const parents = isKnown ? known.parents : champion.parents
    const { cid, body, fitness, score, solved, hidden, links, generation } = champion
    let ledger = changeTask(state.ledger, task, {
      champion: { cid, body, fitness, score, solved, hidden, links, generation, parents, author },
      solved: before.solved || solved,
    })
    if (!isKnown && author === undefined) ledger = logged(ledger, { kind: 'improved', cid, fitness, generation }, clock.wall())
    if (solved && !before.solved) ledger = logged(ledger, { kind: 'solved', cid, evaluations: before.evaluations }, clock.wall())
    if (!isKnown && author === undefined) ledger = { ...ledger, work: withGain(ledger.work, fitness - (known?.fitness ?? 0)) }
    change({ ledger })
    // Now, not with the next checkpoint: a champion that was shown must survive a reload a moment later.
    if (!isKnown) void store(ledgerChanges(realmId, state.ledger))
    if (author !== undefined || state.conformant !== true || fitness < state.settings.publishFrom) return
    const { fingerprint, operators } = champion
    member.found({ task, body, fitness, fingerprint, generation, parents, operators })
  }

  /** What somebody else bred or made here: it counts as found once it has been measured. */
  async function publish(task: string, body: Uint8Array): Promise<void> {
    if (!names.includes(task)) return
    const measured = await crew.measure({ task, body, costLimit: realm.limits.maxCost })
    if (!measured.ok || closed || state.conformant !== true) return
    const champion = taskLedger(state.ledger, task).champion
    const { generation, parents } = champion?.cid === cidOf(body) ? champion : { generation: 0, parents: [] }
    member.found({ task, body, fitness: measured.fitness, fingerprint: measured.fingerprint, generation, parents, operators: [] })
  }

  function authorOf(cid: string): string | undefined {
    return state.ledger.adoptions.findLast(({ parent }) => parent === cid)?.author
  }

  function immigrated(entry: Entry, via: PeerId): void {
    const { claim } = entry
    // One for another task stays in the archive, and comes when that task is chosen.
    if (claim.task !== state.settings.task) return
    const isAdopted = state.ledger.adoptions.some(({ parent }) => parent === claim.genotype)
    if (isAdopted || claim.author === hexOf(keys.owner)) return
    change({ ledger: adopted(state.ledger, claim, via, clock.wall()) })
    crew.immigrate(claim.task, entry.body, claim.fitness)
    void store(ledgerChanges(realmId, state.ledger))
  }

  /** A ban: what was bred from it here goes too, so the population begins anew. */
  /** All islands of a staged realm move on together. Champions of the stage before are measured on the new task where they fit it. */
  function movedOn({ task, seeds }: { readonly task: string | undefined; readonly seeds: readonly Entry[] }): void {
    if (task === undefined || !names.includes(task)) return
    if (task !== state.settings.task) host.configure({ task })
    for (const { body, claim } of seeds) crew.immigrate(task, body, claim.fitness)
  }

  function dropped({ claim: { task, genotype } }: Entry): void {
    const { champion } = taskLedger(state.ledger, task)
    const isOurs = state.ledger.adoptions.some(({ parent }) => parent === genotype) || champion?.cid === genotype
    const adoptions = state.ledger.adoptions.filter(({ parent }) => parent !== genotype)
    if (!isOurs) return
    change({ ledger: changeTask({ ...state.ledger, adoptions }, task, { champion: undefined, solved: false }) })
    void store([...ledgerChanges(realmId, state.ledger), ...checkpoints.forget(task)])
    if (task === state.settings.task) evolve()
  }

  function noticed(notice: Notice): void {
    const { ledger } = state
    switch (notice.kind) {
      case 'published':
        return change({ ledger: { ...log(notice), published: ledger.published + 1 } })
      case 'admitted':
        return change({ ledger: { ...log({ kind: 'admitted', claim: notice.claim satisfies Claim }), admitted: ledger.admitted + 1 } })
      case 'refused': {
        const { reason, via, claimed, measured } = notice
        const counted = refused(ledger, reason)
        // A duplicate is how gossip works, not news.
        if (reason === 'duplicate') return change({ ledger: counted })
        return change({ ledger: logged(counted, { kind: 'refused', reason, via, claimed, measured }, clock.wall()) })
      }
      case 'stated':
        if (notice.statement.kind === machineKind.kind || notice.statement.kind === revocationKind.kind) tellMachines()
        return change({})
      case 'synchronised':
      case 'round':
        return change({})
    }
  }

  function neighboursChanged(now: readonly { readonly peer: PeerId; readonly transport: string }[]): void {
    const next = new Map(now.map(({ peer, transport }) => [peer, transport]))
    change({ ledger: meetingsLogged(state.ledger, neighbours, next, clock.wall()) })
    neighbours = next
  }

  function tellMachines(): void {
    const { phase, reason = '', settings: { machineName } } = state
    const { dutyPercent, evaluationsPerSecond } = readMeter(state.meter, clock.monotonic(), state.settings.workers)
    machines.tick({ name: machineName, phase, reason, dutyPercent, evaluationsPerSecond })
    settle()
  }

  /** Lets the worker run or rest as the page and the owner have it, where that has changed or the page says it anew. */
  function settle(isSaidAnew = false, isFirst = false): void {
    if (wanted === undefined) return
    const byOwner = wanted.running && machines.isPaused()
    if (!isSaidAnew && byOwner === restsByOwner) return
    restsByOwner = byOwner
    mayRun = wanted.running && !byOwner
    const before = state.phase
    const reason = byOwner ? 'by-owner' : wanted.reason
    const phase = mayRun ? (state.conformant === undefined ? 'starting' : 'running') : 'paused'
    const kind = mayRun ? (before === 'paused' ? 'resumed' : 'started') : 'paused'
    const isNews = isFirst || phase !== before || (!mayRun && reason !== state.reason)
    const { until, share = 1 } = byOwner ? { share: 0 } : wanted
    change({ phase, reason, until, share: mayRun ? share : 0, detail: undefined, ledger: isNews ? log({ kind, reason }) : state.ledger })
    labour()
  }

  /** An experiment is one population's. */
  function labour(): void {
    const { settings: { dutyPercent, workers }, share, experiment } = state
    crew.run({ running: mayRun, dutyPercent: Math.max(1, dutyPercent * (mayRun ? share : 1)) / sharers, workers: experiment === undefined ? workers : 1 })
  }

  const heartbeat = setInterval(() => {
    member.heartbeat()
    if (mayRun) ranks.consider(shownEntries(member, state.settings.task), clock.wall())
    crew.tick()
    tellMachines()
    change({})
  }, HEARTBEAT_MS)

  const host: Host = {
    realmId,
    snapshot,
    attach(mesh) {
      change({ evaluationsSinceMesh: 0 })
      member.attach(mesh)
    },
    run(allowance) {
      const isFirst = wanted === undefined
      wanted = allowance
      settle(true, isFirst)
    },
    finish: (onFinished) => crew.finish(onFinished),
    askMachines: (paused) => void machines.ask(paused),
    overrule() {
      machines.overrule()
      settle()
    },
    configure(changes) {
      const settings = changeSettings(state.settings, changes, names)
      const isOtherTask = settings.task !== state.settings.task
      const isOtherSearch = isOtherTask || settings.algorithm !== state.settings.algorithm
      if (isOtherSearch) crew.checkpoint()
      change({ settings, ...(isOtherSearch ? { experiment: undefined } : {}), ...(isOtherTask ? { evaluationsSinceMesh: 0 } : {}) })
      void store([settingsChange(realmId, settings)])
      tellRegion(member, hexOf(keys.device), settings.region)
      member.saveData(settings.lowData)
      if (isOtherSearch) evolve()
      labour()
    },
    obey(command) {
      switch (command.kind) {
        case 'publish':
          return void publish(command.task, command.body)
        case 'experiment':
          return experiment(command.config)
        case 'ban':
          return member.declare(banDeclaration(command))
        case 'pin':
          return member.pin(command.cid, command.isPinned)
        case 'revoke':
          return machines.revoke(command.device)
        case 'join-team':
          return joinTeam(member, command.invitation, hexOf(keys.owner))
        case 'accept-terms':
          return member.declare(acceptanceDeclaration(member.policy().realm, command))
      }
    },
    exportCredit: () => member.exportCredit(),
    share(realms) {
      sharers = realms
      labour()
    },
    note: (happening) => change({ ledger: log(happening) }),
    makeRoom: () => member.makeRoom(),
    workerFailed: (message, slot) => crew.workerFailed(message, slot),
    async checkpoint() {
      const slots = new Set(crew.checkpoint())
      const written = new Promise<void>((resolve) => { awaiting = { slots, onWritten: resolve } })
      let timer: ReturnType<typeof setTimeout> | undefined
      const late = new Promise<void>((resolve) => { timer = setTimeout(resolve, CHECKPOINT_WAIT_MS) })
      await Promise.race([written, late])
      clearTimeout(timer)
      awaiting = undefined
      await store([settingsChange(realmId, state.settings), ...ledgerChanges(realmId, state.ledger)])
    },
    async close() {
      if (closed) return
      clearInterval(heartbeat)
      mayRun = false
      labour()
      await host.checkpoint()
      closed = true
      pace.end()
      crew.close()
      await member.close()
    },
  }
  tellRegion(member, hexOf(keys.device), state.settings.region)
  member.saveData(state.settings.lowData)
  void store(rows.takeover)
  evolve()
  return host
}
