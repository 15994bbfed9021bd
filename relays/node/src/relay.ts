// A relay put together: data folder, identity, mesh with the web app on its port, archive and verifier. Opened in the
// order of what depends on what, closed in reverse.

import { join } from 'node:path'
import { openArchive, openKeys } from '@megabrain/archive/sqlite'
import { openVerifier } from '@megabrain/island/node'
import type { Verifier } from '@megabrain/island/node'
import { ListenError, openRelayMesh } from '@megabrain/mesh/node'
import type { RelayMesh, RelayMeshOptions } from '@megabrain/mesh/node'
import { createArchiveProbe } from './archive-probe.ts'
import { portAfter } from './configuration.ts'
import type { Configuration } from './configuration.ts'
import { openDataFolder } from './data-folder.ts'
import { RelayStartError } from './errors.ts'
import { openEventLoopLag } from './event-loop-lag.ts'
import { createHttpApp } from './http/app.ts'
import { openOwnRealm, openPeerKey } from './identity.ts'
import type { OwnRealm } from './identity.ts'
import { folderStamp, readRealmFolder } from './hosted-realms.ts'
import type { HostedRealm } from './hosted-realms.ts'
import { readJoin } from './join-address.ts'
import { keptRecords, listedRealms, openJoinedRelays } from './joined-relays.ts'
import type { Log } from './log.ts'
import { renderMetrics } from './metrics.ts'
import { createNoticeLog } from './notice-log.ts'
import { software } from './relay-document.ts'
import type { RealmDescription, RelayDocument } from './relay-document.ts'
import { relayMetrics } from './relay-metrics.ts'
import { openStunServer, type StunServer } from './stun.ts'
import { webTransportOf } from './web-transport.ts'

type Closer = () => void | Promise<void>

/** How often the folder of realms is looked at. */
const FOLDER_INTERVAL_MS = 2_000
/** Statements handed over at a time: fewer than a member has under check. */
const TOLD_AT_ONCE = 128
/** Connections beyond two per reservation: other relays, and tabs that come and go. */
const SPARE_CONNECTIONS = 1_024

export interface Relay {
  /** Where a browser on this machine finds the page. */
  readonly url: string
  readonly document: RelayDocument
  /** Leaves the mesh, finishes writes under way, frees port and data folder. Calling it twice does nothing. */
  close(): Promise<void>
}

/** Resolves once the relay listens. Throws `RelayStartError` when port or data folder cannot be had. */
export async function openRelay(configuration: Configuration, log: Log): Promise<Relay> {
  const closers: Closer[] = []
  let closing: Promise<void> | undefined
  const close = () => closing ??= (async () => {
    for (const closer of closers.reverse()) await closer()
  })()
  try {
    return await assemble(configuration, log, closers, close)
  } catch (error) {
    await close()
    throw error
  }
}

async function assemble(configuration: Configuration, log: Log, closers: Closer[], close: () => Promise<void>): Promise<Relay> {
  const folder = openDataFolder(configuration.data)
  closers.push(() => folder.close())
  const own = openOwnRealm(folder.path, configuration.realm, configuration.tasks, configuration.moderators)
  const joined = await openJoinedRelays(configuration.join.map(readJoin).filter((address) => address !== undefined), folder.path, own.id, log)
  const hosted = readRealmFolder(folder.path, own.id)
  for (const { file, fault } of hosted.faults) log.write('warn', 'realm-file-ignored', { file, fault })
  const ids = [own.id, ...hosted.realms.map(({ id }) => id)]
  const privateKey = await openPeerKey(folder.path)
  const keys = await stored(openKeys(join(folder.path, 'keys')))
  const archive = await stored(openArchive(join(folder.path, 'archive.sqlite')))
  closers.push(() => archive.close())
  const lag = openEventLoopLag()
  closers.push(() => lag.close())

  let document: (() => RelayDocument) | undefined
  let metrics = () => ''
  const archiveHolds = createArchiveProbe(archive, () => performance.now())
  const app = createHttpApp({
    webApp: configuration.webApp,
    document: () => document?.(),
    readiness: async () => ({ mesh: document !== undefined, archive: await archiveHolds() }),
    metrics: () => metrics(),
    onError: (error) => log.write('error', 'http-failed', { message: String(error), stack: (error as Error).stack }),
  })
  const webTransport = webTransportOf(configuration, folder.path)
  const federation = { joined, ...keptRecords(folder.path, log) }
  const mesh = await listen({ ...meshOptions(configuration), ...webTransport.options, privateKey, onHttp: app, realms: ids, federation })
  closers.push(() => mesh.close())
  const { webrtcDirectPort, webtransportPort, announce } = configuration
  if (webrtcDirectPort !== 'off' && announce.length === 0 && !mesh.addresses().some((address) => address.includes('/webrtc-direct'))) {
    log.write('warn', 'webrtc-direct-off', { port: webrtcDirectPort, why: 'the UDP port cannot be used' })
  }
  if (webtransportPort !== 'off' && announce.length === 0 && !mesh.addresses().some((address) => address.includes('/webtransport/'))) {
    log.write('warn', 'webtransport-off', { port: webtransportPort, why: webTransport.why ?? 'the UDP port cannot be used' })
  }

  const stun = await openStun(configuration, log)
  closers.push(() => stun?.close())

  const notice = createNoticeLog(log, () => performance.now())
  const verifier = await openVerifier({
    realms: [own, ...hosted.realms].map(({ id, document: policy }) => ({ document: policy, mesh: mesh.portsFor(id) })),
    archive,
    keys,
    dutyPercent: configuration.verifierCpuPercent,
    onNotice: notice,
    onTrouble: (detail) => log.write('error', 'verifier-trouble', { detail }),
  })
  closers.push(() => verifier.close())
  // Pages that were loaded earlier still have the first policy.
  if (own.realm.revision > 1) verifier.tell(own.id, own.pointer)
  closers.push(watchRealmFolder(folder.path, own.id, ids, verifier, log))
  closers.push(() => { document = undefined })

  metrics = () => renderMetrics(relayMetrics({ mesh: { ...mesh.counters(), ...stun?.counters() }, realms: verifier.view(), lag: lag.quantiles() }))
  const described = describe(mesh, own, hosted.realms, stun?.port)
  // Who comes after the owner has changed the policy should not get the old one.
  document = () => ({ ...described, realms: described.realms.map((realm) => withNewest(realm, verifier)) })
  const url = `http://${reachable(configuration.host)}:${mesh.port}/`
  const { peer, addresses } = described
  log.write('info', 'listening', { url, peer, addresses, realm: own.id, tasks: own.realm.tasks, data: folder.path, software })
  return { url, document: described, close }
}

function meshOptions(configuration: Configuration): Pick<RelayMeshOptions, 'host' | 'port' | 'announce' | 'webrtcDirectPort' | 'limits'> {
  const { host, port, announce, webrtcDirectPort, maxReservations, maxSocketsPerAddress } = configuration
  return {
    host,
    port,
    announce,
    limits: { reservations: maxReservations, meshDegree: maxReservations, connections: 2 * maxReservations + SPARE_CONNECTIONS, socketsPerIp: maxSocketsPerAddress },
    ...(webrtcDirectPort === 'off' ? {} : { webrtcDirectPort: webrtcDirectPort === 'same' ? port : webrtcDirectPort }),
  }
}

/** An extra, like everything on UDP: without it tabs behind routers may not find each other, and the relay carries what they say. */
async function openStun({ host, port, stunPort }: Configuration, log: Log): Promise<StunServer | undefined> {
  if (stunPort === 'off') return undefined
  try {
    return await openStunServer(host, stunPort === 'next' ? portAfter(port, 2) : stunPort)
  } catch (error) {
    log.write('warn', 'stun-off', { port: stunPort, why: (error as NodeJS.ErrnoException).code ?? String(error) })
    return undefined
  }
}

async function listen(options: RelayMeshOptions): Promise<RelayMesh> {
  try {
    return await openRelayMesh(options)
  } catch (cause) {
    if (!(cause instanceof ListenError)) throw cause
    throw new RelayStartError(portFault(options, cause.code), { cause })
  }
}

function portFault({ host, port }: RelayMeshOptions, code: string | undefined): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use by another program. Stop that one, or set PORT or --port.`
    case 'EACCES':
      return `Port ${port} on ${host} is not allowed to this user. Set PORT or --port to one above 1023.`
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine. Set HOST or --host.`
    default:
      return `Cannot listen on port ${port} of ${host}: ${code ?? 'no reason given'}`
  }
}

/** Words for what keeps the archive or its keys from opening. */
async function stored<T>(opening: Promise<T>): Promise<T> {
  try {
    return await opening
  } catch (cause) {
    const { name, message } = cause as Error
    if (name !== 'ArchiveUnavailableError') throw cause
    throw new RelayStartError(`${message}. Restore it from a backup, or move it away.`, { cause })
  }
}

function describe(mesh: RelayMesh, own: OwnRealm, hosted: readonly HostedRealm[], stun: number | undefined): RelayDocument {
  return {
    version: 1,
    software,
    peer: mesh.self,
    addresses: [...mesh.addresses()],
    ...(stun === undefined ? {} : { stun }),
    realms: listedRealms(own, hosted).map(({ id, realm, document }) => ({
      id,
      name: realm.name,
      tasks: realm.tasks,
      owner: realm.owner,
      ownerKeyHeldBy: id === own.id ? 'this-relay' : 'its-owner',
      policy: Buffer.from(document).toString('base64'),
    })),
  }
}

function withNewest(realm: RealmDescription, verifier: Verifier): RealmDescription {
  const [policy, view] = [verifier.document(realm.id), verifier.policy(realm.id)]
  return policy === undefined || view === undefined ? realm : { ...realm, tasks: view.realm.tasks, policy: Buffer.from(policy).toString('base64') }
}

/** Statements and newer policies that are put into the folder take effect while the relay runs; another realm at its next start. */
function watchRealmFolder(data: string, own: string, ids: readonly string[], verifier: Verifier, log: Log): Closer {
  let stamp = ''
  let waiting: readonly { readonly realm: string; readonly bytes: Uint8Array }[] = []
  const told = new Set<string>()
  const nameOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
  const tellSome = (): void => {
    for (const { realm, bytes } of waiting.slice(0, TOLD_AT_ONCE)) {
      verifier.tell(realm, bytes)
      told.add(nameOf(bytes))
    }
    waiting = waiting.slice(TOLD_AT_ONCE)
  }
  const look = (): void => {
    tellSome()
    const now = folderStamp(data)
    if (now === stamp) return
    const isFirst = stamp === ''
    stamp = now
    const { realms, statements, faults } = readRealmFolder(data, own)
    for (const { id, document } of realms) if (ids.includes(id)) verifier.revise(id, document)
    waiting = statements.filter(({ bytes }) => !told.has(nameOf(bytes)))
    tellSome()
    if (isFirst) return
    for (const { id, realm } of realms) if (!ids.includes(id)) log.write('warn', 'realm-at-next-start', { realm: id, name: realm.name })
    for (const { file, fault } of faults) log.write('warn', 'realm-file-ignored', { file, fault })
  }
  look()
  const timer = setInterval(look, FOLDER_INTERVAL_MS)
  return () => clearInterval(timer)
}

function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
