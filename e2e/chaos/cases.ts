// All cases by name, each in a short and a long form, and what each needs of the machine.

import { badLine, behindRouters, fillQuota, freezePage, partition } from './member-cases.ts'
import { fillDisk, jumpClock, killRelay, partRelays, returnAtOnce } from './relay-cases.ts'
import type { Tools } from './tools.ts'
import { World } from './world.ts'

export type Length = 'short' | 'long'

export interface Case {
  readonly name: string
  /** What must hold, in words. */
  readonly what: string
  /** Whether the short form is quick enough for every test run. */
  readonly everyRun: boolean
  /** What the machine lacks; undefined when it can run. */
  readonly lacks: (tools: Tools) => string | undefined
  readonly run: (world: World, length: Length) => Promise<void>
}

const nothing = (): undefined => undefined
const networks = ({ networks: can }: Tools): string | undefined => (can ? undefined : 'it needs root, nftables and network namespaces')

export const cases: readonly Case[] = [
  {
    name: 'kill-relay',
    what: 'a relay that is killed while members work loses no champion, and they come back',
    everyRun: true,
    lacks: nothing,
    run: (world, length) => killRelay(world, length === 'short' ? 2 : 8),
  },
  {
    name: 'fill-disk',
    what: 'a relay whose disk is full stays up, says so and recovers',
    everyRun: true,
    lacks: ({ mounts }) => (mounts ? undefined : 'it needs root to mount a small file system'),
    run: (world) => fillDisk(world),
  },
  {
    name: 'bad-line',
    what: 'claims arrive over a line that loses packets and is slow',
    everyRun: true,
    lacks: networks,
    run: (world, length) => (length === 'short' ? badLine(world, 10, 1) : badLine(world, world.between(5, 20), world.between(1, 4))),
  },
  {
    name: 'freeze-page',
    what: 'a page that does not run for a while goes on, and nobody else is harmed',
    everyRun: true,
    lacks: nothing,
    run: (world, length) => freezePage(world, length === 'short' ? 4_000 : 30_000),
  },
  {
    name: 'routers',
    what: 'two browsers behind routers that keep ports connect directly',
    everyRun: true,
    lacks: networks,
    run: (world) => behindRouters(world, 'same-port', 0),
  },
  {
    name: 'hard-routers',
    what: 'two browsers behind routers that change ports stay on the relay, and do not try without end',
    everyRun: false,
    lacks: networks,
    run: (world, length) => behindRouters(world, 'random-port', length === 'short' ? 30_000 : 240_000),
  },
  {
    name: 'partition',
    what: 'both sides of a cut go on, and are one mesh after it',
    everyRun: false,
    lacks: networks,
    run: (world, length) => partition(world, length === 'short' ? 10_000 : world.between(10_000, 90_000)),
  },
  {
    name: 'part-relays',
    what: 'two relays that joined each other go on apart, and are one mesh with one archive after it',
    everyRun: false,
    lacks: networks,
    run: (world, length) => partRelays(world, length === 'short' ? 20_000 : world.between(20_000, 240_000)),
  },
  {
    name: 'jump-clock',
    what: 'a relay whose clock jumps goes on',
    everyRun: false,
    lacks: ({ faketime }) => (faketime === undefined ? 'it needs libfaketime' : undefined),
    run: (world) => jumpClock(world),
  },
  {
    name: 'return-at-once',
    what: 'everybody comes back at once after a restart, and the relay answers meanwhile',
    everyRun: false,
    lacks: nothing,
    run: (world, length) => returnAtOnce(world, length === 'short' ? 90 : 300),
  },
  {
    name: 'fill-quota',
    what: 'a page without storage evolves on',
    everyRun: false,
    lacks: nothing,
    run: (world) => fillQuota(world),
  },
]

/** @returns `kept`, or what was broken, or why it was left out */
export async function runCase(each: Case, length: Length, seed: number, tools: Tools, say: (line: string) => void): Promise<string> {
  const lack = each.lacks(tools)
  if (lack !== undefined) return `left out: ${lack}`
  const world = new World(seed, tools, say)
  try {
    await each.run(world, length)
    return 'kept'
  } catch (error) {
    say(world.log())
    return `BROKEN: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    await world.close()
  }
}
