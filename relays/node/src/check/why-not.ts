// Why an address does not work, in words for its operator. libp2p says little more than that it did not: so each layer is tried by
// itself, from the name up, and the first that fails is the reason.

import { lookup } from 'node:dns/promises'
import { request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { isIP } from 'node:net'
import { placeOf } from './place.ts'
import type { Place } from './place.ts'

const PATIENCE_MS = 5_000

/** @param error what the dial ended with */
export async function whyNot(address: string, error: unknown): Promise<string> {
  const place = placeOf(address)
  return await nameFault(place) ?? (place.protocol === 'udp' ? udpFault(address, place, error) : await tcpFault(place, error))
}

async function nameFault({ host }: Place): Promise<string | undefined> {
  if (isIP(host) !== 0) return undefined
  try {
    await lookup(host)
    return undefined
  } catch (error) {
    return `The name ${host} does not resolve (${codeOf(error)}). Give it an A or AAAA record that names this machine.`
  }
}

async function tcpFault(place: Place, error: unknown): Promise<string> {
  return await connectionFault(place) ?? (place.isTls ? await tlsFault(place) : undefined) ?? await upgradeFault(place) ?? peerFault(error)
}

async function connectionFault({ host, port }: Place): Promise<string | undefined> {
  const found = await settled(connect({ host, port }), 'connect')
  switch (found) {
    case undefined:
      return undefined
    case 'ECONNREFUSED':
      return `Nothing listens there: TCP port ${port} refused the connection. Start the proxy, or forward the port to the relay.`
    case 'ETIMEDOUT':
      return `No answer on TCP port ${port} within ${PATIENCE_MS / 1000} s: a firewall or router drops it. Open the port there.`
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `There is no way to ${host} from here (${found}).`
    default:
      return `TCP port ${port} cannot be reached: ${found}.`
  }
}

async function tlsFault({ host, port }: Place): Promise<string | undefined> {
  const found = await settled(connectSecurely({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) }), 'secureConnect')
  switch (found) {
    case undefined:
      return undefined
    case 'CERT_HAS_EXPIRED':
      return 'The TLS certificate has expired. Renew it.'
    case 'CERT_NOT_YET_VALID':
      return 'The TLS certificate is not valid yet. Is the clock right?'
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return 'The TLS certificate is self-signed: browsers refuse it. Get one from a certificate authority, or rely on WebTransport, which needs none.'
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_GET_ISSUER_CERT':
      return 'The TLS certificate comes without its chain, or from an authority that nobody knows. Use the file with the full chain.'
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `The TLS certificate is for another name than ${host}. Announce the name that it is for, such as /dns4/NAME/tcp/${port}/tls/ws.`
    case 'ETIMEDOUT':
      return `TCP port ${port} connects and then says nothing: it does not speak TLS, or something between swallows it.`
    default:
      return /EPROTO|SSL|ECONNRESET/.test(found) ? `TCP port ${port} does not speak TLS. Announce /ws instead of /tls/ws, or give it a certificate.` : `TLS fails: ${found}.`
  }
}

/** Whether a WebSocket can be opened, which proxies must be told to let through. */
function upgradeFault({ host, port, isTls }: Place): Promise<string | undefined> {
  return new Promise((resolve) => {
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64') }
    const asked = (isTls ? secureRequest : request)({ host, port, path: '/', headers, timeout: PATIENCE_MS, agent: false })
    const settle = (why: string | undefined): void => {
      asked.destroy()
      resolve(why)
    }
    asked.on('upgrade', (_response, socket: Socket) => {
      socket.on('error', () => undefined).destroy()
      settle(undefined)
    })
    asked.on('response', ({ statusCode }) => settle(statusCode === 502 || statusCode === 504
      ? `A proxy answers with status ${statusCode}: it does not reach the relay. Check where it forwards to.`
      : `It answers with status ${statusCode} instead of opening a WebSocket: the proxy does not pass upgrades on, or another program answers.`))
    asked.on('timeout', () => settle(`It does not answer a request for a WebSocket within ${PATIENCE_MS / 1000} s.`))
    asked.on('error', (error) => settle(`It does not answer a request for a WebSocket: ${codeOf(error)}.${isTls ? '' : ' If it speaks TLS, announce /tls/ws instead of /ws.'}`))
    asked.end()
  })
}

function udpFault(address: string, { port }: Place, error: unknown): string {
  const isWebTransport = address.includes('/webtransport')
  if (!address.includes('/certhash/')) return `${isWebTransport ? 'WebTransport' : 'webrtc-direct'} does not run here, so there is no certificate hash for this address. Free its port, or do not announce it.`
  const text = messageOf(error)
  if (/certificate|BadCertificate|crypto error|fingerprint|certhash/i.test(text)) return `Another certificate than the announced one answers on UDP port ${port}: another relay, or an address from before a restart.`
  if (isAnotherPeer(error)) return peerFault(error)
  if (isTimeout(error)) return `No answer on UDP port ${port}: a firewall or router drops it, or nothing listens there. Open the port for UDP and forward it.`
  return `It fails on UDP port ${port}: ${text}.`
}

function peerFault(error: unknown): string {
  if (isAnotherPeer(error)) return 'Another relay answers there: its peer id is not this one\'s. Is the port forwarded to the right machine?'
  if (isTimeout(error)) return 'It opens and then says nothing.'
  return `It opens, and libp2p does not get through: ${messageOf(error)}.`
}

function isAnotherPeer(error: unknown): boolean {
  return namesOf(error).includes('UnexpectedPeerError') || /(did|does) not match|unexpected peer|is not 12D3/i.test(messageOf(error))
}

function isTimeout(error: unknown): boolean {
  return namesOf(error).some((name) => name === 'TimeoutError' || name === 'AbortError') || /tim(ed )?e?\s?out/i.test(messageOf(error))
}

/** libp2p gathers what went wrong with several tries into one error. */
function inside(error: unknown): readonly unknown[] {
  return error instanceof AggregateError ? [error, ...error.errors.flatMap(inside)] : [error]
}

function namesOf(error: unknown): readonly string[] {
  return inside(error).map((each) => (each instanceof Error ? each.name : ''))
}

function messageOf(error: unknown): string {
  const last = inside(error).at(-1)
  return (last instanceof Error ? last.message : String(last)).replace(/\.$/, '')
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? messageOf(error)
}

/** @returns undefined once `event` came, else the code of what came instead */
function settled(socket: Socket, event: 'connect' | 'secureConnect'): Promise<string | undefined> {
  return new Promise((resolve) => {
    const settle = (code: string | undefined): void => {
      socket.destroy()
      resolve(code)
    }
    socket.setTimeout(PATIENCE_MS, () => settle('ETIMEDOUT'))
    socket.once(event, () => settle(undefined))
    socket.on('error', (error) => settle(codeOf(error)))
  })
}
