// The relay's settings: what each is called, what it accepts and what it is without being set. One schema, from which
// flags, environment, file, error messages and help all follow.

import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isIpPrefix } from '@megabrain/mesh/ip-prefix'
import { multiaddr } from '@multiformats/multiaddr'
import { tasks as knownTasks } from '@megabrain/tasks'
import { defaultMemoryMb } from './guard/memory-budget.ts'
import { readJoin } from './join-address.ts'
import { acceptedQuotas, readQuotas } from './quotas.ts'
import type { Quotas } from './quotas.ts'

/** Only what everybody measures alike can be claimed, so only that can be a realm's task. */
const claimable = Object.values(knownTasks).filter(({ deterministic }) => deterministic).map(({ id }) => id)

export interface Configuration {
  /** TCP port of HTTP and WebSocket; 0 takes any free one. */
  readonly port: number
  /** IP address to listen on. */
  readonly host: string
  /** Absolute path of the data folder. */
  readonly data: string
  /** Multiaddrs to tell others instead of the listening ones; empty: those that it listens on. */
  readonly announce: readonly string[]
  /** UDP port of webrtc-direct, 0 for any free one; `same` is the number of `port`. */
  readonly webrtcDirectPort: number | 'same' | 'off'
  /** UDP port of WebTransport, 0 for any free one; `next` is the number of `port` plus one. */
  readonly webtransportPort: number | 'next' | 'off'
  /** UDP port on which tabs learn how they are seen from outside, 0 for any free one; `next` is the number of `port` plus two. */
  readonly stunPort: number | 'next' | 'off'
  /** Name of the realm that this relay owns. */
  readonly realm: string
  /** Task ids of the realm. */
  readonly tasks: readonly string[]
  /** Owner keys of those who moderate the own realm beside its owner, hex; empty: as it was. */
  readonly moderators: readonly string[]
  /** Other relays to form one mesh with, as `readJoin` takes them. */
  readonly join: readonly string[]
  /** Of which other relays members are told. */
  readonly joinable: 'any' | 'joined'
  /** Most that the verifier may compute, per cent of one core. */
  readonly verifierCpuPercent: number
  /** Tabs that can be reached through this relay at a time. */
  readonly maxReservations: number
  /** Sockets of one remote address; behind a reverse proxy everybody has the proxy's. */
  readonly maxSocketsPerAddress: number
  /** Absolute paths of a certificate with its chain and of its key, PEM; empty: no TLS. */
  readonly tlsCert: string
  readonly tlsKey: string
  /** Addresses and subnets of reverse proxies that name the visitor in `X-Forwarded-For`. */
  readonly trustedProxies: readonly string[]
  /** TURN servers that pages are told of, as RFC 7065 writes them. */
  readonly turn: readonly string[]
  /** Absolute path of the file with the secret that those share with this relay; empty: none. */
  readonly turnSecretFile: string
  /** Absolute path of the built web app. */
  readonly webApp: string
  /** TCP port of what other sites frame, 0 for any free one; `next` is the number of `port` plus three. */
  readonly embedPort: number | 'next' | 'off'
  /** Where browsers find that port, when a reverse proxy serves it under a name of its own; empty: on the host of the page. */
  readonly embedOrigin: string
  /** Absolute path of what is served there, built. */
  readonly embedApp: string
  /** How the admin interface may be reached: over loopback and TLS, in any way, or not at all. */
  readonly admin: 'private' | 'anywhere' | 'off'
  /** Absolute path of the file with its token; empty: `keys/admin.token` in the data folder. */
  readonly adminTokenFile: string
  /** Resident memory from which on load is shed, MiB. */
  readonly maxMemoryMb: number
  /** What one peer, address prefix, author or realm may take; those not named have their defaults. */
  readonly quotas: Quotas
}

export interface Setting<T> {
  readonly flag: string
  readonly env: string
  /** Completes the sentence "… must be …". */
  readonly accepted: string
  readonly fallback: T
  /**
   * `undefined` when the value is not accepted.
   * @param value text from flags and environment, any JSON from a file
   * @param folder where a relative path starts
   */
  read(value: unknown, folder: string): T | undefined
}

const MAX_PORT = 65_535
const project = fileURLToPath(new URL('../../../', import.meta.url))

export const settings: { readonly [K in keyof Configuration]: Setting<Configuration[K]> } = {
  port: {
    flag: 'port',
    env: 'PORT',
    accepted: `an integer from 0 to ${MAX_PORT} (0: any free port)`,
    fallback: 8787,
    read: integer(0, MAX_PORT),
  },
  host: {
    flag: 'host',
    env: 'HOST',
    accepted: 'an IP address, or localhost',
    fallback: '127.0.0.1',
    read: (value) => (value === 'localhost' ? '127.0.0.1' : typeof value === 'string' && isIP(value) !== 0 ? value : undefined),
  },
  data: { flag: 'data', env: 'MEGABRAIN_DATA', accepted: 'the path of a folder', fallback: resolve(project, 'data'), read: path },
  announce: {
    flag: 'announce',
    env: 'MEGABRAIN_ANNOUNCE',
    accepted: 'up to 4 multiaddrs without /p2p, such as /dns4/relay.example/tcp/443/tls/ws',
    fallback: [],
    read: list(0, 4, isAnnounceable),
  },
  webrtcDirectPort: {
    flag: 'webrtc-direct-port',
    env: 'MEGABRAIN_WEBRTC_DIRECT_PORT',
    ...otherPort('UDP', 'same', 'the number of --port'),
  },
  webtransportPort: {
    flag: 'webtransport-port',
    env: 'MEGABRAIN_WEBTRANSPORT_PORT',
    ...otherPort('UDP', 'next', 'the number of --port plus one'),
  },
  stunPort: {
    flag: 'stun-port',
    env: 'MEGABRAIN_STUN_PORT',
    ...otherPort('UDP', 'next', 'the number of --port plus two'),
  },
  realm: {
    flag: 'realm',
    env: 'MEGABRAIN_REALM',
    accepted: '1 to 32 characters of a-z, 0-9 and -',
    fallback: 'default',
    read: (value) => (typeof value === 'string' && /^[a-z0-9-]{1,32}$/.test(value) ? value : undefined),
  },
  tasks: {
    flag: 'tasks',
    env: 'MEGABRAIN_TASKS',
    accepted: `1 to 16 of ${claimable.join(', ')}`,
    fallback: claimable.slice(0, 16),
    read: list(1, 16, (id) => claimable.includes(id)),
  },
  moderators: {
    flag: 'moderators',
    env: 'MEGABRAIN_MODERATORS',
    accepted: 'up to 31 owner keys of 64 hex characters, divided by commas',
    fallback: [],
    read: list(0, 31, (key) => /^[0-9a-f]{64}$/.test(key)),
  },
  join: {
    flag: 'join',
    env: 'MEGABRAIN_JOIN',
    accepted: 'up to 8 relays, divided by commas: https://relay.example, or /dns4/relay.example/tcp/443/tls/ws/p2p/PEER',
    fallback: [],
    read: list(0, 8, (text) => readJoin(text) !== undefined),
  },
  joinable: {
    flag: 'joinable',
    env: 'MEGABRAIN_JOINABLE',
    accepted: 'any, or joined (only the relays of --join)',
    fallback: 'any',
    read: (value) => (value === 'any' || value === 'joined' ? value : undefined),
  },
  verifierCpuPercent: {
    flag: 'verifier-cpu-percent',
    env: 'MEGABRAIN_VERIFIER_CPU_PERCENT',
    accepted: 'an integer from 1 to 100 (per cent of one core)',
    fallback: 50,
    read: integer(1, 100),
  },
  maxReservations: {
    flag: 'max-reservations',
    env: 'MEGABRAIN_MAX_RESERVATIONS',
    accepted: 'an integer from 1 to 100000',
    fallback: 1024,
    read: integer(1, 100_000),
  },
  maxSocketsPerAddress: {
    flag: 'max-sockets-per-address',
    env: 'MEGABRAIN_MAX_SOCKETS_PER_ADDRESS',
    accepted: 'an integer from 1 to 100000',
    fallback: 1024,
    read: integer(1, 100_000),
  },
  tlsCert: { flag: 'tls-cert', env: 'MEGABRAIN_TLS_CERT', accepted: 'the path of a certificate with its chain, in PEM', fallback: '', read: pathOrNone },
  tlsKey: { flag: 'tls-key', env: 'MEGABRAIN_TLS_KEY', accepted: 'the path of the certificate\'s private key, in PEM', fallback: '', read: pathOrNone },
  trustedProxies: {
    flag: 'trusted-proxies',
    env: 'MEGABRAIN_TRUSTED_PROXIES',
    accepted: 'up to 64 IP addresses or subnets such as 10.0.0.0/8, divided by commas',
    fallback: [],
    read: list(0, 64, isIpPrefix),
  },
  turn: {
    flag: 'turn',
    env: 'MEGABRAIN_TURN',
    accepted: 'up to 4 addresses such as turn:turn.example:3478 or turns:turn.example:5349?transport=tcp, divided by commas',
    fallback: [],
    read: list(0, 4, (url) => /^turns?:([a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?(\?transport=(udp|tcp))?$/i.test(url)),
  },
  turnSecretFile: {
    flag: 'turn-secret-file',
    env: 'MEGABRAIN_TURN_SECRET_FILE',
    accepted: 'the path of a file with the static-auth-secret of the TURN server',
    fallback: '',
    read: pathOrNone,
  },
  webApp: {
    flag: 'web-app',
    env: 'MEGABRAIN_WEB_APP',
    accepted: 'the path of a folder',
    fallback: resolve(project, 'apps/web/dist'),
    read: path,
  },
  embedPort: {
    flag: 'embed-port',
    env: 'EMBED_PORT',
    ...otherPort('TCP', 'next', 'the number of --port plus three'),
  },
  embedOrigin: {
    flag: 'embed-origin',
    env: 'MEGABRAIN_EMBED_ORIGIN',
    accepted: 'an origin such as https://embed.example, other than that of the page',
    fallback: '',
    read: (value) => (value === '' || (typeof value === 'string' && isOrigin(value)) ? value : undefined),
  },
  embedApp: {
    flag: 'embed-app',
    env: 'MEGABRAIN_EMBED_APP',
    accepted: 'the path of a folder',
    fallback: resolve(project, 'apps/embed/dist'),
    read: path,
  },
  admin: {
    flag: 'admin',
    env: 'MEGABRAIN_ADMIN',
    accepted: 'private (over loopback and TLS), anywhere, or off',
    fallback: 'private',
    read: (value) => (value === 'private' || value === 'anywhere' || value === 'off' ? value : undefined),
  },
  adminTokenFile: {
    flag: 'admin-token-file',
    env: 'MEGABRAIN_ADMIN_TOKEN_FILE',
    accepted: 'the path of a file, made if it is not there (keys/admin.token in the data folder)',
    fallback: '',
    read: pathOrNone,
  },
  maxMemoryMb: {
    flag: 'max-memory-mb',
    env: 'MEGABRAIN_MAX_MEMORY_MB',
    accepted: 'an integer from 64 to 1000000 (four fifths of what container or machine has)',
    fallback: defaultMemoryMb(),
    read: integer(64, 1_000_000),
  },
  quotas: { flag: 'quotas', env: 'MEGABRAIN_QUOTAS', accepted: acceptedQuotas, fallback: {}, read: readQuotas },
}

export type SettingKey = keyof Configuration
export const settingKeys = Object.keys(settings) as SettingKey[]

/** The number that `next` stands for: `by` after the TCP port's, or any free one (0) when that is any free one too. */
export function portAfter(port: number, by: number): number {
  return port === 0 ? 0 : port + by
}

/** @param word stands for a number that follows from the TCP port's, as `meaning` says */
function otherPort<Word extends string>(of: 'TCP' | 'UDP', word: Word, meaning: string): Pick<Setting<number | Word | 'off'>, 'accepted' | 'fallback' | 'read'> {
  const readPort = integer(0, MAX_PORT)
  return {
    accepted: `an integer from 0 to ${MAX_PORT} (0: any free ${of} port), ${word} (${meaning}), or off`,
    fallback: word,
    read: (value) => (value === 'off' || value === word ? value as Word | 'off' : readPort(value)),
  }
}

function integer(from: number, to: number): (value: unknown) => number | undefined {
  return (value) => {
    const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
    return typeof number === 'number' && Number.isInteger(number) && number >= from && number <= to ? number : undefined
  }
}

/** Text with commas, or an array; repeated items count once. */
function list(least: number, most: number, accepts: (item: string) => boolean): (value: unknown) => string[] | undefined {
  return (value) => {
    const items: unknown = typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value
    if (!Array.isArray(items)) return undefined
    const unique = [...new Set<unknown>(items)]
    const isEach = (all: unknown[]): all is string[] => all.every((item) => typeof item === 'string' && accepts(item))
    return unique.length >= least && unique.length <= most && isEach(unique) ? unique : undefined
  }
}

function path(value: unknown, folder: string): string | undefined {
  return typeof value === 'string' && value !== '' && !value.includes('\0') ? resolve(folder, value) : undefined
}

/** An IP address, or a subnet such as 10.0.0.0/8. */
function pathOrNone(value: unknown, folder: string): string | undefined {
  return value === '' ? '' : path(value, folder)
}

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text
}

/** The relay's own peer id is added to what it announces. */
function isAnnounceable(text: string): boolean {
  try {
    const names = multiaddr(text).getComponents().map(({ name }) => name)
    return names.length > 0 && !names.includes('p2p')
  } catch {
    return false
  }
}
