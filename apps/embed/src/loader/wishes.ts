// What a site wrote on its element, as the frame takes it. A value that is none is the default, and `doctor()` names it.

import { defaultWishes, MAX_TEAM_CHARACTERS, sizes, themes, type Wishes } from '../protocol.ts'

export const attributes = ['max-duty', 'theme', 'size', 'team'] as const
export type WishAttribute = (typeof attributes)[number]

/** What an attribute must be, for people. */
export const accepted: Readonly<Record<WishAttribute, string>> = {
  'max-duty': 'a whole number from 1 to 100',
  'theme': themes.join(', '),
  'size': sizes.join(', '),
  'team': 'an invitation as `megabrain team` prints it',
}

/** @param read the attribute's text; null when it is not there */
export function wishesFrom(read: (attribute: WishAttribute) => string | null): { readonly wishes: Wishes; readonly faults: readonly WishAttribute[] } {
  const faults: WishAttribute[] = []
  const value = <T>(attribute: WishAttribute, parse: (text: string) => T | undefined, fallback: T): T => {
    const text = read(attribute)
    if (text === null || text === '') return fallback
    const parsed = parse(text)
    if (parsed === undefined) faults.push(attribute)
    return parsed ?? fallback
  }
  const wishes: Wishes = {
    maxDuty: value('max-duty', whole(100), defaultWishes.maxDuty),
    theme: value('theme', oneOf(themes), defaultWishes.theme),
    size: value('size', oneOf(sizes), defaultWishes.size),
    team: value('team', (text) => (text.length <= MAX_TEAM_CHARACTERS && /^[\w.-]+$/.test(text) ? text : undefined), defaultWishes.team),
  }
  return { wishes, faults }
}

function whole(to: number): (text: string) => number | undefined {
  return (text) => {
    const number = /^\d{1,3}$/.test(text) ? Number(text) : 0
    return number >= 1 && number <= to ? number : undefined
  }
}

function oneOf<T extends string>(list: readonly T[]): (text: string) => T | undefined {
  return (text) => list.find((item) => item === text)
}
