// The realms this island is in, those it could join, and who decides in them.

import type { ViewProps } from '../view-props.ts'
import { GovernancePanel } from './governance-panel.tsx'
import { ModelPanel } from './model-panel.tsx'
import { RealmsPanel } from './realms-panel.tsx'

export default function RealmsView({ visit, snapshot }: ViewProps) {
  const { command } = visit
  return (
    <div className="panels">
      <div className="column">
        <RealmsPanel realms={snapshot.realms} shown={snapshot.realm} offered={visit.realms} command={command} />
      </div>
      <div className="column">
        <ModelPanel model={snapshot.model} />
        <GovernancePanel governance={snapshot.governance} command={command} />
      </div>
    </div>
  )
}
