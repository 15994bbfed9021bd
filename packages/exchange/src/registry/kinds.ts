// Every kind of statement that this version knows. Another one is added by adding it here; statements of kinds that are not
// listed are left alone, and nobody is blamed for them.

import { attestationKind } from '../audit/attestation.ts'
import { beaconKind } from '../audit/beacon.ts'
import { auditKind, creditHeadKind } from '../credit/credit-kinds.ts'
import { machineKind } from '../identity/machine.ts'
import { revocationKind } from '../identity/revocation.ts'
import { teamKind } from '../identity/team.ts'
import { acceptanceKind } from './acceptance.ts'
import { banKind } from './ban.ts'
import { policyKind } from './policy-pointer.ts'
import { regionKind } from './region.ts'
import type { StatementKind } from './statement-kind.ts'

export const statementKinds: readonly StatementKind<unknown>[] = [
  banKind, acceptanceKind, policyKind, creditHeadKind, auditKind, beaconKind, attestationKind, revocationKind, teamKind, regionKind, machineKind,
]
