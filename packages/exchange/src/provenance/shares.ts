// Whose work a champion is: each generation keeps what it improved and passes the rest on to its parents, in equal parts. A
// plain formula over signed claims, so that anyone gets the same shares.

import { compareText } from '../bytes/compare.ts'
import { MAX_WALK_DEPTH, MAX_WALK_NODES, type Lineage, type LineageNode, type WalkBounds } from './lineage.ts'

export interface Share {
  /** Owner key, hex; empty for ancestors that nobody here has a claim of, or beyond the bounds of the walk. */
  readonly author: string
  /** 0 to 1; all together 1. */
  readonly share: number
}

/** What a generation keeps at least, for having been bred, however little it improved. */
const LEAST_KEPT = 0.25

/**
 * Shares of the authors in one genotype, largest first. A generation that has weight w keeps w · k, with
 * k = max(1/4, (f − p) / f) for its fitness f and the best fitness p of those of its parents that are known, and passes w · (1 − k)
 * on in equal parts; one without parents keeps all. What goes to parents that are not known, or past the bounds, is nobody's.
 */
export function sharesOf(lineage: Lineage, cid: string, bounds: WalkBounds = {}): readonly Share[] {
  const { depth: maxDepth = MAX_WALK_DEPTH, nodes: maxNodes = MAX_WALK_NODES } = bounds
  const shares = new Map<string, number>()
  const give = (author: string, share: number): void => void shares.set(author, (shares.get(author) ?? 0) + share)
  let layer = new Map<string, number>([[cid, 1]])
  let visited = 0
  for (let depth = 0; layer.size > 0; depth++) {
    const next = new Map<string, number>()
    for (const [at, weight] of layer) {
      const node = lineage.nodes.get(at)
      // Weights of a circle get smaller with every round, and the bounds end it.
      if (node === undefined || depth > maxDepth || visited >= maxNodes) {
        give('', weight)
        continue
      }
      visited++
      const kept = node.parents.length === 0 ? 1 : keptBy(lineage, node)
      give(node.author, weight * kept)
      for (const parent of node.parents) next.set(parent, (next.get(parent) ?? 0) + (weight * (1 - kept)) / node.parents.length)
    }
    layer = next
  }
  return [...shares].filter(([, share]) => share > 0).map(([author, share]) => ({ author, share })).sort((a, b) => b.share - a.share || compareText(a.author, b.author))
}

function keptBy({ nodes }: Lineage, { fitness, parents }: LineageNode): number {
  let best = 0
  for (const parent of parents) best = Math.max(best, nodes.get(parent)?.fitness ?? 0)
  return fitness === 0 ? LEAST_KEPT : Math.max(LEAST_KEPT, (fitness - best) / fitness)
}
