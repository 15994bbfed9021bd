// What every view is given: the same for all, so that the shell can show any of them without knowing it.

import type { Snapshot } from '@megabrain/island'
import type { MeshState } from '../visit/mesh-watch.ts'
import type { Visit } from '../visit/open-visit.ts'
import type { Route } from '../visit/route.ts'

export interface ViewProps {
  readonly visit: Visit
  readonly snapshot: Snapshot
  readonly mesh: MeshState
  readonly route: Route
}
