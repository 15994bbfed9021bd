// What the cases of channel, requests, members and directory stand on: a few members of one realm that an adapter has connected.

import type { MeshPorts } from '../ports.ts'
import { expect } from './case.ts'

export interface MeshFixture {
  /** As many as asked for, connected as asked for: member i and j are neighbours when `links` names them. */
  readonly members: readonly MeshPorts[]
  /**
   * Lets time pass until `predicate` holds, polling it; fails after the adapter's own time limit. Cases have no clock.
   * @param what completes "never happened: …"
   */
  settle(predicate: () => boolean, what: string): Promise<void>
  /** Lets enough time pass that whatever was going to happen has happened. */
  quiet(): Promise<void>
  /** Cuts the link between two members. */
  disconnect(a: number, b: number): Promise<void>
  close(): Promise<void>
}

/** @param links pairs of member numbers, or none; the fixture is ready when both ends of each see each other */
export type OpenMembers = (count: number, links: readonly (readonly [number, number])[]) => Promise<MeshFixture>

export async function withMembers(
  open: OpenMembers,
  links: readonly (readonly [number, number])[],
  use: (fixture: MeshFixture, ...members: MeshPorts[]) => Promise<void>,
): Promise<void> {
  const count = Math.max(...links.flat()) + 1
  const fixture = await open(count, links)
  try {
    expect(fixture.members.length === count, `the fixture must have ${count} members`)
    await use(fixture, ...fixture.members)
  } finally {
    await fixture.close()
  }
}

export const PAIR = [[0, 1]] as const
/** Members 0 and 2 hear each other only through member 1. */
export const LINE = [[0, 1], [1, 2]] as const
