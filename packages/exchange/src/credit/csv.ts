// Leaderboards as one CSV table (RFC 4180) for those who prefer a spreadsheet: the same numbers, nothing signed.

import type { Leaderboards } from './leaderboards.ts'

const HEADER = 'kind,key,name,discoveries,finds,work,evaluations,claimed,devices,failures,badges'

/** Numbers as JavaScript writes them, so that reading them back gives the same. */
export function leaderboardCsv({ authors, teams }: Leaderboards): string {
  const rows = [
    ...authors.map(({ author, discoveries, finds, work, evaluations, claimed, devices, failures, badges }) => (
      ['author', author, '', discoveries, finds, work, evaluations, claimed, devices, failures, badges.join(' ')])),
    ...teams.map(({ id, name, discoveries, work, evaluations }) => ['team', id, name, discoveries, '', work, evaluations, '', '', '', '']),
  ]
  return [HEADER, ...rows.map((row) => row.join(','))].map((line) => `${line}\r\n`).join('')
}
