// Which view the page shows, as its address says it: `#/mesh?peer=…`. In the fragment, so that a page on any static host has linkable views
// and no host learns what is looked at. Links of earlier releases, `#relay=…&realm=…`, lead to the first view.

import { createSignal, type Source } from './source.ts'

export const viewNames = ['donate', 'evolution', 'mesh', 'genotypes', 'lineage', 'realms', 'laboratory', 'play', 'settings', 'relay', 'help'] as const
export type ViewName = (typeof viewNames)[number]

export interface Route {
  readonly view: ViewName
  /** What is chosen in the view: a peer, a CID, a filter. Anybody may have written it. */
  readonly words: URLSearchParams
}

const MAX_CHARACTERS = 32_768

/** @param fragment `location.hash` */
export function parseRoute(fragment: string): Route {
  const [, name, words = ''] = /^#\/([a-z]*)(?:\?(.*))?$/s.exec(fragment.slice(0, MAX_CHARACTERS)) ?? []
  const view = viewNames.find((known) => known === name)
  return { view: view ?? 'donate', words: new URLSearchParams(view === undefined ? '' : words) }
}

/** The fragment, `#` included, that shows a view. */
export function linkTo(view: ViewName, words: Readonly<Record<string, string | undefined>> = {}): string {
  const chosen = new URLSearchParams(Object.entries(words).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])))
  return chosen.size === 0 ? `#/${view}` : `#/${view}?${chosen.toString()}`
}

/** Follows the address of a page for as long as the page lives. */
export function watchRoute(page: Window): Source<Route> {
  const route = createSignal(parseRoute(page.location.hash))
  page.addEventListener('hashchange', () => route.set(parseRoute(page.location.hash)))
  return route
}

/** Changes what is chosen in the shown view without a step in the history. */
export function choose(page: Window, view: ViewName, words: Readonly<Record<string, string | undefined>>): void {
  page.history.replaceState(page.history.state, '', linkTo(view, words))
  page.dispatchEvent(new HashChangeEvent('hashchange'))
}
