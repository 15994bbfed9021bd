// A realm's rule in words: who may publish, why this browser may not, what a ban is about.

import type { GovernanceView } from '@megabrain/island'
import { plural, shortId, shortKey } from './format.ts'

type Policy = GovernanceView['policy']
type Ban = GovernanceView['bans'][number]

export function publishSentence({ realm }: Policy): string {
  switch (realm.publish) {
    case 'open':
      return realm.capacity === 0 ? 'Everybody may publish.' : `Up to ${plural(realm.capacity, 'author')} may publish.`
    case 'listed':
      return `Only ${plural(realm.publishers.length, 'listed author')} and the moderators may publish.`
    case 'invited':
      return 'Who has an invite from a moderator may publish.'
  }
}

/** Why nothing of this browser is announced; undefined when it may be. */
export function barredSentence({ barred }: Policy): string | undefined {
  switch (barred) {
    case undefined:
      return undefined
    case 'not-invited':
      return 'You can evolve and watch here, but publishing takes an invite.'
    case 'terms-not-accepted':
      return 'Accept the terms to publish here. Evolving and watching need no acceptance.'
    case 'realm-full':
      return 'The realm is full for now: you can evolve and watch, and publish once its owner makes room.'
    case 'moderated':
      return 'A moderator has banned what you publish here.'
  }
}

export function banSentence({ target, reason, moderator }: Ban): string {
  const what = target.of === 'author'
    ? `everything by ${shortKey(target.author)}`
    : target.of === 'lineage' ? `${shortId(target.cid)} and what descends from it` : shortId(target.cid)
  return `${shortKey(moderator)} banned ${what}${reason === '' ? '' : `: ${reason}`}`
}
