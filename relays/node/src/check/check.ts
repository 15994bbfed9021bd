// `--check`: another peer dials every address at which the relay listens or which it announces, and says of each whether it works
// and why not. A relay that runs on the data folder is asked where it is; else one is started as configured, on a folder that passes.
// Of a relay elsewhere its document says where it is: dialled from another machine it is seen as its visitors see it.

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openProbe } from '@megabrain/mesh/node'
import { BindingUnavailableError, loadBinding, webTransport } from '@megabrain/webtransport-listener'
import type { RelayAnswer } from '../actions.ts'
import type { Configuration } from '../configuration.ts'
import { openDataFolder } from '../data-folder.ts'
import { RelayStartError } from '../errors.ts'
import { relayRuns } from '../folder-content.ts'
import { createLog } from '../log.ts'
import { askRelay } from '../operator-socket.ts'
import type { Answers } from '../operator-socket.ts'
import { WELL_KNOWN_PATH } from '../relay-document.ts'
import type { RelayDocument } from '../relay-document.ts'
import { placeOf } from './place.ts'
import { whyNot } from './why-not.ts'
import { stunAnswers } from './stun-answers.ts'

export interface CheckedAddress {
  /** A multiaddr without `/p2p/…`, or the name of a transport that is off although it is wanted. */
  readonly address: string
  readonly announced: boolean
  /** `untried`: this machine cannot dial such addresses. */
  readonly outcome: 'works' | 'fails' | 'untried'
  /** Until the connection stood, ms. */
  readonly ms?: number
  readonly why?: string
}

const DIAL_MS = 10_000
/** Addresses of a relay elsewhere that are dialled. */
const MAX_ELSEWHERE = 32
/** Addresses in a link. */
const MAX_LINKED = 4

type Addresses = Answers['addresses']

/**
 * @param of web address of a relay elsewhere. @default the one of these settings
 * @throws RelayStartError when the relay cannot start as configured, or there is none at `of`
 */
export async function checkRelay(configuration: Configuration, of?: string): Promise<RelayAnswer> {
  const runs = of !== undefined || relayRuns(configuration.data)
  const { addresses, close } = of !== undefined ? await elsewhere(of) : runs ? await running(configuration) : await started(configuration)
  try {
    const checked = await dialAll(addresses)
    const failed = checked.filter(({ outcome }) => outcome === 'fails').length
    const notes = of === undefined ? notesOn(addresses, configuration) : []
    // Of a relay that was started for the check nothing lasts.
    const link = runs ? linkTo(addresses, checked) : undefined
    const head = of !== undefined ? `The relay of ${of}, as it is seen from here:` : runs ? `The relay that runs on ${configuration.data}:` : 'No relay runs on the data folder: one was started with these settings, for the check alone.'
    const lines = checked.map(({ address, outcome, ms, why }) => `  ${outcome.padEnd(7)}  ${address.replace(/(\/certhash\/[^/]+)+/, '')}${ms === undefined ? '' : `  (${Math.round(ms)} ms)`}${why === undefined ? '' : `\n           ${why}`}`)
    const untried = checked.filter(({ outcome }) => outcome === 'untried').length
    const end = `${failed === 0 ? 'Everything that was tried works.' : `${failed} of ${checked.length} ${failed === 1 ? 'does' : 'do'} not work.`}${untried === 0 ? '' : ` ${untried} could not be tried from this machine.`}`
    return {
      json: { ok: failed === 0, running: runs, addresses: checked, notes, ...(link === undefined ? {} : { link }) },
      text: [head, ...lines, end, ...notes.map((note) => `Note: ${note}`), ...(link === undefined ? [] : [`Any page of Megabrain on https joins here by a link that ends in\n${link}`])].join('\n'),
      exit: failed === 0 ? 0 : 1,
    }
  } finally {
    await close()
  }
}

interface Checked {
  readonly addresses: Addresses
  close(): Promise<void>
}

async function running({ data }: Configuration): Promise<Checked> {
  const { value, hangUp } = await askRelay(data, 'addresses')
  hangUp()
  return { addresses: value, close: async () => undefined }
}

async function elsewhere(of: string): Promise<Checked> {
  try {
    const answer = await fetch(new URL(WELL_KNOWN_PATH, of), { signal: AbortSignal.timeout(DIAL_MS) })
    const { addresses, stun, realms } = await answer.json() as RelayDocument
    const announced = addresses.filter((address) => placeOf(address).port > 0).slice(0, MAX_ELSEWHERE)
    return { addresses: { announced, listening: [], ...(stun === undefined ? {} : { stun }), off: {}, realm: realms[0]?.policy ?? '' }, close: async () => undefined }
  } catch (cause) {
    const { message, cause: inner } = cause as Error
    throw new RelayStartError(`No relay answers at ${of}: ${inner instanceof Error ? inner.message || (inner as NodeJS.ErrnoException).code : message}`, { cause })
  }
}

/** Under another identity, since the own one is of the data folder; that is held meanwhile, so that no relay starts beside it. */
async function started(configuration: Configuration): Promise<Checked> {
  const { openRelay } = await import('../relay.ts')
  const held = existsSync(configuration.data) ? openDataFolder(configuration.data) : undefined
  const data = mkdtempSync(join(tmpdir(), 'megabrain-check-'))
  const clean = (): void => {
    held?.close()
    rmSync(data, { recursive: true, force: true })
  }
  try {
    const relay = await openRelay({ ...configuration, data }, createLog(() => undefined, Date.now))
    return { addresses: relay.addresses(), close: () => relay.close().finally(clean) }
  } catch (error) {
    clean()
    if (!(error instanceof RelayStartError)) throw error
    throw new RelayStartError(`${error.message} If that is your relay, name its data folder: --data.`, { cause: error })
  }
}

async function dialAll({ listening, announced, stun, off }: Addresses): Promise<readonly CheckedAddress[]> {
  const [transport, whyUntried] = webTransportHere()
  const probe = await openProbe(transport)
  const checked: CheckedAddress[] = []
  try {
    for (const address of addressesToDial(announced, listening)) {
      const shown = { address: withoutPeer(address), announced: announced.includes(address) }
      if (whyUntried !== undefined && address.includes('/webtransport')) {
        checked.push({ ...shown, outcome: 'untried', why: whyUntried })
        continue
      }
      try {
        const ms = await probe.dial(address, AbortSignal.timeout(DIAL_MS))
        checked.push({ ...shown, outcome: 'works', ms })
      } catch (error) {
        checked.push({ ...shown, outcome: 'fails', why: await whyNot(address, error) })
      }
    }
  } finally {
    await probe.close()
  }
  if (stun !== undefined) {
    const hosts = new Set(addressesToDial(announced, listening).map((address) => placeOf(address).host))
    for (const host of hosts) checked.push(await checkStun(host, stun, announced))
  }
  for (const [name, why] of Object.entries(off)) checked.push({ address: name, announced: false, outcome: 'fails', why: `It is off: ${why}. If it shall be, set --${name}-port off.` })
  return checked
}

/** An own certificate is for the name that is announced; at the bare IP address behind it a browser would refuse it, rightly. */
function addressesToDial(announced: readonly string[], listening: readonly string[]): readonly string[] {
  const named = announced.some((address) => placeOf(address).isTls)
  return [...new Set([...announced, ...listening.filter((address) => !(named && placeOf(address).isTls))])]
}

async function checkStun(host: string, port: number, announced: readonly string[]): Promise<CheckedAddress> {
  const why = await stunAnswers(host, port)
  const shown = { address: `stun:${host.includes(':') ? `[${host}]` : host}:${port}`, announced: announced.some((address) => placeOf(address).host === host) }
  return why === undefined ? { ...shown, outcome: 'works' } : { ...shown, outcome: 'fails', why }
}

/** @returns a WebTransport that dials, or why this machine has none */
function webTransportHere(): readonly [ReturnType<typeof webTransport> | undefined, string | undefined] {
  try {
    loadBinding()
    return [webTransport(), undefined]
  } catch (error) {
    if (error instanceof BindingUnavailableError) return [undefined, error.message]
    throw error
  }
}

/**
 * The fragment by which a page on https, wherever it is hosted, joins this relay and its realm.
 * @returns undefined when no address that such a page can use is known not to fail
 */
function linkTo({ announced, realm }: Addresses, checked: readonly CheckedAddress[]): string | undefined {
  const failed = checked.filter(({ outcome }) => outcome === 'fails').map(({ address }) => address)
  const working = announced.filter((address) => !isLocal(address) && !failed.includes(withoutPeer(address)))
  const lasting = working.filter((address) => /\/(tls\/ws|wss|webtransport)/.test(address))
  // The certificate of webrtc-direct, and so its address, is new at every start.
  const usable = (lasting.length > 0 ? lasting : working.filter((address) => address.includes('/webrtc-direct'))).slice(0, MAX_LINKED)
  if (usable.length === 0) return undefined
  const words = new URLSearchParams()
  for (const address of usable) words.append('relay', address)
  words.append('realm', Buffer.from(realm, 'base64').toString('base64url'))
  return `#${words.toString()}`
}

function isLocal(address: string): boolean {
  const { host } = placeOf(address)
  return host === '::1' || host === 'localhost' || host.startsWith('127.')
}

function withoutPeer(address: string): string {
  return address.replace(/\/p2p\/[^/]+$/, '')
}

/** What no dialling from this machine can find out. */
function notesOn({ announced }: Addresses, { host, tlsCert }: Configuration): readonly string[] {
  if (announced.every(isLocal)) return ['It can be reached from this machine only. For others, set --host 0.0.0.0 or put a proxy in front and set --announce.']
  const notes = ['This machine dialled itself: a firewall or router in front of it was not in the way. Open the ports there too (TCP and UDP).']
  const isSecure = announced.some((address) => /\/(tls\/ws|wss|webtransport)/.test(address))
  if (!isSecure) notes.push('Pages on https cannot use any of these addresses: they need WebTransport, or a certificate (--tls-cert, or a proxy and --announce).')
  if (tlsCert === '' && host !== '127.0.0.1' && !announced.some((address) => /\/(tls\/ws|wss)/.test(address))) {
    notes.push('The page that this relay serves is plain http, where browsers compute for this machine only. Others use a page on https, with a link to this relay.')
  }
  return notes
}
