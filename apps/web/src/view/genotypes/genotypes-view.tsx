// The networks that were verified here, one by one.

import type { ViewProps } from '../view-props.ts'
import { FeedPanel } from './feed-panel.tsx'

export default function GenotypesView({ visit, snapshot }: ViewProps) {
  return (
    <FeedPanel
      feed={snapshot.feed}
      author={snapshot.author}
      isModerator={snapshot.governance?.policy.isModerator ?? false}
      command={visit.command}
    />
  )
}
