// `megabrain team`: the invitation of a team to everybody, for the attribute `team` of `<mega-brain>` and of others who let many
// people count for one name. Nothing here needs a network.

import { formatOpenTeam, openTeamMessage, teamId } from '@megabrain/exchange'
import type { Answer, Command } from '../command.ts'
import { openOwnerKey } from '../realm/owner-key.ts'
import { readOptions, required, UsageError } from '../usage.ts'

export const teamCommand: Command = {
  usage: 'team --name NAME --key FILE',
  async run(args): Promise<Answer> {
    const { values } = readOptions(args, { name: { type: 'string' }, key: { type: 'string' } })
    const name = required(values.name, '--name')
    const file = required(values.key, '--key')
    if (!/^[a-z0-9-]{1,32}$/.test(name)) throw new UsageError(`--name must be 1 to 32 of a-z, 0-9 and -, got ${JSON.stringify(name)}`)
    const key = openOwnerKey(file)
    const team = { name, owner: key.owner }
    const invitation = formatOpenTeam({ ...team, invite: key.sign(openTeamMessage(team)) })
    return { json: { id: teamId(team), ...team, key: file, invitation }, text: invitation }
  },
}
