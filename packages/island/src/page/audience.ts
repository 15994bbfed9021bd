// Who looks at the tabs that watch this runner. A visitor who opens the page a second time hides the first tab, yet looks at
// its island: that is not the background.

export interface Audience {
  isLooking(): boolean
  set(tab: string, looking: boolean): void
  close(): void
}

/** How often a tab in front says so, ms. */
export const LOOKING_INTERVAL_MS = 4_000
/** A tab that has not said so for this long has died. */
const LOOKING_EXPIRES_MS = 3 * LOOKING_INTERVAL_MS

/** @param onChange called when the first begins or the last ceases to look */
export function createAudience(onChange: () => void): Audience {
  const tabs = new Map<string, ReturnType<typeof setTimeout>>()
  const forget = (tab: string): void => {
    clearTimeout(tabs.get(tab))
    tabs.delete(tab)
    onChange()
  }
  return {
    isLooking: () => tabs.size > 0,
    set(tab, looking) {
      clearTimeout(tabs.get(tab))
      if (!looking) return forget(tab)
      tabs.set(tab, setTimeout(() => forget(tab), LOOKING_EXPIRES_MS))
      onChange()
    },
    close() {
      for (const timer of tabs.values()) clearTimeout(timer)
      tabs.clear()
    },
  }
}
