// Policies to begin with, for three kinds of realm, and a new one made from an old one. All moderated by their owner.

import { createRealm, type Realm } from './realm.ts'

export const templates = ['research', 'hobby', 'commercial'] as const
export type Template = (typeof templates)[number]

export interface Founding {
  readonly name: string
  /** Owner's public key, hex. */
  readonly owner: string
  readonly tasks: readonly string[]
  /** Beside the owner. */
  readonly moderators?: readonly string[]
}

const RESEARCH_TERMS =
  'Results are shared so that anybody may check, reuse and cite them. Say whose they are when you pass them on. '
  + 'Do not publish what harms people, and do not claim what you did not find.'
const RESEARCH_PLEDGE = 'I shall not use what is found here to harm people.'
const COMMERCIAL_TERMS =
  'Results belong to those who operate this realm. They stay in it. Whoever publishes here has the right to do so, '
  + 'and grants the operators the use of what is published under the stated licence.'

/** A first policy for a realm of this kind. */
export function realmFromTemplate(template: Template, founding: Founding): Realm {
  const realm = { ...createRealm(founding), moderators: moderatorsOf(founding) }
  switch (template) {
    case 'hobby':
      return realm
    case 'research':
      return { ...realm, terms: RESEARCH_TERMS, pledge: RESEARCH_PLEDGE, containment: 2, beaconSigners: [founding.owner] }
    case 'commercial':
      return { ...realm, publish: 'invited', terms: COMMERCIAL_TERMS, containment: 3, capacity: 256, license: 'LicenseRef-Realm' }
  }
}

/** A new realm under the policy of `origin`, which it names; owner, moderators and publishers are its own. */
export function forkRealm(origin: Realm, originId: string, founding: Omit<Founding, 'tasks'>): Realm {
  const { name, owner } = founding
  const beaconSigners = origin.beaconSigners.length === 0 ? [] : [owner]
  return { ...origin, name, owner, revision: 1, moderators: moderatorsOf(founding), publishers: [], beaconSigners, origin: originId }
}

function moderatorsOf({ owner, moderators = [] }: Omit<Founding, 'tasks'>): readonly string[] {
  return [...new Set([owner, ...moderators])].sort()
}
