// Why this page cannot run here, and what would help.

import type { Obstacle } from '../../visit/obstacles.ts'
import { Wordmark } from '../wordmark.tsx'

export function ObstaclePage({ obstacle }: { readonly obstacle: Obstacle }) {
  return (
    <div className="welcome">
      <header className="welcome-head">
        <Wordmark />
      </header>
      <main className="obstacle">{contentOf(obstacle)}</main>
    </div>
  )
}

function contentOf(obstacle: Obstacle) {
  switch (obstacle.kind) {
    case 'insecure':
      return (
        <div data-testid="insecure">
          <h1>Not over this address.</h1>
          <p>
            You opened <code>{obstacle.host}</code> over plain http. Browsers give a page what Megabrain needs, namely cryptography, locks
            between tabs and direct connections to other browsers, only over https or from this very computer.
          </p>
          <p>
            If the relay runs on this computer, open <a href={obstacle.localAddress}>{obstacle.localAddress}</a> instead. Otherwise ask its
            host for an https address. Nothing runs here.
          </p>
        </div>
      )
    case 'missing':
      return (
        <div data-testid="missing">
          <h1>This browser lacks a part.</h1>
          <p>
            Megabrain needs {listed(obstacle.features)}, which this browser does not offer, or not with its current settings. A current
            Firefox, Chrome, Edge or Safari has everything. Nothing runs here.
          </p>
        </div>
      )
    case 'failed':
      return (
        <div data-testid="failed">
          <h1>It could not be opened.</h1>
          <p>
            The browser said: <q>{obstacle.detail}</q>. Reloading may help; some private windows forbid the storage that Megabrain needs.
            Nothing runs here.
          </p>
        </div>
      )
    case 'no-realm':
      return (
        <div data-testid="no-realm">
          <h1>No relay stands behind this page.</h1>
          <p>
            This copy came from a plain web server, without a relay to introduce you to others and to say what is being evolved. Open the
            address of a relay once; after that this page also works alone. Nothing runs here.
          </p>
        </div>
      )
  }
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
