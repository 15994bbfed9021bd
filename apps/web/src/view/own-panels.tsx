// Panels that are about this machine and its people: their other machines, what is kept, what leaves, and the link that brings others
// here. One component, so that the page before the click need not know them.

import type { Command, Snapshot } from '@megabrain/island'
import { findTask } from '@megabrain/tasks'
import { invitationTo } from '../visit/invitation.ts'
import type { MeshState } from '../visit/mesh-watch.ts'
import type { RealmNotice } from '@megabrain/mesh/relay-notice'
import type { Source } from '../visit/source.ts'
import { CopyButton } from './copy-button.tsx'
import { KeepingPanel } from './keeping-panel.tsx'
import { LeavingPanel } from './leaving-panel.tsx'
import { MachinesPanel } from './machines-panel.tsx'
import { Panel } from './panel.tsx'
import { QrCode } from './qr-code.tsx'

interface OwnPanelsProps {
  readonly snapshot: Snapshot
  readonly mesh: MeshState
  readonly offered: readonly RealmNotice[]
  readonly island: Source<Snapshot>
  readonly command: (command: Command) => void
}

export function OwnPanels({ snapshot, mesh, offered, island, command }: OwnPanelsProps) {
  const { machines, settings, evaluationsSinceMesh } = snapshot
  const link = linkTo(mesh, offered.find(({ id }) => id === snapshot.realm)?.policy)
  return (
    <>
      <MachinesPanel machines={machines} name={settings.machineName} island={island} link={link} command={command} />
      <KeepingPanel realms={snapshot.realms.map(({ id }) => id)} island={island} command={command} />
      <LeavingPanel
        mesh={mesh}
        task={findTask(settings.task)}
        evaluations={evaluationsSinceMesh}
        lowData={settings.lowData}
        command={command}
      />
      <Panel title="Bring others" area="invite">
        <p>
          This link opens the page in the realm that is shown, through the relays that are in use:{' '}
          <CopyButton text={link} short="copy it" what="link to this realm" />
        </p>
        <QrCode text={link} what="Link to this realm" />
      </Panel>
    </>
  )
}

/** Without a fragment where the realm is not this relay's: then its own page knows best. */
function linkTo(mesh: MeshState, policy: Uint8Array | undefined): string {
  const page = location.origin + location.pathname
  const relays = mesh.kind === 'open' ? mesh.view.relays.filter(({ state }) => state === 'connected').map(({ address }) => address) : []
  return policy === undefined || relays.length === 0 ? page : page + invitationTo(relays, policy)
}
