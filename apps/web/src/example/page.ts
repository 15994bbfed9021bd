// The page after the click, showing one view of a snapshot: for tests in a browser. Not part of the product.

import type { Command, Snapshot } from '@megabrain/island'
import { createElement, type ReactNode } from 'react'
import type { MeshState } from '../visit/mesh-watch.ts'
import { linkTo, parseRoute, type ViewName } from '../visit/route.ts'
import { Shell } from '../view/shell.tsx'
import { company } from './snapshots.ts'

export function pageOf(view: ViewName, snapshot: Snapshot, command: (command: Command) => void, mesh: MeshState = { kind: 'open', view: company }): ReactNode {
  const source = <T>(value: T) => ({ current: () => value, subscribe: () => () => undefined })
  const route = parseRoute(linkTo(view))
  const visit = {
    island: source(snapshot),
    meshOf: () => source(mesh),
    tasks: ['double-pole-no-velocity', 'xor'],
    realms: [],
    needsConsent: false,
    start: () => undefined,
    command,
    exportCredit: async () => undefined,
    route: source(route),
  }
  return createElement(Shell, { visit, snapshot, mesh, route })
}
