// Whether the visitor asked for less motion.

import { useCallback, useMemo, useSyncExternalStore } from 'react'

export function useCalm(): boolean {
  const query = useMemo(() => matchMedia('(prefers-reduced-motion: reduce)'), [])
  const subscribe = useCallback(
    (listener: () => void) => {
      query.addEventListener('change', listener)
      return () => query.removeEventListener('change', listener)
    },
    [query],
  )
  return useSyncExternalStore(subscribe, () => query.matches)
}
