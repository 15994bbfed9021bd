// How the population develops, here and in the mesh.

import { upToNow } from '../../drawing/fitness-series.ts'
import type { ViewProps } from '../view-props.ts'
import { FitnessChart } from './fitness-chart.tsx'

export default function EvolutionView({ snapshot }: ViewProps) {
  return <FitnessChart history={upToNow(snapshot)} />
}
