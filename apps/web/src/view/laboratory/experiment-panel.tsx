// Runs a file of `megabrain evolve --config` here, and names the genotype that solves its task: the same one as everywhere.

import { decodeSearchConfig } from '@megabrain/evolve'
import type { Command, ExperimentView } from '@megabrain/island'
import { useId, useState } from 'react'
import { count, shortId } from '../../words/format.ts'
import { taskTitle } from '../../words/tasks.ts'
import { CopyButton } from '../copy-button.tsx'
import { Panel } from '../panel.tsx'

interface ExperimentPanelProps {
  readonly experiment: ExperimentView | undefined
  readonly command: (command: Command) => void
}

/** Larger files are no settings. */
const MAX_FILE_BYTES = 65_536

export function ExperimentPanel({ experiment, command }: ExperimentPanelProps) {
  const id = useId()
  const [fault, setFault] = useState<string>()
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    const read = await readConfig(file)
    setFault(read.ok ? undefined : `${file.name}: ${read.fault}`)
    if (read.ok) command({ kind: 'experiment', config: read.value })
  }
  return (
    <Panel title="Repeat an experiment" area="experiment">
      <label htmlFor={id}>A settings file, as for the command line</label>
      <input
        id={id}
        type="file"
        accept=".json,application/json"
        data-testid="experiment-file"
        onChange={(event) => void take(event.target.files?.[0])}
      />
      <p
        role="status"
        className={fault === undefined && experiment?.fault === undefined ? 'quiet' : undefined}
        data-testid="experiment"
        data-cid={experiment?.solution?.cid ?? ''}
      >
        {fault ?? experiment?.fault ?? <Words experiment={experiment} />}
      </p>
    </Panel>
  )
}

function Words({ experiment }: { readonly experiment: ExperimentView | undefined }) {
  if (experiment === undefined) return 'The same file gives the same champion here, in another browser and on the command line, to the bit.'
  const { task, algorithm, seed, solution } = experiment
  const run = `${taskTitle(task)}, ${algorithm}, seed ${count(seed)}`
  if (solution === undefined) return `${run}: not solved yet. Strangers are let in again afterwards.`
  return (
    <>
      {run}: solved after {count(solution.evaluations)} evaluations by{' '}
      <CopyButton text={solution.cid} short={shortId(solution.cid)} what="solution CID" />
    </>
  )
}

async function readConfig(file: File): Promise<ReturnType<typeof decodeSearchConfig>> {
  if (file.size > MAX_FILE_BYTES) return { ok: false, fault: `it must have at most ${MAX_FILE_BYTES} bytes` }
  try {
    return decodeSearchConfig(JSON.parse(await file.text()))
  } catch {
    return { ok: false, fault: 'it is not JSON' }
  }
}
