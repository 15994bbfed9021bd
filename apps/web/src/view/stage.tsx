// Chooses how a task is shown: a world that moves, or questions and answers.

import type { Task } from '@megabrain/evolve'
import type { DrawnNetwork } from '../drawing/drawn-network.ts'
import { QuestionsStage } from './questions-stage.tsx'
import { WorldStage } from './world-stage.tsx'

interface StageProps {
  readonly task: Task
  readonly drawn: DrawnNetwork
}

export function Stage({ task, drawn }: StageProps) {
  return task.environment === undefined ? (
    <QuestionsStage task={task.id} drawn={drawn} />
  ) : (
    <WorldStage task={task.id} environment={task.environment} drawn={drawn} />
  )
}
