// Every kind of statement that this version knows. Another one is added by adding it here; statements of kinds that are not
// listed are left alone, and nobody is blamed for them.

import { auditKind, creditHeadKind } from '../credit/credit-kinds.ts'
import { banKind } from './ban.ts'
import type { StatementKind } from './statement-kind.ts'

export const statementKinds: readonly StatementKind<unknown>[] = [banKind, creditHeadKind, auditKind]
