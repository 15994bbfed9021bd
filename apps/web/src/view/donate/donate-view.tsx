// Home: what this computer gives, what it found, and who took it up.

import { findTask } from '@megabrain/tasks'
import { upToNow } from '../../drawing/fitness-series.ts'
import { companyOf } from '../../words/company.ts'
import type { ViewProps } from '../view-props.ts'
import { Adoptions } from './adoptions.tsx'
import { Champion } from './champion.tsx'
import { CreditPanel } from './credit-panel.tsx'
import { EventLog } from './event-log.tsx'
import { FitnessChart } from './fitness-chart.tsx'
import { InvitePanel } from './invite-panel.tsx'
import { PowerPanel } from './power-panel.tsx'
import { SincePanel } from './since-panel.tsx'
import { Situation } from './situation.tsx'
import { TaskPicker } from './task-picker.tsx'
import { Tiles } from './tiles.tsx'

export default function DonateView({ visit, snapshot, mesh }: ViewProps) {
  const { command } = visit
  const realm = snapshot.realms.find(({ id }) => id === snapshot.realm)
  const task = findTask(snapshot.settings.task)
  return (
    <>
      <Situation snapshot={snapshot} company={companyOf(mesh)} />
      <TaskPicker
        tasks={realm?.tasks ?? visit.tasks}
        task={snapshot.settings.task}
        algorithm={snapshot.settings.algorithm}
        goal={task?.goal}
        onTask={(id) => command({ kind: 'configure', settings: { task: id } })}
        onAlgorithm={(algorithm) => command({ kind: 'configure', settings: { algorithm } })}
      />
      <Tiles snapshot={snapshot} />
      <div className="panels">
        <div className="column">
          <Champion champion={snapshot.champion} task={task} />
          <FitnessChart history={upToNow(snapshot)} />
        </div>
        <div className="column">
          <PowerPanel phase={snapshot.phase} settings={snapshot.settings} command={command} />
          <SincePanel snapshot={snapshot} />
          <EventLog log={snapshot.log} />
          <Adoptions adoptions={snapshot.adoptions} />
          <CreditPanel credit={snapshot.credit} author={snapshot.author} exportCredit={visit.exportCredit} />
          <InvitePanel mesh={mesh} policy={visit.realms.find(({ id }) => id === snapshot.realm)?.policy} />
        </div>
      </div>
    </>
  )
}
