// A member that signs for its realm takes part in the beacon: an hour ahead it commits, when the hour has come it reveals. The
// secret of each hour follows from a seed that its host keeps, so that a restart withholds nothing.

import { beaconDeclaration, beaconKind, beaconOf, beaconSecret, commitmentOf, sightOf, type Beacon } from '../audit/beacon.ts'
import { hexText } from '../bytes/text.ts'
import { epochOf } from '../credit/standing.ts'
import { statementKey } from '../registry/statement.ts'
import { declare } from './registry.ts'
import type { MemberState, Turn } from './state.ts'

/** Hours whose commitment and reveal are said already, so that nothing is said twice while it waits for its signature. */
export interface BeaconState {
  committed: number
  revealed: number
}

export function createBeaconState(): BeaconState {
  return { committed: -1, revealed: -1 }
}

export function beaconOnHeartbeat(turn: Turn): void {
  const { state, wall } = turn
  const { realm, identity, beaconSeed } = state.options
  if (beaconSeed === undefined || identity === undefined) return
  const signer = hexText(identity.owner)
  if (!realm.beaconSigners.includes(signer)) return
  const { beacon } = state
  const epoch = epochOf(wall)
  const secretOf = (at: number): string => beaconSecret(beaconSeed, state.realmId, at)
  if (beacon.committed < epoch + 1) {
    beacon.committed = epoch + 1
    if (!isSaid(state, signer, epoch + 1, 'commit')) {
      declare(turn, beaconDeclaration({ epoch: epoch + 1, phase: 'commit', value: commitmentOf(secretOf(epoch + 1)), seen: [] }))
    }
  }
  if (beacon.revealed < epoch && isSaid(state, signer, epoch, 'commit')) {
    beacon.revealed = epoch
    if (isSaid(state, signer, epoch, 'reveal')) return
    const seen = state.registry.of(beaconKind).flatMap(({ value }) => (value.epoch === epoch && value.phase === 'commit' ? sightOf(value.value) : []))
    declare(turn, beaconDeclaration({ epoch, phase: 'reveal', value: secretOf(epoch), seen }))
  }
}

/** The beacon of an hour as this member knows it. */
export function beaconAt({ registry, options, realmId }: MemberState, epoch: number): Beacon | undefined {
  return beaconOf(registry.of(beaconKind), options.realm, realmId, epoch)
}

function isSaid({ registry }: MemberState, signer: string, epoch: number, phase: 'commit' | 'reveal'): boolean {
  const { kind, subject } = beaconDeclaration({ epoch, phase, value: '', seen: [] })
  return registry.at(statementKey({ kind, signer, subject })) !== undefined
}
