// Chooses how a task is shown: a world that moves, a curve, or questions and answers.

import type { Task } from '@megabrain/evolve'
import type { DrawnNetwork } from '../../drawing/drawn-network.ts'
import { curveOf } from '../../drawing/scene.ts'
import { QuestionsStage } from './questions-stage.tsx'
import { ScenePicture } from './scene-picture.tsx'
import { WorldStage } from './world-stage.tsx'

interface StageProps {
  readonly task: Task
  readonly drawn: DrawnNetwork
}

export function Stage({ task, drawn }: StageProps) {
  if (task.environment !== undefined) return <WorldStage task={task.id} environment={task.environment} drawn={drawn} />
  const curve = curveOf(task.id, drawn.compile())
  if (curve === undefined) return <QuestionsStage task={task.id} drawn={drawn} />
  return (
    <div className="stage" data-testid="champion-stage">
      <ScenePicture scene={curve} />
    </div>
  )
}
