// React's view of a changing value.

import { useSyncExternalStore } from 'react'
import type { Source } from '../visit/source.ts'

export function useSource<T>(source: Source<T>): T {
  return useSyncExternalStore(source.subscribe, source.current)
}
