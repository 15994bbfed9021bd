// Model 2: one selection over the populations of many islands. Members report what they have, the coordinator of their shard
// says what survives, and what survives is told to all as any claim is. This is the machine's front: who hears what.

import { digestOfCid } from '../../claim/cid-digest.ts'
import { hexText } from '../../bytes/text.ts'
import type { FederatedPolicy } from '../../realm/model-policy.ts'
import type { IslandModel, ModelEvent, ModelView } from '../model.ts'
import { decodeQuestion, decodeSaid } from './content.ts'
import { decisionsOnHeartbeat, hearComplaint, hearDecision, hearProof, listAnswered, prefixOf, proofHolds, serveList } from './decision.ts'
import { hearLease, leaseOnHeartbeat } from './lease.ts'
import { decisionSigned, DOUBTED_ROUNDS, officeOnHeartbeat, takeReport } from './office.ts'
import { forwarded, passReports, reportOnHeartbeat, reportSigned } from './reporting.ts'
import { broadcast, createFederationState, type FederationState, type FederationTurn } from './state.ts'

export function createFederation(policy: FederatedPolicy): IslandModel {
  const fed = createFederationState(policy)
  return {
    kind: 'federated',
    tellsAll: false,
    step(event, world) {
      const turn: FederationTurn = { fed, world, effects: [] }
      happen(turn, event)
      return turn.effects
    },
    // Selection decides what is told; letting in survivors alone was tried, and took more evaluations.
    welcomes: () => true,
    view: (now) => viewOf(fed, now),
  }
}

function happen(turn: FederationTurn, event: ModelEvent): void {
  const { fed } = turn
  switch (event.kind) {
    case 'heartbeat':
      leaseOnHeartbeat(turn)
      reportOnHeartbeat(turn)
      officeOnHeartbeat(turn)
      return decisionsOnHeartbeat(turn)
    case 'heard':
      return hear(turn, event)
    case 'asked': {
      const question = decodeQuestion(event.content)
      if (question?.kind === 'list') return serveList(turn, event.ticket, question.digest)
      const isTaken = question !== undefined && passReports(turn, question.shard, question.envelopes, event.from)
      turn.effects.push({ kind: 'answer', ticket: event.ticket, content: isTaken ? new Uint8Array(0) : undefined })
      return
    }
    case 'answered':
    case 'signed':
    case 'verified':
      return settle(turn, event)
    case 'found':
      return found(turn, event)
    case 'admitted': {
      const { claim } = event.entry
      const prefix = prefixOf(hexText(digestOfCid(claim.genotype)!))
      const owed = fed.owed.get(prefix)
      if (owed?.device !== claim.device) return
      fed.owed.delete(prefix)
      fed.valid.set(owed.device, (fed.valid.get(owed.device) ?? 0) + 1)
      return
    }
    case 'disproved':
      fed.valid.set(event.device, 0)
      fed.doubted.set(event.device, (fed.known.get(fed.shard)?.round ?? 0) + DOUBTED_ROUNDS)
  }
}

function hear(turn: FederationTurn, { message, from }: ModelEvent & { readonly kind: 'heard' }): void {
  const said = decodeSaid(message.content)
  const isNews = (): boolean => {
    switch (said?.kind) {
      case 'lease':
        return hearLease(turn, said, message.device, from)
      case 'decision':
        return hearDecision(turn, said, message, from)
      case 'report':
        return hearComplaint(turn, said, message)
      case 'proof':
        return hearProof(turn, said, message.envelope)
      default:
        return false
    }
  }
  turn.effects.push({ kind: 'verdict', verdict: isNews() ? 'forward' : 'ignore' })
}

function settle(turn: FederationTurn, event: ModelEvent & { readonly kind: 'answered' | 'signed' | 'verified' }): void {
  const { fed } = turn
  const purpose = fed.purposes.get(event.ticket)
  fed.purposes.delete(event.ticket)
  if (purpose === undefined) return
  if (event.kind === 'answered') {
    if (purpose.kind === 'forwarded') forwarded(turn, purpose.shard, event.content?.length === 0)
    else if (purpose.kind === 'list') listAnswered(turn, purpose.digest, event.content)
  } else if (event.kind === 'signed') {
    if (purpose.kind === 'say') broadcast(turn, event.message.envelope)
    else if (purpose.kind === 'report') reportSigned(turn, purpose.round, purpose.shard, event.message)
    else if (purpose.kind === 'decide') decisionSigned(turn, event.message, purpose)
  } else if (event.valid) {
    if (purpose.kind === 'check-report') takeReport(turn, { id: purpose.message.id, report: purpose.report }, purpose.message.device)
    else if (purpose.kind === 'check-proof') proofHolds(turn, purpose.device, purpose.envelope)
  }
}

function found({ fed, world }: FederationTurn, { discovery, cid, species }: ModelEvent & { readonly kind: 'found' }): void {
  if (!world.tasks.includes(discovery.task)) return
  fed.task = discovery.task
  const agents = fed.agents.get(discovery.task) ?? []
  fed.agents.set(discovery.task, agents)
  const prefix = prefixOf(hexText(digestOfCid(cid)!))
  if (agents.some((agent) => agent.prefix === prefix)) return
  agents.push({ discovery, prefix, fitness: discovery.fitness, species, isTold: false })
  agents.sort((a, b) => b.fitness - a.fitness)
  if (agents.length > fed.policy.agents) agents.pop()
}

function viewOf(fed: FederationState, now: number): ModelView {
  const known = fed.known.get(fed.shard)
  const living = [...fed.known.values()].filter((other) => !other.isClosed && now - other.heardAt < fed.policy.leaseMs)
  const isLed = known !== undefined && living.includes(known)
  return {
    model: 'federated',
    federation: {
      shard: fed.shard, shards: living.map(({ shard }) => shard).sort((a, b) => a - b), coordinator: isLed ? known.device : undefined,
      isOurs: fed.office !== undefined && fed.office.shard === fed.shard, term: known?.term ?? 0, round: known?.round ?? 0,
      silentMs: known === undefined ? undefined : now - known.heardAt, rounds: [...fed.rounds], liars: [...fed.liars.entries()].map(([device]) => device),
    },
  }
}
