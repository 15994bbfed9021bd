// The link that brings others here, as text and as a QR code.

import { invitationTo } from '../../visit/invitation.ts'
import type { MeshState } from '../../visit/mesh-watch.ts'
import { t } from '../../words/translate.ts'
import { CopyButton } from '../copy-button.tsx'
import { Panel } from '../panel.tsx'
import { QrCode } from '../qr-code.tsx'

interface InvitePanelProps {
  readonly mesh: MeshState
  /** Of the shown realm, where this relay offers it. */
  readonly policy: Uint8Array | undefined
}

export function InvitePanel({ mesh, policy }: InvitePanelProps) {
  const link = invitationOf(mesh, policy)
  return (
    <Panel title={t('donate.invite.title')} area="invite">
      <p>
        {t('donate.invite.text')}{' '}
        <CopyButton text={link} short={t('donate.invite.copy')} what={t('donate.invite.what')} />
      </p>
      <QrCode text={link} what={t('donate.invite.qr')} />
    </Panel>
  )
}

/** Without a fragment where the realm is not this relay's: then its own page knows best. */
export function invitationOf(mesh: MeshState, policy: Uint8Array | undefined): string {
  const page = location.origin + location.pathname
  const relays = mesh.kind === 'open' ? mesh.view.relays.filter(({ state }) => state === 'connected').map(({ address }) => address) : []
  return policy === undefined || relays.length === 0 ? page : page + invitationTo(relays, policy)
}
