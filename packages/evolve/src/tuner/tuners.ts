// Every tuner by name: a new one is one file and one line here.

import { cmaEs, type CovarianceStrategy } from './cma-es.ts'
import { hillClimber, type Climb } from './hill-climber.ts'
import { sepCmaEs, type SeparableStrategy } from './sep-cma-es.ts'
import type { Genotype } from '../genotype/genotype.ts'
import { parameterCount } from './parameters.ts'
import { MAX_COVARIANCE, type TunerName, type TunerSettings } from './settings.ts'
import type { Tuner } from './tuner.ts'

export type TunerState = Climb | CovarianceStrategy | SeparableStrategy

export const tuners: Readonly<Record<TunerName, Tuner<TunerState>>> = {
  'hill-climb': hillClimber,
  'cma-es': cmaEs,
  'sep-cma-es': sepCmaEs,
}

/** The tuner that `settings` ask for; `sep-cma-es` where a genotype has more parameters than a full covariance is kept for. */
export function tunerFor(genotype: Genotype, settings: TunerSettings): TunerName {
  return settings.tuner === 'cma-es' && parameterCount(genotype, settings) > MAX_COVARIANCE ? 'sep-cma-es' : settings.tuner
}
