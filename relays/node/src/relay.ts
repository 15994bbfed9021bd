// A relay put together: data folder, identity, mesh with the web app on its port, archive and verifier. Opened in the
// order of what depends on what, closed in reverse.

import { closeSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openArchive, openKeys } from '@megabrain/archive/sqlite'
import type { SqliteArchive } from '@megabrain/archive/sqlite'
import { openVerifier } from '@megabrain/island/node'
import type { Verifier } from '@megabrain/island/node'
import { ListenError, openRelayMesh } from '@megabrain/mesh/node'
import type { RelayMesh, RelayMeshOptions } from '@megabrain/mesh/node'
import { createArchiveProbe } from './archive-probe.ts'
import { openCertificate } from './certificate.ts'
import { portAfter } from './configuration.ts'
import type { Configuration } from './configuration.ts'
import { openDataFolder } from './data-folder.ts'
import { openEmbed } from './embed/open-embed.ts'
import type { Embed } from './embed/open-embed.ts'
import { RelayStartError } from './errors.ts'
import { openEventLoopLag } from './event-loop-lag.ts'
import { createHttpApp } from './http/app.ts'
import { ARCHIVE_FILE, newSnapshot, removeSnapshots } from './folder-content.ts'
import { openOwnRealm, openPeerKey } from './identity.ts'
import type { OwnRealm } from './identity.ts'
import { openAdministration } from './admin/open-administration.ts'
import type { Administration } from './admin/open-administration.ts'
import { readAccess } from './admin/access.ts'
import { createAnomalyWatch } from './admin/anomaly-watch.ts'
import { readRealmFolder } from './hosted-realms.ts'
import { admitted } from './hosting.ts'
import type { HostedRealm } from './hosted-realms.ts'
import { readJoin } from './join-address.ts'
import { keptRecords, listedRealms, openJoinedRelays } from './joined-relays.ts'
import type { Log } from './log.ts'
import { renderMetrics } from './metrics.ts'
import { createNoticeLog } from './notice-log.ts'
import { openOperatorSocket } from './operator-socket.ts'
import type { AnswerAsk, Answers } from './operator-socket.ts'
import { limitsOf } from './quotas.ts'
import { software } from './relay-document.ts'
import type { RealmDescription, RelayDocument } from './relay-document.ts'
import { relayMetrics } from './relay-metrics.ts'
import { openStunServer, type StunServer } from './stun.ts'
import { createTurn } from './turn.ts'
import { timedArchive } from './timed-archive.ts'
import { webTransportOf } from './web-transport.ts'

type Closer = () => void | Promise<void>

/** How long members may take to hear that the relay closes: the rest of the way out has its own deadline. */
const DRAIN_MS = 1_000
/** Connections beyond two per reservation: other relays, and tabs that come and go. */
const SPARE_CONNECTIONS = 1_024

export interface Relay {
  /** Where a browser on this machine finds the page. */
  readonly url: string
  /** As others get it now. */
  readonly document: RelayDocument
  /** Where it listens, what it announces, and why transports are off that are wanted. */
  addresses(): Answers['addresses']
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
  removeSnapshots(folder.path)
  const own = openOwnRealm(folder.path, configuration.realm, configuration.tasks, configuration.moderators)
  const joined = await openJoinedRelays(configuration.join.map(readJoin).filter((address) => address !== undefined), folder.path, own.id, log)
  const inFolder = readRealmFolder(folder.path, own.id)
  for (const { file, fault } of inFolder.faults) log.write('warn', 'realm-file-ignored', { file, fault })
  const access = readAccess(folder.path)
  const hosted = admitted(inFolder.realms, access)
  const ids = [own.id, ...hosted.map(({ id }) => id)]
  const privateKey = await openPeerKey(folder.path)
  const keys = await stored(openKeys(join(folder.path, 'keys')))
  const { archive, times } = timedArchive(await stored(openArchive(join(folder.path, ARCHIVE_FILE))), () => performance.now())
  closers.push(() => archive.close())
  const lag = openEventLoopLag()
  closers.push(() => lag.close())

  let document: (() => RelayDocument) | undefined
  let metrics = () => ''
  let administration: Administration | undefined
  let embed: Embed | undefined
  const archiveHolds = createArchiveProbe(archive, () => performance.now())
  const onError = (error: unknown): void => log.write('error', 'http-failed', { message: String(error), stack: (error as Error).stack })
  const app = createHttpApp({
    webApp: configuration.webApp,
    document: () => document?.(),
    readiness: async () => ({ mesh: document !== undefined, archive: await archiveHolds() }),
    metrics: () => metrics(),
    control: async (path, request) => (await administration?.respond(path, request)) ?? embed?.respond(path, request),
    onError,
  })
  const webTransport = webTransportOf(configuration, folder.path)
  const certificate = openCertificate(configuration, log)
  const turn = createTurn(configuration)
  const federation = { joined, accepts: configuration.joinable, ...keptRecords(folder.path, log) }
  const mesh = await listen({
    ...meshOptions(configuration), ...webTransport.options, ...(certificate === undefined ? {} : { tls: certificate.value }), privateKey, onHttp: app, realms: ids, federation,
  })
  closers.push(() => mesh.close())
  closers.push(certificate?.watch((changed) => {
    mesh.setCertificate(changed)
    embed?.setCertificate(changed)
  }) ?? (() => undefined))
  const off: Record<string, string> = {}
  const turnedOff = (transport: string, port: number | string, why: string): void => {
    off[transport] = why
    log.write('warn', `${transport}-off`, { port, why })
  }
  const { webrtcDirectPort, webtransportPort } = configuration
  if (webrtcDirectPort !== 'off' && !mesh.listening().some((address) => address.includes('/webrtc-direct'))) {
    turnedOff('webrtc-direct', webrtcDirectPort, 'the UDP port cannot be used')
  }
  if (webtransportPort !== 'off' && !mesh.listening().some((address) => address.includes('/webtransport/'))) {
    turnedOff('webtransport', webtransportPort, webTransport.why ?? 'the UDP port cannot be used')
  }

  const stun = await openStun(configuration, turnedOff)
  closers.push(() => stun?.close())

  const framing = await openEmbed({ configuration, data: folder.path, pagePort: mesh.port, tls: certificate?.value, document: () => document?.(), onError })
  if (framing?.ok === true) embed = framing.value
  else if (framing !== undefined) turnedOff('embed', configuration.embedPort, framing.why)
  closers.push(() => embed?.close())

  const notice = createNoticeLog(log, () => performance.now())
  const anomalies = createAnomalyWatch(log, () => performance.now(), () => Date.now())
  const verifier = await openVerifier({
    realms: [own, ...hosted].map(({ id, document: policy }) => ({ document: policy, mesh: mesh.portsFor(id) })),
    archive,
    keys,
    dutyPercent: configuration.verifierCpuPercent,
    ...limitsOf(configuration.quotas).archive,
    onNotice(realm, noticed) {
      notice(realm, noticed)
      anomalies.observe(realm, noticed)
    },
    onTrouble: (detail) => log.write('error', 'verifier-trouble', { detail }),
  })
  closers.push(() => verifier.close())
  // Pages that were loaded earlier still have the first policy.
  if (own.realm.revision > 1) verifier.tell(own.id, own.pointer)
  const opened = openAdministration({ configuration, data: folder.path, ownRealm: own.id, hosted, access, mesh, verifier, anomalies, log })
  administration = opened
  closers.push(() => opened.close())
  closers.push(() => { document = undefined })

  const meshNumbers = () => ({ ...mesh.counters(), ...stun?.counters() })
  metrics = () => renderMetrics([...relayMetrics({ mesh: meshNumbers(), realms: verifier.view(), lag: lag.quantiles(), archive: times }), ...opened.metrics()])
  // Who comes after the owner has changed the policy, or certificates have changed, should not get the old ones.
  const current = (): RelayDocument => {
    const now = describe(mesh, own, opened.hosting.realms(), stun?.port)
    return {
      ...now,
      ...(turn === undefined ? {} : { turn: turn(Date.now() / 1_000) }),
      ...(embed === undefined ? {} : { embed: embed.place }),
      realms: now.realms.map((realm) => withNewest(realm, verifier)),
    }
  }
  document = current
  const addressesNow = (): Answers['addresses'] => ({
    listening: mesh.listening(),
    announced: mesh.addresses(),
    ...(stun === undefined ? {} : { stun: stun.port }),
    off,
    realm: current().realms[0]?.policy ?? '',
  })
  closers.push(await openOperatorSocket(folder.path, answerOperator(folder.path, configuration, archive, addressesNow), log))
  // The first thing to be done when it closes.
  closers.push(() => mesh.drain(DRAIN_MS))
  const described = current()
  const url = `http${certificate === undefined ? '' : 's'}://${reachable(configuration.host)}:${mesh.port}/`
  const { peer, addresses } = described
  log.write('info', 'listening', { url, peer, addresses, realm: own.id, tasks: own.realm.tasks, data: folder.path, software })
  return { url, get document() { return current() }, addresses: addressesNow, close }
}

function answerOperator(folder: string, settings: Configuration, archive: SqliteArchive, addresses: () => Answers['addresses']): AnswerAsk {
  const answers: { readonly [A in keyof Answers]: (hungUp: AbortSignal) => Answers[A] | Promise<Answers[A]> } = {
    addresses,
    async snapshot(hungUp) {
      const name = newSnapshot()
      const file = join(folder, name)
      hungUp.addEventListener('abort', () => rmSync(file, { force: true }))
      closeSync(openSync(file, 'wx', 0o600))
      await archive.snapshot(file)
      if (hungUp.aborted) rmSync(file, { force: true })
      return { name, settings }
    },
  }
  return async (ask, hungUp) => await answers[ask](hungUp)
}

function meshOptions(configuration: Configuration): Pick<RelayMeshOptions, 'host' | 'port' | 'announce' | 'trustedProxies' | 'webrtcDirectPort' | 'limits'> {
  const { host, port, announce, trustedProxies, webrtcDirectPort, maxReservations, maxSocketsPerAddress, quotas } = configuration
  return {
    host,
    port,
    announce,
    trustedProxies,
    limits: { reservations: maxReservations, meshDegree: maxReservations, connections: 2 * maxReservations + SPARE_CONNECTIONS, socketsPerIp: maxSocketsPerAddress, ...limitsOf(quotas).mesh },
    ...(webrtcDirectPort === 'off' ? {} : { webrtcDirectPort: webrtcDirectPort === 'same' ? port : webrtcDirectPort }),
  }
}

/** An extra, like everything on UDP: without it tabs behind routers may not find each other, and the relay carries what they say. */
async function openStun({ host, port, stunPort }: Configuration, turnedOff: (transport: string, port: number | string, why: string) => void): Promise<StunServer | undefined> {
  if (stunPort === 'off') return undefined
  try {
    return await openStunServer(host, stunPort === 'next' ? portAfter(port, 2) : stunPort)
  } catch (error) {
    turnedOff('stun', stunPort, (error as NodeJS.ErrnoException).code ?? String(error))
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

function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
