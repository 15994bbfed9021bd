// One sentence for each thing that happened.

import type { LogEntry } from '@megabrain/island'
import { count, shortId, shortKey } from './format.ts'
import { isHarmless, refusalPhrase } from './refusals.ts'
import { sentenceOf } from './state.ts'
import { t } from './translate.ts'

export function logSentence(entry: LogEntry): string {
  switch (entry.kind) {
    case 'started':
    case 'resumed':
      return t(`state.log.${entry.kind}`)
    case 'paused':
    case 'stopped':
      return sentenceOf({ phase: entry.kind, reason: entry.reason, detail: undefined })
    case 'improved':
      return t('state.log.improved', { fitness: count(entry.fitness), generation: count(entry.generation) })
    case 'solved':
      return t('state.log.solved', { evaluations: count(entry.evaluations), cid: shortId(entry.cid) })
    case 'published':
      return t('state.log.published', { cid: shortId(entry.cid), fitness: count(entry.fitness) })
    case 'adopted':
      return t('state.log.adopted', { who: shortKey(entry.adoption.author), fitness: count(entry.adoption.fitness) })
    case 'admitted':
      return t('state.log.admitted', { who: shortKey(entry.claim.author), fitness: count(entry.claim.fitness) })
    case 'refused': {
      const said = { why: refusalPhrase(entry.reason), compared: comparison(entry.claimed, entry.measured) }
      return t(isHarmless(entry.reason) ? 'state.log.aside' : 'state.log.refused', said)
    }
    case 'restored':
      return t('state.log.restored', { champions: count(entry.champions), generation: count(entry.generation) })
    case 'join-failed':
      return t('state.log.joinFailed', { detail: entry.detail })
    case 'neighbour-joined':
      return t('state.log.joined', { peer: shortId(entry.peer), transport: transportName(entry.transport) })
    case 'neighbour-left':
      return t('state.log.left', { peer: shortId(entry.peer) })
  }
}

function comparison(claimed: number | undefined, measured: number | undefined): string {
  if (claimed === undefined) return ''
  if (claimed === measured) return t('state.log.same', { claimed: count(claimed) })
  return measured === undefined
    ? t('state.log.claimed', { claimed: count(claimed) })
    : t('state.log.measured', { claimed: count(claimed), measured: count(measured) })
}

/** The usual spelling of a transport's name. */
export function transportName(transport: string): string {
  const names: Readonly<Record<string, string>> = {
    webrtc: 'WebRTC',
    'webrtc-direct': 'WebRTC direct',
    websocket: 'WebSocket',
    webtransport: 'WebTransport',
    circuit: 'relay circuit',
    memory: 'memory',
  }
  return names[transport] ?? transport
}
