// Where the members of a mesh go on paper: this tab in the middle, relays above, islands around, in
// the order of their peer ids, so that the picture stays calm when somebody joins.

import type { MeshView } from '@megabrain/mesh'
import type { Transport } from '@megabrain/exchange'

export interface PlacedMember {
  readonly peer: string
  readonly kind: 'island' | 'relay'
  /** Undefined for a relay that is known but not connected. */
  readonly transport: Transport | undefined
  readonly x: number
  readonly y: number
}

/** Leaves room for the label above. */
const RELAY_Y = 40

/** How far down this tab stands in a picture of `height`. */
export function middleOf(height: number): number {
  return height * 0.6
}

/** In a box of `width` by `height`; this tab is in the middle of the width and `middleOf(height)` down. */
export function layoutMesh(view: MeshView, width: number, height: number): readonly PlacedMember[] {
  const known = new Set(view.neighbours.map((neighbour) => neighbour.peer))
  const lost = view.relays.flatMap(({ peer }) => (peer === undefined || known.has(peer) ? [] : [peer]))
  const relays = [
    ...view.neighbours.filter((neighbour) => neighbour.kind === 'relay'),
    ...[...new Set(lost)].map((peer) => ({ peer, kind: 'relay' as const, transport: undefined })),
  ]
  const islands = view.neighbours.filter((neighbour) => neighbour.kind === 'island').toSorted((a, b) => (a.peer < b.peer ? -1 : 1))
  return [
    ...relays.map((relay, index) => ({ ...relay, x: (width * (index + 1)) / (relays.length + 1), y: RELAY_Y })),
    ...islands.map((island, index) => ({ ...island, ...onArc(index, islands.length, width, height) })),
  ]
}

/** From lower left round the bottom to lower right, on an ellipse. */
function onArc(index: number, members: number, width: number, height: number): { readonly x: number; readonly y: number } {
  const share = members === 1 ? 0.5 : index / (members - 1)
  const angle = Math.PI * (1.02 - share * 1.04)
  const ring = members > 10 && index % 2 === 1 ? 0.72 : 1
  return { x: width / 2 + Math.cos(angle) * width * 0.38 * ring, y: middleOf(height) + Math.sin(angle) * height * 0.27 * ring }
}
