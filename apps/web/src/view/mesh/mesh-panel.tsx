// Who is connected and how: a picture, its legend, and the same as lists.

import type { MeshState } from '../../visit/mesh-watch.ts'
import { shortId } from '../../words/format.ts'
import { t } from '../../words/translate.ts'
import { MeshLists } from './mesh-lists.tsx'
import { MeshPicture } from './mesh-picture.tsx'
import { Panel } from '../panel.tsx'

export function MeshPanel({ mesh }: { readonly mesh: MeshState }) {
  const self = mesh.kind === 'open' ? mesh.view.self : undefined
  return (
    <Panel
      title={t('mesh.title')}
      area="mesh"
      note={
        self === undefined ? undefined : (
          <>
            {t('mesh.thisTab')} <code title={self}>{shortId(self)}</code>
          </>
        )
      }
    >
      <div data-testid="mesh" data-self={self ?? ''}>
        {mesh.kind === 'open' ? (
          <>
            <MeshPicture view={mesh.view} />
            <MeshLists view={mesh.view} />
          </>
        ) : (
          <p className="empty">
            {t(mesh.kind === 'loading' ? 'mesh.loading' : 'mesh.closed')}
          </p>
        )}
      </div>
    </Panel>
  )
}
