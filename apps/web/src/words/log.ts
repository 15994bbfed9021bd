// One sentence for each thing that happened.

import type { LogEntry } from '@megabrain/island'
import { count, plural, shortId, shortKey } from './format.ts'
import { isHarmless, refusalPhrase } from './refusals.ts'
import { sentenceOf } from './state.ts'

export function logSentence(entry: LogEntry): string {
  switch (entry.kind) {
    case 'started':
      return 'Started.'
    case 'resumed':
      return 'Went on.'
    case 'paused':
      return sentenceOf({ phase: 'paused', reason: entry.reason, detail: undefined })
    case 'stopped':
      return sentenceOf({ phase: 'stopped', reason: entry.reason, detail: undefined })
    case 'improved':
      return `A better network: fitness ${count(entry.fitness)} in generation ${count(entry.generation)}.`
    case 'solved':
      return `Solved the task after ${plural(entry.evaluations, 'evaluation')}, with ${shortId(entry.cid)}.`
    case 'published':
      return `Announced ${shortId(entry.cid)} with fitness ${count(entry.fitness)}.`
    case 'adopted':
      return `Adopted a champion from ${shortKey(entry.adoption.author)}: fitness ${count(entry.adoption.fitness)}, re-run here and equal.`
    case 'admitted':
      return `Verified a claim by ${shortKey(entry.claim.author)}: fitness ${count(entry.claim.fitness)} holds.`
    case 'refused':
      return isHarmless(entry.reason)
        ? `Left a claim aside: ${refusalPhrase(entry.reason)}${comparison(entry.claimed, entry.measured)}.`
        : `Refused a claim: ${refusalPhrase(entry.reason)}${comparison(entry.claimed, entry.measured)}.`
    case 'restored':
      return `Found ${plural(entry.champions, 'champion')} from before; continuing at generation ${count(entry.generation)}.`
    case 'join-failed':
      return `The realm was not joined: ${entry.detail}.`
    case 'neighbour-joined':
      return `Connected to ${shortId(entry.peer)} (${transportName(entry.transport)}).`
    case 'neighbour-left':
      return `${shortId(entry.peer)} is gone.`
  }
}

function comparison(claimed: number | undefined, measured: number | undefined): string {
  if (claimed === undefined) return ''
  if (claimed === measured) return ` (fitness ${count(claimed)})`
  return measured === undefined ? ` (claimed ${count(claimed)})` : ` (claimed ${count(claimed)}, measured ${count(measured)})`
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
