// Which of the realm's tasks this island works on, how, and what reaching the goal means.

import type { AlgorithmName } from '@megabrain/evolve'
import { algorithmNames } from '@megabrain/evolve'
import { useId } from 'react'
import { algorithmTitle } from '../../words/algorithms.ts'
import { taskTitle } from '../../words/tasks.ts'
import { t } from '../../words/translate.ts'

interface TaskPickerProps {
  readonly tasks: readonly string[]
  readonly task: string
  readonly algorithm: AlgorithmName
  readonly goal: string | undefined
  readonly onTask: (task: string) => void
  readonly onAlgorithm: (algorithm: AlgorithmName) => void
}

export function TaskPicker({ tasks, task, algorithm, goal, onTask, onAlgorithm }: TaskPickerProps) {
  const goalId = useId()
  return (
    <div className="task">
      <Choice
        label={t('donate.task')}
        testId="task"
        options={tasks.includes(task) ? tasks : [task, ...tasks]}
        selected={task}
        title={taskTitle}
        describedBy={goalId}
        onSelect={onTask}
      />
      <Choice
        label={t('donate.search')}
        testId="algorithm"
        options={algorithmNames}
        selected={algorithm}
        title={algorithmTitle}
        describedBy={undefined}
        onSelect={onAlgorithm}
      />
      <p className="task-goal" id={goalId}>
        {goal ?? t('donate.goalUnknown')}
      </p>
    </div>
  )
}

interface ChoiceProps<Name extends string> {
  readonly label: string
  readonly testId: string
  readonly options: readonly Name[]
  readonly selected: Name
  readonly title: (name: Name) => string
  readonly describedBy: string | undefined
  readonly onSelect: (name: Name) => void
}

function Choice<Name extends string>({ label, testId, options, selected, title, describedBy, onSelect }: ChoiceProps<Name>) {
  const id = useId()
  return (
    <div className="task-choice">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        data-testid={testId}
        value={selected}
        aria-describedby={describedBy}
        onChange={(event) => onSelect(event.target.value as Name)}
      >
        {options.map((name) => (
          <option key={name} value={name}>
            {title(name)}
          </option>
        ))}
      </select>
    </div>
  )
}
