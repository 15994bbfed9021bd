// After the click: everything the island does, live. Arranges the panels and hands each one its plain props.

import type { Command, Snapshot } from '@megabrain/island'
import { Suspense, useEffect } from 'react'
import type { RealmNotice } from '@megabrain/mesh/relay-notice'
import { findTask } from '@megabrain/tasks'
import { upToNow } from '../drawing/fitness-series.ts'
import type { MeshState } from '../visit/mesh-watch.ts'
import type { Source } from '../visit/source.ts'
import { companyOf } from '../words/company.ts'
import { labelOf } from '../words/state.ts'
import { Champion } from './champion.tsx'
import { Controls } from './controls.tsx'
import { late } from './late.ts'
import { Signature } from './signature.tsx'
import { Situation } from './situation.tsx'
import { TaskPicker } from './task-picker.tsx'
import { Tiles } from './tiles.tsx'
import { Wordmark } from './wordmark.tsx'

const Adoptions = late((panels) => panels.Adoptions)
const CreditPanel = late((panels) => panels.CreditPanel)
const EventLog = late((panels) => panels.EventLog)
const ExperimentPanel = late((panels) => panels.ExperimentPanel)
const FeedPanel = late((panels) => panels.FeedPanel)
const FitnessChart = late((panels) => panels.FitnessChart)
const GovernancePanel = late((panels) => panels.GovernancePanel)
const MeshPanel = late((panels) => panels.MeshPanel)
const OwnPanels = late((panels) => panels.OwnPanels)
const SettingsPanel = late((panels) => panels.SettingsPanel)
const RealmsPanel = late((panels) => panels.RealmsPanel)
const Refusals = late((panels) => panels.Refusals)

interface DashboardProps {
  readonly snapshot: Snapshot
  readonly mesh: MeshState
  /** Ids of the realm's tasks, for as long as the snapshot does not know them. */
  readonly tasks: readonly string[]
  /** Realms that the relay of this page offers. */
  readonly offered: readonly RealmNotice[]
  readonly island: Source<Snapshot>
  readonly command: (command: Command) => void
  readonly exportCredit: () => Promise<Uint8Array | undefined>
}

export function Dashboard({ snapshot, mesh, tasks, offered, island, command, exportCredit }: DashboardProps) {
  const realm = snapshot.realms.find(({ id }) => id === snapshot.realm)
  const task = findTask(snapshot.settings.task)
  const label = labelOf(snapshot.phase)
  useEffect(() => {
    document.title = `${label} · Megabrain`
    return () => {
      document.title = 'Megabrain'
    }
  }, [label])
  return (
    <div className="dashboard">
      <header className="bar">
        <Wordmark />
        <Controls phase={snapshot.phase} reason={snapshot.reason} command={command} />
      </header>
      <main>
        <h1 className="unseen">Your island</h1>
        <Situation snapshot={snapshot} company={companyOf(mesh)} />
        <TaskPicker
          tasks={realm?.tasks ?? tasks}
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
            <Suspense>
              <FitnessChart history={upToNow(snapshot)} />
              <FeedPanel
                feed={snapshot.feed}
                author={snapshot.author}
                isModerator={snapshot.governance?.policy.isModerator ?? false}
                command={command}
              />
              <Refusals refusals={snapshot.refusals} admitted={snapshot.admitted} />
            </Suspense>
            <Suspense>
              <SettingsPanel snapshot={snapshot} command={command} />
              <ExperimentPanel experiment={snapshot.experiment} command={command} />
            </Suspense>
            <Signature author={snapshot.author} published={snapshot.published} archived={snapshot.archived} />
          </div>
          <div className="column">
            <Suspense>
              <MeshPanel mesh={mesh} />
              <EventLog log={snapshot.log} />
              <RealmsPanel realms={snapshot.realms} shown={snapshot.realm} offered={offered} command={command} />
              <GovernancePanel governance={snapshot.governance} command={command} />
              <OwnPanels snapshot={snapshot} mesh={mesh} offered={offered} island={island} command={command} />
              <CreditPanel credit={snapshot.credit} author={snapshot.author} exportCredit={exportCredit} />
              <Adoptions adoptions={snapshot.adoptions} />
            </Suspense>
          </div>
        </div>
      </main>
    </div>
  )
}
