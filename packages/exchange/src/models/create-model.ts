// The machine of the model that a realm's policy names. Another model plugs in here.

import type { ChosenModel } from '../realm/model-policy.ts'
import type { IslandModel } from './model.ts'

/** Undefined for Model 1 and for models that run elsewhere: the member does as ever. */
export function createModel(policy: ChosenModel | undefined): IslandModel | undefined {
  switch (policy?.kind) {
    default:
      return undefined
  }
}
