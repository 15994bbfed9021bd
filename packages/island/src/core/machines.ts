// This machine among those of its owner, in one realm: tells how it is doing once there is another that listens, opens what the
// others tell, and says whether the owner wants all to pause. What that means for the worker is the host's business.

import { machineDeclaration, machineKind, revocationDeclaration, revocationKind } from '@megabrain/exchange'
import type { Archive, Declaration, Entry, Held, Keys, MachineWord, StatementKind } from '@megabrain/exchange'
import type { MachinesView } from '../snapshot.ts'
import { hexOf } from './compose-snapshot.ts'
import { isPausedByOwner, isWordDue, machinesView, wishOf } from './owners-machines.ts'
import type { HeardWord, Surroundings } from './owners-machines.ts'
import { createSeal } from './sealed-word.ts'

type StateWord = MachineWord & { readonly of: 'state' }

export interface MachinesOptions {
  readonly realmId: string
  readonly keys: Keys
  readonly archive: Archive
  readonly member: {
    statements<T>(kind: StatementKind<T>): readonly Held<T>[]
    declare(declaration: Declaration): void
    entries(): readonly Entry[]
  }
  readonly clock: { wall(): number }
  /** The owner's wish may have changed. */
  onChange(): void
}

export interface Machines {
  /** Opens what is new. Resolves when it can be read. */
  read(): Promise<void>
  /** Once a second, and after a statement has come: reads what is new, and tells this machine's word where it is due. */
  tick(own: Omit<StateWord, 'of'>): void
  /** Undefined for keys from before there were words. */
  view(): MachinesView | undefined
  /** Whether the owner wants this machine to rest. */
  isPaused(): boolean
  /** Asks all machines of the owner, this one too, to pause or to go on. */
  ask(paused: boolean): Promise<void>
  /** Goes on here whatever was asked until now. */
  overrule(): void
  /** As the owner: what the device claims from now on is nobody's, and no machine obeys it. */
  revoke(device: string): void
}

/** Statements that were opened already; each device has two at a time. */
const MAX_OPENED = 512

const overruledKey = (realm: string): string => `island/${realm}/overruled-wish`

export async function openMachines({ realmId, keys, archive, member, clock, onChange }: MachinesOptions): Promise<Machines> {
  const author = hexOf(keys.owner)
  const self = hexOf(keys.device)
  const seal = keys.machines === undefined ? undefined : await createSeal(keys.machines.secret)
  let overruled = Number(new TextDecoder().decode(await archive.read(overruledKey(realmId)) ?? new Uint8Array())) || 0
  let told: { readonly word: StateWord; readonly at: number } | undefined
  /** By statement id; undefined: it is on its way, or nothing that we can read. */
  let opened = new Map<string, MachineWord | undefined>()

  const held = () => member.statements(machineKind).filter(({ statement }) => statement.author === author)

  function surroundings(): Surroundings {
    const words = held().flatMap(({ statement: { id, signer, revision, time } }): HeardWord[] => {
      const word = opened.get(id)
      return word === undefined ? [] : [{ device: signer, word, revision, time }]
    })
    const revoked = new Set(member.statements(revocationKind).filter(({ statement }) => statement.author === author).map(({ value }) => value.device))
    return { self, words, revoked, overruled, now: clock.wall() }
  }

  async function read(): Promise<void> {
    if (seal === undefined) return
    const opening: Promise<void>[] = []
    const present = held()
    if (opened.size > MAX_OPENED) opened = new Map(present.map(({ statement: { id } }) => [id, opened.get(id)]))
    for (const { statement: { id }, value } of present) {
      if (opened.has(id)) continue
      opened.set(id, undefined)
      opening.push(seal.open(value).then((word) => {
        opened.set(id, word)
        onChange()
      }))
    }
    await Promise.all(opening)
  }

  async function say(word: MachineWord, revision?: number): Promise<void> {
    const sealed = await seal?.close(word)
    if (sealed !== undefined) member.declare(machineDeclaration(word.of, sealed, revision))
  }

  /** Whoever has a single machine tells nobody anything. */
  const isAmongOthers = (): boolean => keys.machines?.isLinked === true || held().some(({ statement }) => statement.signer !== self)

  return {
    read,
    tick(own) {
      void read()
      const word: StateWord = { of: 'state', ...own }
      const now = clock.wall()
      if (seal === undefined || !isAmongOthers() || !isWordDue(told, word, now)) return
      told = { word, at: now }
      void say(word)
    },
    view: () => (seal === undefined ? undefined : machinesView(surroundings(), keys.machines?.holdsOwner === true)),
    isPaused: () => isPausedByOwner(surroundings()),
    async ask(paused) {
      // By the clock, so that a machine that has not heard the last wish yet still speaks after it.
      await say({ of: 'wish', paused }, Math.max(Math.floor(clock.wall()), (wishOf(surroundings())?.revision ?? 0) + 1))
    },
    overrule() {
      const { revision = 0 } = wishOf(surroundings()) ?? {}
      if (revision <= overruled) return
      overruled = revision
      void archive.write([{ key: overruledKey(realmId), value: new TextEncoder().encode(String(revision)) }]).catch(() => undefined)
    },
    revoke(device) {
      if (keys.machines?.holdsOwner !== true) return
      const claimed = member.entries().filter(({ claim }) => claim.device === device).map(({ claim }) => claim.sequence)
      member.declare(revocationDeclaration({ device, from: Math.max(0, ...claimed) + 1 }))
    },
  }
}
