// `--check`: another peer dials every address at which the relay listens or which it announces, and says of each whether it works
// and why not. A relay that runs on the data folder is asked where it is; else one is started as configured, on a folder that passes.
// Of a relay elsewhere its document says where it is: dialled from another machine it is seen as its visitors see it.

import { openProbe } from '@megabrain/mesh/node'
import { BindingUnavailableError, loadBinding, webTransport } from '@megabrain/webtransport-listener'
import type { RelayAnswer } from '../actions.ts'
import type { Configuration } from '../configuration.ts'
import type { Answers } from '../operator-socket.ts'
import { linkTo, notesOn, withoutPeer } from './advice.ts'
import { placeOf } from './place.ts'
import { openRelayUnderCheck } from './relay-under-check.ts'
import { stunAnswers } from './stun-answers.ts'
import { whyNot } from './why-not.ts'

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

/**
 * @param of web address of a relay elsewhere. @default the one of these settings
 * @throws RelayStartError when the relay cannot start as configured, or there is none at `of`
 */
export async function checkRelay(configuration: Configuration, of?: string): Promise<RelayAnswer> {
  const relay = await openRelayUnderCheck(configuration, of)
  try {
    const addresses = await dialAll(relay.addresses)
    const ok = addresses.every(({ outcome }) => outcome !== 'fails')
    const notes = of === undefined ? notesOn(relay.addresses, configuration) : []
    const link = relay.lasts ? linkTo(relay.addresses, addresses) : undefined
    const text = [
      relay.named,
      ...addresses.flatMap(lines),
      summary(addresses),
      ...notes.map((note) => `Note: ${note}`),
      ...(link === undefined ? [] : [`Any page of Megabrain on https joins here by a link that ends in\n${link}`]),
    ].join('\n')
    return { json: { ok, running: relay.lasts, addresses, notes, ...(link === undefined ? {} : { link }) }, text, exit: ok ? 0 : 1 }
  } finally {
    await relay.close()
  }
}

function lines({ address, outcome, ms, why }: CheckedAddress): readonly string[] {
  const shown = address.replace(/(\/certhash\/[^/]+)+/, '')
  return [`  ${outcome.padEnd(7)}  ${shown}${ms === undefined ? '' : `  (${Math.round(ms)} ms)`}`, ...(why === undefined ? [] : [`           ${why}`])]
}

function summary(addresses: readonly CheckedAddress[]): string {
  const count = (wanted: CheckedAddress['outcome']): number => addresses.filter(({ outcome }) => outcome === wanted).length
  const [failed, untried] = [count('fails'), count('untried')]
  const found = failed === 0 ? 'Everything that was tried works.' : `${failed} of ${addresses.length} ${failed === 1 ? 'does' : 'do'} not work.`
  return untried === 0 ? found : `${found} ${untried} could not be tried from this machine.`
}

async function dialAll({ listening, announced, stun, off }: Answers['addresses']): Promise<readonly CheckedAddress[]> {
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
