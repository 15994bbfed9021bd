// Drives the exchange's member: its effects become calls of mesh, archive, keys and compute worker, their answers become
// events. Decides nothing, and is the same for an island and a relay.

import {
  bansOf, beaconAt, bestEntry, countersOf, createMember, entriesOf, findRowPrefix, modelViewOf, pinRowPrefix, policyView, receiptRowPrefix, removalOf, restoreEntries, rowPrefixes, rowsOf,
  signatories, reputationsOf, statementRowPrefix, step,
} from '@megabrain/exchange'
import type {
  Archive, BanView, Beacon, Change, Declaration, Discovery, Effect, Entry, Held, Keys, Leaderboards, Measurement, MemberCounters, MemberEvent, MemberOptions, MeshPorts, ModelView, Neighbour, Notice,
  PeerId, PolicyView, Realm, ReplayOutcome, Signatory, ReputationView, SignatureCheck, StatementKind, Unsubscribe, WorkDone,
} from '@megabrain/exchange'
import { evaluatorsWith } from './own-task.ts'
import type { OwnTask } from './own-task.ts'
import type { ReplayWork } from './compute-messages.ts'
import { creditBoards, exportCredit } from './credit-view.ts'
import { createDirectoryDriver } from './directory-driver.ts'

export interface MemberDriverOptions {
  readonly role: 'island' | 'relay'
  readonly realm: Realm
  readonly realmId: string
  /** The signed document of `realm`: what others get who have an older one. */
  readonly document: Uint8Array
  /** @default none */
  readonly ownTasks?: readonly OwnTask[]
  readonly archive: Archive
  readonly keys: Keys
  /** Integer of 32 bits, another one for each start. */
  readonly seed: number
  readonly clock: { wall(): number }
  /** Whether neighbours may have genotypes evaluated here. @default false */
  readonly evaluatesForOthers?: boolean
  /** What the bodies of the archive, and those of one author, may take, bytes. @default the exchange's */
  readonly storage?: Pick<MemberOptions, 'archiveBytes' | 'authorBytes'>
  measure(work: { readonly task: string; readonly body: Uint8Array; readonly costLimit: number }): Promise<Measurement>
  /** Runs a stranger's receipt again; undefined when that cannot be done here. */
  replay(work: ReplayWork): Promise<ReplayOutcome | undefined>
  onNotice(notice: Notice): void
  /** A verified stranger for the local population, and the neighbour it came through. */
  onImmigrant(entry: Entry, via: PeerId): void
  onNeighbours(neighbours: readonly Neighbour[]): void
  /** Policy or a ban has removed this entry; the population should have no more of it. */
  onDropped?(entry: Entry): void
  /** The realm has moved on to this stage; `seeds` are the champions of the one before, the best first. */
  onStage?(stage: { readonly stage: number; readonly task: string | undefined; readonly seeds: readonly Entry[] }): void
  /** A row could not be written; the member goes on with what it holds in memory. */
  onStorageFailed(detail: string): void
}

export interface MemberDriver {
  /** Replaces the mesh. */
  attach(mesh: MeshPorts | undefined): void
  /** Once a second. */
  heartbeat(): void
  found(discovery: Discovery): void
  /** The local population reached the end of a stretch: makes it a receipt. */
  worked(work: WorkDone): void
  /** The beacon of an hour since 1970, once there is one. */
  beacon(epoch: number): Beacon | undefined
  /** What is known of everybody's credit. */
  credit(): Leaderboards
  /** The same as a signed file: `recompute` gives `credit()`. */
  exportCredit(): Promise<Uint8Array>
  /** Signs a statement of our own, keeps it and tells it. */
  declare(declaration: Declaration): void
  /** A statement that was signed elsewhere: kept and told as if a neighbour had brought it. */
  tell(statement: Uint8Array): void
  /** Will have nothing of `shunned` authors (hex) from now on, and all that it can hold of `spared` ones. Told to nobody. */
  choose(shunned: readonly string[], spared: readonly string[]): void
  /** A newer signed policy of this realm: obeyed, and told to all when this member's author owns the realm. */
  revise(document: Uint8Array): void
  /** Plain data, as of now. */
  policy(): PolicyView
  /** What the realm's distribution model does, as plain data; undefined in a realm of Model 1. */
  model(): ModelView | undefined
  /** The signed document of the policy that is obeyed now. */
  document(): Uint8Array
  bans(): readonly BanView[]
  /** Who has accepted the realm's terms, in the order in which they say they did. */
  signatories(): readonly Signatory[]
  /** Authors whose claims were not what they said. */
  reputations(): readonly ReputationView[]
  /** Statements of one kind that are kept. */
  statements<T>(kind: StatementKind<T>): readonly Held<T>[]
  /** Saves data from now on, or no longer. */
  saveData(isOn: boolean): void
  /** Keeps a genotype that is here for good, or no longer. */
  pin(cid: string, isPinned: boolean): void
  /** Storage is full: gives up bodies that others have too. */
  makeRoom(): void
  isPinned(cid: string): boolean
  best(task: string): Entry | undefined
  entries(): readonly Entry[]
  archived(): number
  counters(): MemberCounters
  /** Leaves the mesh; resolves when all rows are written. */
  close(): Promise<void>
}

/** Claims whose carrier is remembered until their genotype is adopted. */
const MAX_REMEMBERED_CARRIERS = 256

export async function openMemberDriver(options: MemberDriverOptions): Promise<MemberDriver> {
  const { archive, keys, clock } = options
  let state = createMember({
    role: options.role,
    realm: options.realm,
    document: options.document,
    // All that can be run here and not only the realm's tasks of today: a newer policy may name others.
    evaluators: evaluatorsWith(options.ownTasks ?? []),
    identity: keys,
    seed: options.seed,
    evaluatesForOthers: options.evaluatesForOthers === true,
    ...options.storage,
    ...await storedEntries(archive, options.realmId),
    statements: (await archive.list(statementRowPrefix(options.realmId))).map(({ value }) => value),
    receipts: (await archive.list(receiptRowPrefix(options.realmId))).map(({ value }) => value),
    pinned: new Map((await archive.list(pinRowPrefix(options.realmId))).map(({ key, value }) => [key.slice(pinRowPrefix(options.realmId).length), value])),
    finds: (await archive.list(findRowPrefix(options.realmId))).map(({ value }) => value),
    beaconSeed: await beaconSeedOf(keys),
  })
  let mesh: MeshPorts | undefined
  let subscriptions: readonly Unsubscribe[] = []
  let writes: Promise<void> = Promise.resolve()
  let lastRequest = 0
  let closed = false
  const directory = createDirectoryDriver()
  const requested = new Map<number, (bytes: Uint8Array | undefined) => void>()
  /** Claim id → neighbour, for the `via` of an adoption. */
  const carriers = new Map<string, PeerId>()

  // Ports may answer synchronously, and `step` must not be entered while its effects are being performed.
  const events: MemberEvent[] = []
  let isStepping = false
  const happen = (event: MemberEvent): void => {
    if (closed) return
    events.push(event)
    if (isStepping) return
    isStepping = true
    try {
      for (let next = events.shift(); next !== undefined; next = events.shift()) {
        const result = step(state, next, clock.wall())
        state = result.state
        for (const effect of result.effects) perform(effect)
      }
    } finally {
      isStepping = false
    }
  }

  function perform(effect: Effect): void {
    switch (effect.kind) {
      case 'verdict':
        return mesh?.channel.verdict(effect.id, effect.verdict)
      case 'publish':
        return mesh?.channel.publish(effect.bytes)
      case 'request':
        return request(effect)
      case 'find': {
        const { ticket, service, key, most } = effect
        void directory.holdersOf(service, key, most).then((peers) => happen({ kind: 'holders', ticket, peers }))
        return
      }
      case 'advertise':
        return directory.advertise(effect.service, effect.keys)
      case 'respond':
        requested.get(effect.ticket)?.(effect.bytes)
        requested.delete(effect.ticket)
        return
      case 'check-signature': {
        const { ticket } = effect
        void allHold(keys, effect.checks).then((valid) => happen({ kind: 'signature-checked', ticket, valid }))
        return
      }
      case 'sign': {
        const { ticket } = effect
        const signing = effect.as === 'owner' ? keys.signAsOwner(effect.message) : keys.sign(effect.message)
        signing.then(
          (signature) => happen({ kind: 'signed', ticket, signature }),
          (error: unknown) => options.onStorageFailed(`Signing failed: ${String(error)}`),
        )
        return
      }
      case 'measure': {
        const { ticket, task, body, maxCost } = effect
        void options.measure({ task, body, costLimit: maxCost }).then((measurement) => happen({ kind: 'measured', ticket, measurement }))
        return
      }
      case 'replay': {
        const { ticket, receipt, before, bodies, maxCost } = effect
        const { device, realm, task } = receipt
        void options.replay({ chain: { device, realm, task }, receipt, before, bodies, costLimit: maxCost })
          .then((outcome) => happen({ kind: 'replayed', ticket, outcome }))
        return
      }
      case 'keep':
        return write(rowsOf(effect.entry))
      case 'store':
        return write(effect.changes)
      case 'drop':
        write(removalOf(effect.entry))
        return options.onDropped?.(effect.entry)
      case 'stage':
        return options.onStage?.(effect)
      case 'immigrate':
        return options.onImmigrant(effect.entry, carriers.get(effect.entry.claim.id) ?? '')
      case 'notice':
        if (effect.notice.kind === 'admitted') rememberCarrier(effect.notice.claim.id, effect.notice.via)
        return options.onNotice(effect.notice)
    }
  }

  function request({ ticket, to, bytes, timeoutMs, maxBytes }: Effect & { readonly kind: 'request' }): void {
    if (mesh === undefined) return happen({ kind: 'answered', ticket, result: { ok: false, reason: 'unreachable' } })
    mesh.requests.request(to, bytes, { timeoutMs, maxBytes }).then(
      (result) => happen({ kind: 'answered', ticket, result }),
      () => happen({ kind: 'answered', ticket, result: { ok: false, reason: 'unreachable' } }),
    )
  }

  function write(changes: readonly Change[]): void {
    const written = archive.write(changes).catch((error: unknown) => {
      options.onStorageFailed(error instanceof Error ? error.message : String(error))
    })
    writes = writes.then(() => written)
  }

  function rememberCarrier(claim: string, via: PeerId): void {
    carriers.set(claim, via)
    const oldest = carriers.keys().next()
    if (carriers.size > MAX_REMEMBERED_CARRIERS && oldest.done !== true) carriers.delete(oldest.value)
  }

  function detach(): void {
    for (const unsubscribe of subscriptions) unsubscribe()
    subscriptions = []
    for (const answer of requested.values()) answer(undefined)
    requested.clear()
    directory.attach(undefined)
    mesh = undefined
  }

  const neighboursChanged = (neighbours: readonly Neighbour[]): void => {
    happen({ kind: 'neighbours', neighbours })
    options.onNeighbours(neighbours)
  }

  return {
    attach(next) {
      detach()
      mesh = next
      if (next === undefined) return neighboursChanged([])
      directory.attach(next.directory)
      subscriptions = [
        next.channel.subscribe(({ id, from, bytes }) => happen({ kind: 'delivered', id, from, bytes })),
        next.requests.serve((from, bytes) => new Promise((resolve) => {
          lastRequest += 1
          requested.set(lastRequest, resolve)
          happen({ kind: 'requested', ticket: lastRequest, from, bytes })
        })),
        next.members.subscribe(neighboursChanged),
      ]
      neighboursChanged(next.members.current())
    },
    heartbeat: () => happen({ kind: 'heartbeat' }),
    found: (discovery) => happen({ kind: 'found', discovery }),
    beacon: (epoch) => beaconAt(state, epoch),
    credit: () => creditBoards(state),
    exportCredit: () => exportCredit(state, keys, archive, clock.wall()),
    worked: (work) => happen({ kind: 'worked', ...work }),
    declare: (declaration) => happen({ kind: 'declare', declaration }),
    tell: (statement) => happen({ kind: 'tell', statement }),
    choose: (shunned, spared) => happen({ kind: 'choose', shunned, spared }),
    revise: (document) => happen({ kind: 'policy', document }),
    policy: () => policyView(state),
    model: () => modelViewOf(state, state.clock.passed),
    document: () => state.options.document ?? options.document,
    bans: () => bansOf(state),
    reputations: () => reputationsOf(state),
    signatories: () => signatories(state),
    statements: (kind) => state.registry.of(kind),
    saveData: (isOn) => happen({ kind: 'thrift', isOn }),
    pin: (cid, isPinned) => happen({ kind: 'pin', cid, isPinned }),
    makeRoom: () => happen({ kind: 'short-of-room' }),
    isPinned: (cid) => state.storage.pinned.has(cid),
    best: (task) => bestEntry(state, task),
    entries: () => entriesOf(state),
    archived: () => countersOf(state).sizes.niches,
    counters: () => countersOf(state),
    async close() {
      closed = true
      detach()
      await writes
    },
  }
}

async function storedEntries(archive: Archive, realmId: string): Promise<Pick<MemberOptions, 'entries' | 'bodies'>> {
  const prefixes = rowPrefixes(realmId)
  const [claimRows, bodyRows] = await Promise.all([archive.list(prefixes.claims), archive.list(prefixes.bodies)])
  const { entries, bodies, damaged } = restoreEntries([...claimRows, ...bodyRows])
  // A damaged row would be read and refused at every start; the mesh has the entry if it was worth something.
  if (damaged.length > 0) await archive.write(damaged.map((key) => ({ key, value: undefined })))
  return { entries, bodies }
}

/** The same at every start, and nothing that anybody else sees: Ed25519 signs the same bytes the same way (RFC 8032). */
async function beaconSeedOf(keys: Keys): Promise<Uint8Array> {
  return (await keys.sign(new TextEncoder().encode('megabrain-beacon-seed/1'))).slice(32)
}

async function allHold(keys: Keys, checks: readonly SignatureCheck[]): Promise<boolean> {
  for (const { key, message, signature } of checks) {
    if (!await keys.verify(key, message, signature).catch(() => false)) return false
  }
  return true
}
