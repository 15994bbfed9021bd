// The views of the page, each a file of its own that is fetched when it is first looked at.

import { lazy, type ComponentType } from 'react'
import { loadLater } from '../visit/load-later.ts'
import type { ViewName } from '../visit/route.ts'
import { openArea } from '../words/translate.ts'
import type { ViewProps } from './view-props.ts'

export type View = ComponentType<ViewProps>

type Load = () => Promise<{ readonly default: View }>

const loads: Load[] = []

const later = (name: ViewName, load: Load): View => {
  const whole: Load = async () => (await Promise.all([load(), openArea(name)]))[0]
  loads.push(whole)
  return lazy(() => loadLater(whole, { onFailure: () => undefined, isWanted: () => true }))
}

/** Fetches all of them, one after the other: the host of the page may be gone when they are wanted. */
export async function fetchViews(): Promise<void> {
  for (const load of loads) await load().catch(() => undefined)
}

/** In the order of the navigation. */
export const views: { readonly [Name in ViewName]?: View } = {
  donate: later('donate', () => import('./donate/donate-view.tsx')),
  evolution: later('evolution', () => import('./evolution/evolution-view.tsx')),
  mesh: later('mesh', () => import('./mesh/mesh-view.tsx')),
  genotypes: later('genotypes', () => import('./genotypes/genotypes-view.tsx')),
  realms: later('realms', () => import('./realms/realms-view.tsx')),
  laboratory: later('laboratory', () => import('./laboratory/laboratory-view.tsx')),
  settings: later('settings', () => import('./settings/settings-view.tsx')),
}

export const shownViews = Object.keys(views) as readonly ViewName[]
