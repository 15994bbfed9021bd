// Who is connected, in one or two sentences: with whom we trade, or that we are alone, and what is being done about
// a relay that does not answer.

import type { RelayView } from '@megabrain/mesh'
import type { MeshState } from '../visit/mesh-watch.ts'
import { nameOfRelay } from '@megabrain/mesh/relay-addresses'
import { count } from './format.ts'
import { t } from './translate.ts'

export interface Company {
  /** True when no other island is connected. */
  readonly alone: boolean
  readonly sentence: string
}

export function companyOf(mesh: MeshState): Company {
  if (mesh.kind === 'closed') return { alone: true, sentence: t('state.company.closed') }
  if (mesh.kind === 'loading') {
    return { alone: true, sentence: mesh.reason === undefined ? t('state.company.fetching') : t('state.company.retrying', { reason: mesh.reason }) }
  }
  const islands = mesh.view.neighbours.filter((neighbour) => neighbour.kind === 'island').length
  const relays = mesh.view.neighbours.length - islands
  const trouble = troubleOf(mesh.view.relays, relays > 0)
  if (islands > 0) {
    const trading = t(relays > 0 ? 'state.company.trading' : 'state.company.tradingAlone', { count: islands, islands: count(islands) })
    return { alone: false, sentence: join([trading, trouble]) }
  }
  return { alone: true, sentence: join([t(relays > 0 ? 'state.company.aloneRelay' : 'state.company.alone'), trouble]) }
}

function troubleOf(relays: readonly RelayView[], connected: boolean): string | undefined {
  if (connected) return undefined
  const lost = relays.find((relay) => relay.reason !== undefined) ?? relays.find((relay) => relay.state === 'waiting')
  if (lost === undefined) return t(relays.length === 0 ? 'state.company.noRelay' : 'state.company.connecting')
  const relay = nameOfRelay(lost.address)
  return lost.reason === undefined ? t('state.company.lost', { relay }) : t('state.company.lostBy', { relay, reason: sentencePart(lost.reason) })
}

/** A reason comes as a sentence of its own; inside another one it starts small and ends without a stop. */
function sentencePart(reason: string): string {
  return `${reason.slice(0, 1).toLowerCase()}${reason.slice(1).replace(/\.$/, '')}`
}

function join(sentences: readonly (string | undefined)[]): string {
  return sentences.filter((sentence) => sentence !== undefined).join(' ')
}
