// Every planted bug. `node packages/exchange/mutants/run.ts` plants them one by one and tells which ones the tests catch.

import type { Mutant } from './mutant.ts'
import { plantedBelow } from './planted-below.ts'
import { plantedInFederation } from './planted-in-federation.ts'
import { plantedInMember } from './planted-in-member.ts'
import { plantedInSharding } from './planted-in-sharding.ts'
import { plantedInWorkUnits } from './planted-in-work-units.ts'

export const allMutants: readonly Mutant[] = [
  ...plantedBelow, ...plantedInMember, ...plantedInFederation, ...plantedInWorkUnits, ...plantedInSharding,
]
