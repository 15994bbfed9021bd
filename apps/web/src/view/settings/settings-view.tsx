// How much to give, which machines, what is kept, and who one is.

import { invitationOf } from '../donate/invite-panel.tsx'
import type { ViewProps } from '../view-props.ts'
import { AppearancePanel } from './appearance-panel.tsx'
import { KeepingPanel } from './keeping-panel.tsx'
import { MachinesPanel } from './machines-panel.tsx'
import { OwnDataPanel } from './own-data-panel.tsx'
import { SettingsPanel } from './settings-panel.tsx'
import { Signature } from './signature.tsx'
import { useUndo } from './undo.tsx'

export default function SettingsView({ visit, snapshot, mesh }: ViewProps) {
  const { island } = visit
  const { machines, settings, realms, realm } = snapshot
  const [command, offer] = useUndo(settings, visit.command)
  const link = invitationOf(mesh, visit.realms.find(({ id }) => id === realm)?.policy)
  return (
    <div className="panels">
      <div className="column">
        <SettingsPanel snapshot={snapshot} command={command} />
        <AppearancePanel />
      </div>
      <div className="column">
        <MachinesPanel machines={machines} name={settings.machineName} island={island} link={link} command={command} />
        <KeepingPanel realms={realms.map(({ id }) => id)} island={island} command={command} />
        <Signature author={snapshot.author} published={snapshot.published} archived={snapshot.archived} />
        <OwnDataPanel snapshot={snapshot} command={command} />
      </div>
      {offer}
    </div>
  )
}
