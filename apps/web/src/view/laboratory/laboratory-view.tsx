// Runs that anyone can repeat.

import type { ViewProps } from '../view-props.ts'
import { ExperimentPanel } from './experiment-panel.tsx'

export default function LaboratoryView({ visit, snapshot }: ViewProps) {
  return <ExperimentPanel experiment={snapshot.experiment} command={visit.command} />
}
