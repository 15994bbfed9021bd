// The invitation of a team to everybody, as one word of text: what a site writes on its page, so that those who lend their time
// there count for its team. Nobody is asked for a name, and the site learns of nobody.

import { hexBytes, hexText } from '../bytes/text.ts'
import { KEY_BYTES, SIGNATURE_BYTES } from '../claim/envelope.ts'
import type { TeamName } from './team.ts'

export interface OpenTeam extends TeamName {
  /** The owner's signature over `openTeamMessage`, which whoever joins has others check. */
  readonly invite: Uint8Array
}

const TEXT = new RegExp(`^([a-z0-9-]{1,32})\\.([0-9a-f]{${2 * KEY_BYTES}})\\.([0-9a-f]{${2 * SIGNATURE_BYTES}})$`)

/** `NAME.OWNER.SIGNATURE`, the last two in hex. */
export function formatOpenTeam({ name, owner, invite }: OpenTeam): string {
  return `${name}.${owner}.${hexText(invite)}`
}

/** Undefined for any other text. That the signature holds is checked by those who hear of a member. */
export function parseOpenTeam(text: string): OpenTeam | undefined {
  const [, name, owner, invite] = TEXT.exec(text) ?? []
  return name === undefined || owner === undefined || invite === undefined ? undefined : { name, owner, invite: hexBytes(invite) }
}
