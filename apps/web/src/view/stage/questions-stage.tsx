// A task without a moving world: its questions and the champion's answers, one after the other.

import { useMemo, useRef, useState } from 'react'
import type { DrawnNetwork } from '../../drawing/drawn-network.ts'
import { answersOf } from '../../drawing/questions.ts'
import { StageControls } from './stage-controls.tsx'
import { useCalm } from '../use-calm.ts'
import { useClock } from '../use-clock.ts'

interface QuestionsStageProps {
  readonly task: string
  readonly drawn: DrawnNetwork
}

const QUESTION_SECONDS = 1.2

export function QuestionsStage({ task, drawn }: QuestionsStageProps) {
  const calm = useCalm()
  const [wanted, setWanted] = useState<boolean>()
  const playing = wanted ?? !calm
  const box = useRef<HTMLDivElement>(null)
  const answers = useMemo(() => answersOf(task, drawn.compile()), [task, drawn])
  const [step, setStep] = useState(0)
  const owed = useRef(0)
  useClock(box, playing && answers.length > 0, (seconds) => {
    owed.current += seconds
    if (owed.current < QUESTION_SECONDS) return
    owed.current = 0
    setStep(step + 1)
  })
  if (answers.length === 0) return <p className="empty">There is nothing to watch in this task.</p>
  return (
    <div ref={box} className="stage" data-testid="champion-stage" data-step={step}>
      <table className="questions">
        <thead>
          <tr>
            <th scope="col">Question</th>
            <th scope="col">Answer</th>
            <th scope="col">Right is</th>
          </tr>
        </thead>
        <tbody>
          {answers.map((answer, index) => (
            <tr key={answer.words} className={index === step % answers.length ? 'asked' : undefined}>
              <td>{answer.words}</td>
              <td>
                <span className="answer">
                  <meter min={0} max={1} value={answer.given} aria-label={`Answer to ${answer.words}`} /> {answer.given.toFixed(3)}
                </span>
              </td>
              <td>
                {answer.expected} {answer.right ? '✓' : '✗'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <StageControls playing={playing} onPlaying={setWanted} onStep={() => setStep(step + 1)}>
        {`${answers.filter((answer) => answer.right).length} of ${answers.length} right`}
      </StageControls>
    </div>
  )
}
