// The app: one button to lend, one to stop, what runs and what was found.

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { begin, end, useMegabrain } from './use-megabrain.ts'

const relay = document.documentElement.dataset['relay'] ?? location.origin

function App() {
  const { snapshot, reason, found } = useMegabrain()
  const isOn = snapshot !== undefined && snapshot.phase !== 'stopped'
  return (
    <main>
      <h1>An app of my own</h1>
      <p>
        <button id="start" disabled={isOn} onClick={() => void begin(relay)}>Lend idle time</button>{' '}
        <button id="stop" disabled={!isOn} onClick={() => void end()}>Stop</button>
      </p>
      <p id="state" role="status" data-phase={snapshot?.phase} data-reason={reason ?? snapshot?.reason} data-evaluations={snapshot?.evaluations ?? 0}>
        {snapshot === undefined
          ? `Nothing runs (${reason ?? 'not asked yet'}).`
          : `${snapshot.phase}: ${snapshot.evaluations} evaluations, best fitness ${snapshot.bestHere}`}
      </p>
      <ol>{found.map(({ cid, task, fitness }) => <li key={cid}>{task}: {fitness}, {cid}</li>)}</ol>
    </main>
  )
}

createRoot(document.getElementById('app')!).render(<StrictMode><App /></StrictMode>)
// Who agreed on an earlier visit need not click again; for everybody else this starts nothing.
void begin(relay)
