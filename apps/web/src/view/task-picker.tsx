// Which of the realm's tasks this island works on, and what reaching the goal means.

import { useId } from 'react'
import { taskTitle } from '../words/tasks.ts'

interface TaskPickerProps {
  readonly tasks: readonly string[]
  readonly selected: string
  readonly goal: string | undefined
  readonly onSelect: (task: string) => void
}

export function TaskPicker({ tasks, selected, goal, onSelect }: TaskPickerProps) {
  const id = useId()
  const listed = tasks.includes(selected) ? tasks : [selected, ...tasks]
  return (
    <div className="task">
      <div className="task-choice">
        <label htmlFor={id}>Task</label>
        <select
          id={id}
          data-testid="task"
          value={selected}
          aria-describedby={`${id}-goal`}
          onChange={(event) => onSelect(event.target.value)}
        >
          {listed.map((task) => (
            <option key={task} value={task}>
              {taskTitle(task)}
            </option>
          ))}
        </select>
      </div>
      <p className="task-goal" id={`${id}-goal`}>
        {goal ?? 'This version of the page does not know the goal of this task.'}
      </p>
    </div>
  )
}
