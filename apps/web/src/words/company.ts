// Who is connected, in one or two sentences: with whom we trade, or that we are alone, and what is being done about
// a relay that does not answer.

import type { RelayView } from '@megabrain/mesh'
import type { MeshState } from '../visit/mesh-watch.ts'
import { nameOfRelay } from '@megabrain/mesh/relay-addresses'
import { plural } from './format.ts'

export interface Company {
  /** True when no other island is connected. */
  readonly alone: boolean
  readonly sentence: string
}

export function companyOf(mesh: MeshState): Company {
  if (mesh.kind === 'closed') return { alone: true, sentence: 'Not connected to anybody.' }
  if (mesh.kind === 'loading') {
    const cause = mesh.reason === undefined ? 'Fetching the part that connects.' : `${mesh.reason} Trying again every few seconds.`
    return { alone: true, sentence: `${cause} Evolving alone meanwhile.` }
  }
  const islands = mesh.view.neighbours.filter((neighbour) => neighbour.kind === 'island').length
  const relays = mesh.view.neighbours.length - islands
  const trouble = troubleOf(mesh.view.relays, relays > 0)
  if (islands > 0)
    return {
      alone: false,
      sentence: join([`Trading with ${plural(islands, 'other island')}${relays > 0 ? '' : ', without any relay'}.`, trouble]),
    }
  const start = relays > 0 ? 'Alone: the relay knows no other island just now.' : 'Alone: no other island is connected.'
  return { alone: true, sentence: join([start, trouble]) }
}

function troubleOf(relays: readonly RelayView[], connected: boolean): string | undefined {
  if (connected) return undefined
  const lost = relays.find((relay) => relay.reason !== undefined) ?? relays.find((relay) => relay.state === 'waiting')
  if (lost !== undefined) {
    const cause = lost.reason === undefined ? '' : ` (${sentencePart(lost.reason)})`
    return `The relay at ${nameOfRelay(lost.address)} does not answer${cause}; trying again by itself. Evolution does not need it.`
  }
  return relays.length === 0 ? 'No relay is known.' : 'Connecting to the relay.'
}

/** A reason comes as a sentence of its own; inside another one it starts small and ends without a stop. */
function sentencePart(reason: string): string {
  return `${reason.slice(0, 1).toLowerCase()}${reason.slice(1).replace(/\.$/, '')}`
}

function join(sentences: readonly (string | undefined)[]): string {
  return sentences.filter((sentence) => sentence !== undefined).join(' ')
}
