// Makes a component of a panel that comes after the click, with all the others of its kind. A `Suspense` around it says what is there
// until then.

import { lazy, type ComponentType } from 'react'
import { loadLater } from '../visit/load-later.ts'

type LatePanels = typeof import('./late-panels.ts')

let latePanels: Promise<LatePanels> | undefined

export function late<Props>(pick: (panels: LatePanels) => ComponentType<Props>) {
  return lazy(async () => {
    latePanels ??= loadLater(() => import('./late-panels.ts'), { onFailure: () => undefined, isWanted: () => true })
    return { default: pick(await latePanels) }
  })
}
