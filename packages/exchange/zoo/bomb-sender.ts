// Bodies that are meant to hurt who opens them: noise under a right CID, genotypes at and beyond the realm's caps, and
// answers longer than any limit.

import { cidOf, createGenotype, encodeGenotype } from '@megabrain/evolve'
import { MAX_ANSWER_BYTES } from '../src/limits.ts'
import type { Behaviour, Being, Find } from './being.ts'

type Bomb = (being: Being) => Find

const noise: Bomb = ({ world }) => {
  const body = Uint8Array.from({ length: 64 + world.random.integer(2_000) }, () => world.random.integer(256))
  return { body, cid: cidOf(body), fitness: 999_999, links: 0 }
}

const FIRST_HIDDEN = 65_536

/** Fully joined layers on top of one sensor: as many links as asked for, and as many activations. */
function layered(layers: number, width: number): Bomb {
  return ({ world }) => {
    const { inputs, outputs, updateRule } = world.task
    const idOf = (layer: number, i: number): number => FIRST_HIDDEN + layer * width + i
    const all = Array.from({ length: layers }, (_, layer) => Array.from({ length: width }, (__, i) => idOf(layer, i)))
    const neurons = all.flat().map((id) => ({ id, activation: 'steep-sigmoid', aggregation: 'sum', bias: 0, response: 1 }) as const)
    const below = (layer: number): readonly number[] => (layer === 0 ? [0] : all[layer - 1]!)
    const links = all.flatMap((ids, layer) =>
      ids.flatMap((to) => below(layer).map((from) => ({ from, to, weight: Math.fround(world.random.uniform()) }))))
    const body = encodeGenotype(createGenotype({ inputs, outputs, rule: updateRule, neurons, links }))
    return { body, cid: cidOf(body), fitness: 999_999, links: links.length }
  }
}

/** Noise; more bytes than the realm takes; more neurons; and one within all caps that costs what it can. */
const bombs: readonly Bomb[] = [noise, layered(8, 32), layered(150, 4), layered(4, 30)]

export function bombSender({ everyMs = 4_000 }: { readonly everyMs?: number } = {}): Behaviour {
  return (being) => {
    const { brain, world } = being
    const made = new Map<Bomb, Find>()
    let count = 0
    being.every(everyMs, () => {
      const bomb = bombs[count++ % bombs.length]!
      const find = bomb === noise ? noise(being) : made.get(bomb) ?? bomb(being)
      made.set(bomb, find)
      brain.did('sent a bomb')
      being.publish(being.claim(find, {}, `${being.name}/${count}`))
    })
    being.onRequest((request) => {
      if (request.kind === 'pull') return undefined
      brain.did('answered too much')
      return { answer: Uint8Array.from({ length: MAX_ANSWER_BYTES + 1 + world.random.integer(1_000) }, () => 0) }
    })
  }
}
