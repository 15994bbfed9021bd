// What the computing cost and what it brought: busy time, today's part of it, and fitness found here. Kept with the ledger,
// so that energy and the daily limit count over restarts; formulas: docs/energy.md.

export interface WorkAccount {
  /** Busy time of one core since the first start, all workers together, ms. */
  readonly busyMs: number
  /** The local day (`localDay`) on which something was computed last, and the busy time of that day. */
  readonly day: number
  readonly todayMs: number
  /** Sum of the improvements of the best fitness that were found here and not adopted, all tasks together. */
  readonly gained: number
}

export const noWork: WorkAccount = { busyMs: 0, day: 0, todayMs: 0, gained: 0 }

export function withWork(account: WorkAccount, busyMs: number, day: number): WorkAccount {
  return { ...account, busyMs: account.busyMs + busyMs, day, todayMs: (day === account.day ? account.todayMs : 0) + busyMs }
}

/** @param gain by how much the best fitness found here grew */
export function withGain(account: WorkAccount, gain: number): WorkAccount {
  return { ...account, gained: account.gained + Math.max(0, gain) }
}

/** Of several realms. */
export function sumOfWork(accounts: readonly WorkAccount[]): WorkAccount {
  const day = Math.max(0, ...accounts.map((account) => account.day))
  return accounts.reduce((sum, { busyMs, todayMs, gained, day: on }) => ({
    busyMs: sum.busyMs + busyMs, day, todayMs: sum.todayMs + (on === day ? todayMs : 0), gained: sum.gained + gained,
  }), { ...noWork, day })
}

/** From a row that may hold anything. */
export function decodeWork(value: unknown): WorkAccount {
  const { busyMs, day, todayMs, gained } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Record<keyof WorkAccount, unknown>>
  const amount = (one: unknown): number => typeof one === 'number' && Number.isFinite(one) && one > 0 ? one : 0
  return { busyMs: amount(busyMs), day: amount(day), todayMs: amount(todayMs), gained: amount(gained) }
}

/** Estimated energy beyond that of the idle machine, watt-hours, and fitness gained for each; undefined before there is any. */
export function energyOf({ busyMs, gained }: WorkAccount, wattsPerCore: number): { readonly wattHours: number; readonly fitnessPerWattHour: number | undefined } {
  const wattHours = busyMs / 3_600_000 * wattsPerCore
  return { wattHours, fitnessPerWattHour: wattHours > 0 ? gained / wattHours : undefined }
}
