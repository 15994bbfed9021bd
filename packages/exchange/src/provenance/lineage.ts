// Who descends from whom, as claims say: a graph whose nodes are named by the hash of what they are. Strangers make its edges,
// so every walk is bounded in depth and nodes, and a circle of claims costs no more than a line.

import { compareText } from '../bytes/compare.ts'
import type { Find } from '../credit/find.ts'

/** A genotype that somebody claimed. */
export interface LineageNode {
  readonly cid: string
  readonly task: string
  readonly author: string
  readonly fitness: number
  readonly time: number
  /** CIDs, at most two. */
  readonly parents: readonly string[]
  readonly operators: readonly string[]
}

export interface Lineage {
  readonly nodes: ReadonlyMap<string, LineageNode>
  /** CIDs of those that name it as a parent, in the order of their claims. */
  readonly children: ReadonlyMap<string, readonly string[]>
}

export interface WalkBounds {
  /** Generations. @default 64 */
  readonly depth?: number
  /** @default 1,024 */
  readonly nodes?: number
}

/** One step of a walk: `node` is undefined for a genotype that is named and not known here. */
export interface Kin {
  readonly cid: string
  readonly node: LineageNode | undefined
  /** 0: where the walk began. */
  readonly depth: number
}

export interface Walk {
  /** By depth, then in the order in which they were met. */
  readonly kin: readonly Kin[]
  /** There is more: the bounds ended the walk. */
  readonly isCut: boolean
}

export const MAX_WALK_DEPTH = 64
export const MAX_WALK_NODES = 1_024

/** The first claim about a genotype says where it comes from; one that scores an old one anew says nothing of it. */
export function lineageOf(finds: readonly Find[]): Lineage {
  const ordered = [...finds].sort((a, b) => a.claim.time - b.claim.time || compareText(a.claim.id, b.claim.id))
  const nodes = new Map<string, LineageNode>()
  const children = new Map<string, string[]>()
  for (const { claim: { genotype: cid, task, author, fitness, time, parents, operators, supersedes } } of ordered) {
    if (nodes.has(cid) || supersedes !== undefined) continue
    nodes.set(cid, { cid, task, author, fitness, time, parents, operators })
    for (const parent of new Set(parents)) {
      const list = children.get(parent)
      if (list === undefined) children.set(parent, [cid])
      else list.push(cid)
    }
  }
  return { nodes, children }
}

/** What it was bred from, generation by generation. */
export function ancestorsOf(lineage: Lineage, cid: string, bounds: WalkBounds = {}): Walk {
  return walk(lineage, cid, bounds, (at) => lineage.nodes.get(at)?.parents ?? [])
}

/** What was bred from it. */
export function descendantsOf(lineage: Lineage, cid: string, bounds: WalkBounds = {}): Walk {
  return walk(lineage, cid, bounds, (at) => lineage.children.get(at) ?? [])
}

/** Who built on it: other authors by the number of their genotypes among its descendants, most first. */
export function builtOn(lineage: Lineage, cid: string, bounds: WalkBounds = {}): readonly { readonly author: string; readonly genotypes: number }[] {
  const own = lineage.nodes.get(cid)?.author
  const counts = new Map<string, number>()
  for (const { node, depth } of descendantsOf(lineage, cid, bounds).kin) {
    if (depth > 0 && node !== undefined && node.author !== own) counts.set(node.author, (counts.get(node.author) ?? 0) + 1)
  }
  return [...counts].map(([author, genotypes]) => ({ author, genotypes }))
    .sort((a, b) => b.genotypes - a.genotypes || compareText(a.author, b.author))
}

function walk(lineage: Lineage, start: string, bounds: WalkBounds, nextOf: (cid: string) => readonly string[]): Walk {
  const { depth: maxDepth = MAX_WALK_DEPTH, nodes: maxNodes = MAX_WALK_NODES } = bounds
  const kin: Kin[] = [{ cid: start, node: lineage.nodes.get(start), depth: 0 }]
  const seen = new Set([start])
  for (let i = 0; i < kin.length; i++) {
    const { cid, depth } = kin[i]!
    for (const next of nextOf(cid)) {
      if (seen.has(next)) continue
      if (depth >= maxDepth || kin.length >= maxNodes) return { kin, isCut: true }
      seen.add(next)
      kin.push({ cid: next, node: lineage.nodes.get(next), depth: depth + 1 })
    }
  }
  return { kin, isCut: false }
}
