// What may cross a realm's border, by its containment level. Programs of this project obey it; a stranger's program that
// has a genotype can do as it likes, so containment is a promise among members and no lock.

import type { Containment, Realm } from './realm.ts'

export const containmentMeaning: Readonly<Record<Containment, string>> = {
  1: 'Champions may leave the realm.',
  2: 'Champions may leave only together with the signed claim that says whose they are.',
  3: 'Champions stay in the realm: they are neither exported nor carried into forks.',
  4: 'Champions stay in the realm, and nothing is brought in from elsewhere.',
}

/** @param what the bare genotype, or the genotype with its claim */
export function mayExport({ containment }: Pick<Realm, 'containment'>, what: 'genotype' | 'claim'): boolean {
  return containment === 1 || (containment === 2 && what === 'claim')
}

/** Whether a genotype from outside may be brought in. */
export function mayImport({ containment }: Pick<Realm, 'containment'>): boolean {
  return containment !== 4
}

/** Whether champions of `from` may go on in `to`: as claims by whoever carries them. */
export function mayCarryOver(from: Pick<Realm, 'containment'>, to: Pick<Realm, 'containment'>): boolean {
  return mayExport(from, 'claim') && mayImport(to)
}
