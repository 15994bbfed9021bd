// A relay's part in its members' membership: it pings a member for another that does not hear from it.

import type { Libp2p } from '@libp2p/interface'
import { createHelper, endErrands, help, type Members } from '@megabrain/exchange'
import { openLines } from './lines.ts'

const TICK_MS = 500

/**
 * Must run before the node starts.
 * @param members of the realm that `protocol` is for, once they are known
 * @returns stops it
 */
export async function openHelp(node: Libp2p, protocol: string, members: () => Members | undefined): Promise<() => void> {
  const state = createHelper()
  const lines = await openLines(node, protocol, {
    onMessage(from, message) {
      const current = members()?.current() ?? []
      const replies = help(state, from, message, (peer) => current.some((member) => member.peer === peer), Date.now())
      for (const { to, message: reply } of replies) lines.send(to, reply)
    },
    onDeaf: () => {},
  })
  const clock = setInterval(() => {
    for (const { to, message } of endErrands(state, Date.now())) lines.send(to, message)
  }, TICK_MS)
  return () => clearInterval(clock)
}
