// What an island shows and what it can be told: plain data that crosses worker and tab borders. The page draws
// snapshots and sends commands; it knows nothing else of the island.

import type { AlgorithmName, SearchConfig } from '@megabrain/evolve'
import type { DonationReason } from './donation/donation.ts'
import type { DonationSettings } from './donation/donation-settings.ts'
import type { WorkAccount } from './donation/work-account.ts'
import type { AuthorCredit, BanTarget, BanView, Claim, ModelView, PolicyView, Rank, Refusal, ReputationView, Signatory } from '@megabrain/exchange'

/** Why an island is not running, or runs as it does. The page has one sentence for each. */
export type Reason =
  | Exclude<DonationReason, 'as-set'>
  | 'not-started' // nobody has pressed Start
  | 'by-owner' // paused from another machine of the same owner
  | 'other-tab' // another tab of this browser is running; this one watches
  | 'not-conformant' // the start-up self-test failed: it explores but never claims
  | 'failed' // the worker stopped; `detail` says how

export type Phase = 'idle' | 'starting' | 'running' | 'paused' | 'stopped'

export interface Settings extends DonationSettings {
  readonly task: string
  /** How networks are bred here. Another one begins a new population from the champion. @default 'neat' */
  readonly algorithm: AlgorithmName
  /** Connect to relays alone, so that no other visitor sees this machine's address. @default false */
  readonly relayOnly: boolean
  /** A coarse label of the visitor's own wording, 1 to 16 characters of a-z, 0-9 and -, told to all; empty: none. @default '' */
  readonly region: string
  /** What this machine is called among its owner's: at most 24 printable ASCII characters, told to those alone. @default '' */
  readonly machineName: string
  /** Fewer neighbours, rarer synchronising, no large bodies of others served. @default false */
  readonly lowData: boolean
  /** Champions below this fitness are told to nobody, 0 to 1,000,000; the realm's own threshold holds too. @default 0 */
  readonly publishFrom: number
}

/** What a mesh cannot change while it is open. */
export type MeshSettings = Pick<Settings, 'relayOnly' | 'lowData'>

/** One machine of the owner, by its last word. */
export interface MachineView {
  /** Its public key, hex. */
  readonly device: string
  readonly name: string
  /** A `Phase` and a `Reason`, or words of a later release. */
  readonly phase: string
  readonly reason: string
  readonly dutyPercent: number
  readonly evaluationsPerSecond: number
  /** Milliseconds since 1970 by its clock. */
  readonly heardAt: number
  readonly isHere: boolean
  /** Not heard for three minutes: off, asleep or cut off. */
  readonly isSilent: boolean
  readonly isRevoked: boolean
}

export interface MachinesView {
  /** This one first; empty while it is the only one. */
  readonly machines: readonly MachineView[]
  /** The owner's last wish for all of them. */
  readonly isPaused: boolean
  /** Whether this machine holds the owner key, and so can take back a device. */
  readonly mayRevoke: boolean
}

/** What is computed now, as the donation has decided it. */
export interface Allowance {
  readonly running: boolean
  readonly reason: Reason | undefined
  /** @default undefined */
  readonly until?: number | undefined
  /** Share of the set duty, 0 to 1. @default 1 */
  readonly share?: number
}

export interface ChampionView {
  readonly cid: string
  /** Canonical genotype bytes: decode to draw it, compile to show it at work. */
  readonly body: Uint8Array
  readonly fitness: number
  readonly score: number
  readonly solved: boolean
  readonly hidden: number
  readonly links: number
  readonly generation: number
  readonly parents: readonly string[]
  /** Set when a stranger found it. */
  readonly author: string | undefined
}

/** A local entry made from a stranger's champion; `parent` is the source's CID. */
export interface Adoption {
  /** Local id: counts up from 1 in this browser. */
  readonly id: number
  readonly parent: string
  readonly author: string
  readonly fitness: number
  /** The neighbour it came through; empty when it was taken from the archive. */
  readonly via: string
  readonly task: string
  /** Milliseconds since 1970. */
  readonly time: number
}

/** One thing that happened, to be put into words by the page. Newest last, at most 200 kept. */
export type LogEntry = { readonly id: number; readonly time: number } & (
  | { readonly kind: 'started' | 'paused' | 'resumed' | 'stopped'; readonly reason: Reason | undefined }
  | { readonly kind: 'improved'; readonly cid: string; readonly fitness: number; readonly generation: number }
  | { readonly kind: 'solved'; readonly cid: string; readonly evaluations: number }
  | { readonly kind: 'published'; readonly cid: string; readonly fitness: number }
  | { readonly kind: 'adopted'; readonly adoption: Adoption }
  | { readonly kind: 'admitted'; readonly claim: Claim }
  | { readonly kind: 'refused'; readonly reason: Refusal; readonly via: string; readonly claimed: number | undefined; readonly measured: number | undefined }
  | { readonly kind: 'restored'; readonly champions: number; readonly generation: number }
  | { readonly kind: 'join-failed'; readonly detail: string }
  | { readonly kind: 'neighbour-joined' | 'neighbour-left'; readonly peer: string; readonly transport: string }
)

export interface HistoryPoint {
  readonly evaluations: number
  readonly generation: number
  readonly best: number
  readonly mean: number
  /** Best verified fitness in the mesh at that time. */
  readonly meshBest: number
  /** Milliseconds since 1970; this and what follows is missing in points that earlier releases kept. */
  readonly time?: number
  /** Strangers' champions that had come into the population, of all tasks, since the first start. */
  readonly adopted?: number
  readonly portrait?: Portrait
}

/** How the population looked when a generation had ended. */
export interface Portrait {
  readonly median: number
  /** Standard deviation of the fitness. */
  readonly spread: number
  /** Mean number of hidden neurons, and of links. */
  readonly hidden: number
  readonly links: number
  /** Mean genetic distance of pairs, with disjoint links counted 1 and weight differences 0.4 (Stanley and Miikkulainen 2002). */
  readonly distance: number
  /** Of the species' sizes, bits (Shannon 1948). */
  readonly entropy: number
  /** Id and size of each of the largest species by turns, at most 24, in the order of their ids. */
  readonly species: readonly number[]
}

/** A run that anyone can repeat: seed and settings decide it to the bit. */
export interface ExperimentView {
  readonly task: string
  readonly algorithm: AlgorithmName
  readonly seed: number
  /** Overrides of the settings, by name. */
  readonly settings: Readonly<Record<string, unknown>>
  /** The genotype that solved the task, and how many evaluations that took; the same as `megabrain evolve` gives. */
  readonly solution: { readonly cid: string; readonly evaluations: number } | undefined
  /** Why it cannot run. */
  readonly fault: string | undefined
}

/** A realm that the island has joined. */
export interface RealmView {
  /** Realm id, 64 hex characters. */
  readonly id: string
  readonly name: string
  /** Those of its tasks that this program can run. */
  readonly tasks: readonly string[]
  /** What the island works on there. */
  readonly task: string
  /** Best verified fitness of that task. */
  readonly bestInMesh: number
  /** Verified results kept. */
  readonly archived: number
  /** Members connected, relays included. */
  readonly neighbours: number
}

/** A verified result of the realm, as the page lists it. */
export interface FeedEntry {
  /** Mean fitness of the audits of the last eight hours, how many, and the drop from public fitness; undefined before the first. */
  readonly rank: Rank | undefined
  readonly cid: string
  readonly author: string
  readonly fitness: number
  readonly links: number
  readonly generation: number
  readonly parents: readonly string[]
  /** Milliseconds since 1970 by the author's clock. */
  readonly time: number
  /** Whether the visitor asked to keep the genotype. */
  readonly pinned: boolean
}

/** Who decides what in the realm that is shown, and what was decided. */
export interface GovernanceView {
  readonly policy: PolicyView
  readonly bans: readonly BanView[]
  readonly signatories: readonly Signatory[]
  /** Authors whose claims were not what they said, here. */
  readonly reputations: readonly ReputationView[]
}

/** Credit in the realm that is shown, as `recompute` gives it from the exported file. */
export interface CreditView {
  /** Everybody with discoveries, most first; at most 8. */
  readonly discoveries: readonly AuthorCredit[]
  /** Everybody with audited work, most first; at most 8. */
  readonly work: readonly AuthorCredit[]
  /** This browser's author; undefined before it has found anything. */
  readonly own: AuthorCredit | undefined
}

export interface Snapshot {
  /** Id of the realm that the rest of the snapshot is about; undefined before a realm was read. */
  readonly realm: string | undefined
  /** All that the island is in, in the order of joining. */
  readonly realms: readonly RealmView[]
  readonly phase: Phase
  readonly reason: Reason | undefined
  /** When the reason ends by itself, or the hours that were set, if that is known. Milliseconds since 1970. */
  readonly until: number | undefined
  /** Share of what is set that is given now, 0 to 1. */
  readonly share: number
  /** Human-readable addition to `failed`. */
  readonly detail: string | undefined
  /** True in a tab that shows another tab's island. */
  readonly watching: boolean
  readonly settings: Settings
  readonly generation: number
  /** Of this island since it was first started, restarts included. */
  readonly evaluations: number
  readonly evaluationsPerSecond: number
  /** Of the task, since the mesh that is in use was opened: to be held against what that mesh has carried. */
  readonly evaluationsSinceMesh: number
  /** Busy share of one core as measured over the last 10 s, per cent, all realms together. */
  readonly dutyPercent: number
  /** What that cost and brought so far, all realms together. */
  readonly work: WorkAccount
  readonly species: number
  readonly champion: ChampionView | undefined
  readonly bestHere: number
  readonly bestInMesh: number
  readonly history: readonly HistoryPoint[]
  /** The best verified results of the task, the fittest first: at most 12, and at most 24 more that the visitor keeps. */
  readonly feed: readonly FeedEntry[]
  /** At most five seconds old; undefined before the first start. */
  readonly credit: CreditView | undefined
  /** Undefined before the first start. */
  readonly governance: GovernanceView | undefined
  /** The experiment that was started last, if any. */
  readonly experiment: ExperimentView | undefined
  readonly adoptions: readonly Adoption[]
  readonly log: readonly LogEntry[]
  readonly refusals: Readonly<Partial<Record<Refusal, number>>>
  readonly admitted: number
  readonly published: number
  /** Verified results kept in this browser. */
  readonly archived: number
  /** The owner's public key, hex; undefined before the first start. */
  readonly author: string | undefined
  /** The owner's machines in the realm that is shown; undefined before the first start, and for keys from before there were words. */
  readonly machines: MachinesView | undefined
  /** Coordinator, round and the last rounds of a realm of Model 2; absent in a realm of Model 1. */
  readonly model?: ModelView
}

export type Command =
  /** `finish` ends the generation first and then stops. */
  | { readonly kind: 'start' | 'resume' | 'stop' }
  | PauseCommand
  | { readonly kind: 'configure'; readonly settings: Partial<Settings> }
  | IslandCommand

export type PauseCommand =
  /** `finish` ends the generation first and then stops. */
  | { readonly kind: 'pause' | 'finish' }
  /** Pauses until then, milliseconds since 1970. */
  | { readonly kind: 'snooze'; readonly until: number }

/** What only a running island can do. */
export type IslandCommand =
  /** Asks all machines of the owner, this one too, to pause or to go on, in every realm that they share. */
  | { readonly kind: 'ask-machines'; readonly paused: boolean }
  /** Goes on here whatever the owner asked of all machines until now. */
  | { readonly kind: 'overrule' }
  /** Joins a realm by its signed policy document, and shows it. */
  | { readonly kind: 'join'; readonly document: Uint8Array }
  /** Shows a joined realm, or leaves it. */
  | { readonly kind: 'focus' | 'leave'; readonly realm: string }
  | HostCommand

/** What is done in the realm that is shown. */
export type HostCommand =
  /** Measures a canonical genotype on `task` and publishes it, if the realm's gate lets it through. */
  | { readonly kind: 'publish'; readonly realm: string; readonly task: string; readonly body: Uint8Array }
  /** Begins a run by a file that `megabrain evolve --config` takes. */
  | { readonly kind: 'experiment'; readonly config: SearchConfig }
  /** As a moderator: bans, or lifts a ban. `reason` is printable ASCII, at most 96 characters. */
  | { readonly kind: 'ban'; readonly target: BanTarget; readonly reason: string; readonly lifted: boolean }
  /** Keeps a genotype of the archive for good, or no longer. */
  | { readonly kind: 'pin'; readonly cid: string; readonly isPinned: boolean }
  /** As the owner: takes back a device, hex. */
  | { readonly kind: 'revoke'; readonly device: string }
  /** Joins a team by its invitation to everybody, as `formatOpenTeam` writes it. Another text does nothing. */
  | { readonly kind: 'join-team'; readonly invitation: string }
  /** Signs that the terms are accepted. */
  | { readonly kind: 'accept-terms'; readonly pledged: boolean }
