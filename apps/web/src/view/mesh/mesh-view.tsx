// Who is connected and how, what is refused, and what leaves this machine.

import { findTask } from '@megabrain/tasks'
import type { ViewProps } from '../view-props.ts'
import { LeavingPanel } from './leaving-panel.tsx'
import { MeshPanel } from './mesh-panel.tsx'
import { Refusals } from './refusals.tsx'

export default function MeshView({ visit, snapshot, mesh }: ViewProps) {
  const { settings, evaluationsSinceMesh } = snapshot
  return (
    <div className="panels">
      <div className="column">
        <MeshPanel mesh={mesh} />
        <Refusals refusals={snapshot.refusals} admitted={snapshot.admitted} />
      </div>
      <div className="column">
        <LeavingPanel mesh={mesh} task={findTask(settings.task)} evaluations={evaluationsSinceMesh} lowData={settings.lowData} command={visit.command} />
      </div>
    </div>
  )
}
