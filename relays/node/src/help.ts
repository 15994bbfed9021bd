// What `--help` prints and what `--init` writes: the same settings, told to somebody who sees them for the first time. Apart from the
// settings themselves, which know what they accept and not which of them a beginner needs.

import { settingKeys, settings } from './configuration.ts'
import type { SettingKey } from './configuration.ts'

/** What a setting does, for those whose name and accepted values do not say it. */
const MEANING: Readonly<Partial<Record<SettingKey, string>>> = {
  port: 'TCP port of the page and of WebSockets',
  host: 'where to listen; 0.0.0.0 for everybody, 127.0.0.1 for this machine only',
  data: 'folder of the relay\'s identity and archive; back it up',
  announce: 'addresses that others shall dial, where they differ from those that it listens on',
  tlsCert: 'own certificate: page and WebSockets are then https and wss; read again when it changes',
  tlsKey: 'the key of that certificate',
  trustedProxies: 'reverse proxies whose X-Forwarded-For names the visitor',
  webrtcDirectPort: 'UDP port of webrtc-direct',
  webtransportPort: 'UDP port of WebTransport, by which pages on https reach a relay without a domain',
  stunPort: 'UDP port that tells tabs how they are seen from outside',
  turn: 'TURN servers for tabs that cannot reach each other',
  turnSecretFile: 'secret shared with them, from which passwords for a day are made',
  join: 'pages of other relays to form one mesh with',
  joinable: 'of which other relays members are told',
  realm: 'name of the realm that this relay owns',
  tasks: 'tasks of that realm',
  moderators: 'who moderates it beside its owner',
  verifierCpuPercent: 'most that checking claims may compute',
  maxReservations: 'tabs that can be reached through this relay at a time',
  maxSocketsPerAddress: 'connections of one remote address',
  webApp: 'folder of the built page',
  embedPort: 'TCP port of what other sites frame to lend their visitors\' idle time; never the port of the page',
  embedOrigin: 'where browsers find it, when a reverse proxy serves it under a name of its own',
  embedApp: 'folder of what is served there',
  admin: 'from where the page /admin/ may be used',
  adminTokenFile: 'who has this token is the operator',
  maxMemoryMb: 'memory beyond which it refuses newcomers instead of dying',
  quotas: 'what one peer, address prefix, author or realm may use',
}

interface Group {
  readonly title: string
  readonly keys: readonly SettingKey[]
}

const GROUPS: readonly Group[] = [
  { title: 'First of all', keys: ['host', 'port', 'data', 'announce'] },
  { title: 'https by an own certificate, or behind a proxy', keys: ['tlsCert', 'tlsKey', 'trustedProxies'] },
  { title: 'Other transports (UDP)', keys: ['webtransportPort', 'webrtcDirectPort', 'stunPort', 'turn', 'turnSecretFile'] },
  { title: 'The own realm, and those of others', keys: ['realm', 'tasks', 'moderators', 'join', 'joinable'] },
  { title: 'Limits', keys: ['maxReservations', 'maxSocketsPerAddress', 'verifierCpuPercent', 'maxMemoryMb', 'quotas'] },
  { title: 'Other sites', keys: ['embedPort', 'embedOrigin'] },
  { title: 'Control', keys: ['admin', 'adminTokenFile'] },
]

function groups(): readonly Group[] {
  const rest = settingKeys.filter((key) => !GROUPS.some(({ keys }) => keys.includes(key)))
  return [...GROUPS, { title: 'Others', keys: rest }]
}

/** What `--help` prints. */
export function configurationHelp(): string {
  const sections = groups().map(({ title, keys }) => `${title}\n${keys.map(row).join('')}`)
  return `A Megabrain relay introduces browser tabs to each other, keeps what they found, and serves the page.

A first relay, for this machine only:
  megabrain relay
A public one, on a bare IP address:
  megabrain relay --init                                  writes megabrain-relay.json: read it, change it
  megabrain relay --config megabrain-relay.json --check   tries every address and says what does not work
  megabrain relay --config megabrain-relay.json           runs it
How it looks from outside, on another machine:
  megabrain relay --check http://198.51.100.7:8787
From nothing to a relay with a domain, step by step: docs/operating-a-relay.md

What to do (default: run until SIGTERM)
  --init               write a first file of settings, with comments; --config FILE says where
  --check [URL]        dial every address of this relay, or of the one whose page is at URL, and say which fail and why;
                       exit 1 when one does
  --backup FILE        copy archive, keys, realms and settings into one file, also while the relay runs
  --restore FILE       put such a copy into an empty data folder
  --rotate-identity    give the relay a new peer key; the old one is kept aside
  --help
  --json               with one of these: one JSON document instead of words

Where settings come from: a flag, else the environment variable, else the key in the JSON object of --config FILE (lines that
start with // are comments), else the default.
  --config FILE

${sections.join('\n')}`
}

/** What `--init` writes: every setting, those that a beginner decides on set and the others behind `//`. */
export function firstFile(): string {
  const [first, ...later] = groups()
  const set: Partial<Record<SettingKey, string>> = { host: '"0.0.0.0"', port: '8787', data: '"./megabrain-data"' }
  const lines = (keys: readonly SettingKey[]): string => keys.filter((key) => key !== 'webApp' && key !== 'embedApp').map((key) => {
    const { accepted, fallback } = settings[key]
    return `  // ${meaning(key)}: ${accepted}\n  // "${key}": ${JSON.stringify(fallback)},\n`
  }).join('\n')
  const decided = Object.entries(set).map(([key, value]) => `  // ${meaning(key as SettingKey)}\n  "${key}": ${value}`)
  return `// Settings of a Megabrain relay. Lines that start with // are comments: take the // away from a setting to change it.
// Begin at the end: the last three hold already. Paths start at this file.
{
${later.filter(({ keys }) => lines(keys) !== '').map(({ title, keys }) => `  // ==== ${title}\n\n${lines(keys)}\n`).join('')}  // ==== ${first!.title}

${lines(first!.keys.filter((key) => set[key] === undefined))}
${decided.join(',\n\n')}
}
`
}

function row(key: SettingKey): string {
  const { flag, env, accepted, fallback } = settings[key]
  return `  --${flag}  ${meaning(key)}\n      ${accepted}; default: ${shown(fallback)}\n      environment ${env}, in a file "${key}"\n`
}

/** A long list is all that may be in it. */
function shown(fallback: unknown): string {
  if (Array.isArray(fallback)) return fallback.length === 0 ? 'none' : fallback.length > 4 ? 'all of these' : fallback.join(',')
  return fallback === '' || JSON.stringify(fallback) === '{}' ? 'none' : typeof fallback === 'string' ? fallback : JSON.stringify(fallback)
}

function meaning(key: SettingKey): string {
  return MEANING[key] ?? settings[key].flag.replaceAll('-', ' ')
}
