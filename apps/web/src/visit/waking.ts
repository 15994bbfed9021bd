// Tells the mesh when its connections may have died without a word: the network came back or changed, the tab was hidden. Apart
// because only the page hears of these.

import type { Mesh } from '@megabrain/mesh'

/** Absent in Firefox and Safari, which say `online` alone. */
interface PageNavigator {
  readonly connection?: EventTarget
}

/** @returns undoes it */
export function wakeWithThePage(page: Window, mesh: Pick<Mesh, 'wake'>): () => void {
  const wake = (): void => mesh.wake()
  const shown = (): void => {
    if (page.document.visibilityState === 'visible') mesh.wake()
  }
  const { connection } = page.navigator as PageNavigator
  page.addEventListener('online', wake)
  page.document.addEventListener('visibilitychange', shown)
  connection?.addEventListener('change', wake)
  return () => {
    page.removeEventListener('online', wake)
    page.document.removeEventListener('visibilitychange', shown)
    connection?.removeEventListener('change', wake)
  }
}
