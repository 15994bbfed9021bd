// What leaves this machine: bytes by kind from the mesh's own counters, and for data of one's own how much was worked on without
// leaving. Everything else stays here.

import type { Command } from '@megabrain/island'
import type { Task } from '@megabrain/evolve'
import { bytesIn, type TrafficView } from '@megabrain/mesh/traffic'
import { keptPercent, rawBytesPerEvaluation } from '@megabrain/tasks'
import type { MeshState } from '../../visit/mesh-watch.ts'
import { bytesText, trafficRows } from '../../words/leaving.ts'
import { Panel } from '../panel.tsx'

interface LeavingPanelProps {
  readonly mesh: MeshState
  readonly task: Task | undefined
  readonly evaluations: number
  readonly lowData: boolean
  readonly command: (command: Command) => void
}

export function LeavingPanel({ mesh, task, evaluations, lowData, command }: LeavingPanelProps) {
  return (
    <Panel title="What leaves this machine" area="leaving" note="since the mesh was joined">
      {mesh.kind === 'open' ? (
        <Bytes traffic={mesh.view.traffic} task={task} evaluations={evaluations} />
      ) : (
        <p className="empty">Nothing: not connected.</p>
      )}
      <label className="setting-check">
        <input
          type="checkbox"
          data-testid="low-data"
          checked={lowData}
          onChange={(event) => command({ kind: 'configure', settings: { lowData: event.target.checked } })}
        />
        <span>
          Use little data<small>two neighbours instead of eight, rarer heartbeats and comparisons, and only what was found here is served</small>
        </span>
      </label>
    </Panel>
  )
}

type BytesProps = Pick<LeavingPanelProps, 'task' | 'evaluations'> & { readonly traffic: TrafficView }

function Bytes({ traffic: { sent, received }, task, evaluations }: BytesProps) {
  const processed = task === undefined ? 0 : evaluations * rawBytesPerEvaluation(task)
  const kept = keptPercent(processed, bytesIn(sent))
  return (
    <>
      <ul className="refusals" data-testid="leaving" data-sent={bytesIn(sent)} data-received={bytesIn(received)}>
        {trafficRows.map(([kind, label]) => (
          <li key={kind} data-testid="traffic" data-kind={kind} data-sent={sent[kind]} data-received={received[kind]}>
            <span>{label}</span>
            <span>
              <b>{bytesText(sent[kind])}</b> out, {bytesText(received[kind])} in
            </span>
          </li>
        ))}
        <li>
          <b>Together</b>
          <span>
            <b>{bytesText(bytesIn(sent))}</b> out, {bytesText(bytesIn(received))} in
          </span>
        </li>
      </ul>
      <p data-testid="kept-here" data-processed={processed} data-percent={kept}>
        {task?.deterministic === false
          ? `Networks were shown ${bytesText(processed)} of readings of this machine; no reading and no fitness made from them is ever sent. ` +
            `Of all bytes worked on or sent, ${kept} % stayed here.`
          : 'Only networks, fitness and signatures are shared: this task has no data of yours.'}
      </p>
    </>
  )
}
