// Devices that claim work they did not do, among many that did, and auditors that are islands themselves: the real plan and
// the real account on receipts whose truth is known, without any evolution. How fast are cheats caught, what does it cost?

import { createRandom } from '@megabrain/evolve'
import { planAudit } from '../src/credit/plan.ts'
import { chained, KEPT_STATES, type Receipt } from '../src/credit/receipt.ts'
import { TRUSTED_AFTER } from '../src/credit/sampling.ts'
import { concluded, createStanding, creditOf, EPOCH_MS, epochOf, type Standing } from '../src/credit/standing.ts'

export type Cheat = 'always' | 'half' | 'tenth' | 'sleeper'

export interface CheatOptions {
  readonly devices: number
  /** Of all devices, equally divided over `kinds`. */
  readonly cheatShare: number
  readonly kinds: readonly Cheat[]
  readonly hours: number
  readonly seed: number
}

export interface CheatReport {
  /** Evaluations that auditors ran again, of those that honest devices did. */
  readonly cost: number
  /** The same over the last hour alone, newcomers long past. */
  readonly costInLastHour: number
  readonly byKind: readonly {
    readonly kind: Cheat
    readonly devices: number
    readonly caught: number
    /** False receipts of a device until some auditor found one; of those caught. */
    readonly falseReceipts: { readonly median: number; readonly worst: number }
    /** False receipts that count in the end, of all that were issued. */
    readonly credited: number
  }[]
  /** What counts in the end of what honest devices did: median of devices. */
  readonly honestCredited: number
  /** Honest devices that an audit failed. Must be 0. */
  readonly wronged: number
}

/** A receipt every 40 s: 10 s of work at a quarter of a core. */
const RECEIPT_MS = 40_000
const NEIGHBOURS = 8
const EVALUATIONS = 1_000
const WORK = 1_000_000
/** A sleeper is honest for this long: longer than anyone's probation. */
const ASLEEP_RECEIPTS = 120

interface Device {
  readonly index: number
  readonly key: string
  readonly kind: Cheat | undefined
  readonly kept: Receipt[]
  tip: Receipt | undefined
  falsehoods: number
  /** False receipts issued when first caught. */
  caughtAt: number | undefined
  /** Whom it audits; what counted in spans that ended. */
  readonly auditee: { device: Device; standing: Standing | undefined; readonly secret: Uint8Array; spent: number; ended: number; falseCurrent: number; falseSettled: number }
  isAudited: boolean
}

export function simulateCheats({ devices: count, cheatShare, kinds, hours, seed }: CheatOptions): CheatReport {
  const random = createRandom(seed)
  const lies = new Set<string>()
  const key = (prefix: string, number: number): string => prefix + number.toString(16).padStart(64 - prefix.length, '0')
  const cheats = Math.round(count * cheatShare)
  const devices = Array.from({ length: count }, (_, index): Device => ({
    index, key: key('d', index), kind: index < cheats ? kinds[index % kinds.length] : undefined, kept: [], tip: undefined, falsehoods: 0,
    caughtAt: undefined,
    auditee: { device: undefined as unknown as Device, standing: undefined, secret: Uint8Array.of(index & 255, index >> 8), spent: 0, ended: 0, falseCurrent: 0, falseSettled: 0 },
    isAudited: false,
  }))
  // A random graph of eight neighbours each; an island audits one that nobody audits yet, if it has one.
  for (const device of devices) {
    const neighbours = Array.from({ length: NEIGHBOURS }, () => devices[random.integer(count)]!).filter((other) => other !== device)
    device.auditee.device = neighbours.find(({ isAudited }) => !isAudited) ?? neighbours[0] ?? devices[(device.index + 1) % count]!
    device.auditee.device.isAudited = true
  }
  const steps = Math.round((hours * EPOCH_MS) / RECEIPT_MS)
  let receipts = 0
  let replayedBefore = 0
  let replayed = 0
  let wronged = 0
  for (let step = 0; step < steps; step++) {
    const now = step * RECEIPT_MS
    if (steps - step === Math.round(EPOCH_MS / RECEIPT_MS)) replayedBefore = replayed
    for (const device of devices) {
      const isLie = lying(device, random.uniform())
      const number = receipts++
      const stretch = {
        task: 'xor', before: device.tip?.after ?? key('0', device.index), origin: device.tip === undefined ? device.index : undefined,
        admitted: [], entered: device.tip?.after ?? key('0', device.index), evaluations: EVALUATIONS, work: WORK, after: key('a', number),
      }
      const signer = { realm: key('', 1), evaluator: key('', 2), author: device.key, device: device.key, time: now }
      const receipt: Receipt = { id: key('e', number), ...chained(stretch, device.tip, signer) }
      if (isLie) {
        lies.add(receipt.id)
        device.falsehoods++
      }
      device.tip = receipt
      device.kept.push(receipt)
      if (device.kept.length > KEPT_STATES) device.kept.shift()
    }
    // Every second step: an auditee is visited once a minute.
    if (step % 2 === 0) for (const device of devices) audit(device, now)
  }

  function audit(auditor: Device, now: number): void {
    const { auditee } = auditor
    const { device, secret } = auditee
    const own = (auditor.tip?.number ?? 0) * WORK
    const canAfford = (work: number): boolean => auditee.spent + work <= 0.02 * own + 10 * WORK
    const standing = auditee.standing ?? createStanding(device.kept[0]!, epochOf(now))
    const { batch, due, skipped } = planAudit(standing, device.kept.filter(({ number: n }) => n > (standing.tip?.number ?? 0)), secret, canAfford)
    const held: Receipt[] = []
    let failed = false
    for (const receipt of due) {
      auditee.spent += WORK
      replayed += EVALUATIONS
      if (lies.has(receipt.id)) {
        failed = true
        break
      }
      held.push(receipt)
    }
    if (failed && device.kind === undefined) wronged++
    if (failed) device.caughtAt ??= device.falsehoods
    const isTrusted = standing.valid >= TRUSTED_AFTER
    const counted = (isTrusted ? batch.receipts.filter((receipt) => !skipped.includes(receipt)) : held).filter(({ id }) => lies.has(id)).length
    if (epochOf(now) > standing.epoch) {
      auditee.falseSettled += auditee.falseCurrent
      auditee.falseCurrent = 0
    }
    if (batch.spanFrom !== undefined) auditee.ended += creditOf(standing).evaluations
    auditee.standing = concluded(standing, batch, { held, skipped, ended: failed ? 'failed' : 'held', epoch: epochOf(now) })
    auditee.falseCurrent = auditee.standing.isVoid ? 0 : auditee.falseCurrent + counted
  }

  const creditOfDevice = new Map<Device, number>()
  const falseOfDevice = new Map<Device, number>()
  for (const { auditee } of devices) {
    const { device, falseCurrent, falseSettled } = auditee
    falseOfDevice.set(device, Math.max(falseCurrent + falseSettled, falseOfDevice.get(device) ?? 0))
    const credit = auditee.ended + (auditee.standing === undefined ? 0 : creditOf(auditee.standing).evaluations)
    creditOfDevice.set(auditee.device, Math.max(credit, creditOfDevice.get(auditee.device) ?? 0))
  }
  const honest = devices.filter(({ kind }) => kind === undefined)
  const done = honest.length * steps * EVALUATIONS
  const lastHour = honest.length * Math.round(EPOCH_MS / RECEIPT_MS) * EVALUATIONS
  return {
    cost: replayed / done,
    costInLastHour: (replayed - replayedBefore) / lastHour,
    byKind: kinds.map((kind) => {
      const group = devices.filter((device) => device.kind === kind)
      const caught = group.flatMap(({ caughtAt }) => caughtAt ?? []).sort((a, b) => a - b)
      const claimed = group.reduce((sum, { falsehoods }) => sum + falsehoods, 0)
      const counted = group.reduce((sum, device) => sum + (falseOfDevice.get(device) ?? 0), 0)
      return {
        kind, devices: group.length, caught: caught.length,
        falseReceipts: { median: caught[caught.length >> 1] ?? 0, worst: caught.at(-1) ?? 0 }, credited: claimed === 0 ? 0 : counted / claimed,
      }
    }),
    honestCredited: median(honest.map((device) => (creditOfDevice.get(device) ?? 0) / (steps * EVALUATIONS))),
    wronged,
  }
}

function lying({ kind, tip }: Device, uniform: number): boolean {
  if (kind === undefined) return false
  if (kind === 'always') return true
  if (kind === 'half') return uniform < 0.5
  if (kind === 'tenth') return uniform < 0.1
  return (tip?.number ?? 0) >= ASLEEP_RECEIPTS
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
}
