// The promise-shaped `MeshPorts` over a member of the memory network: what an island or a contract case holds. Bytes are
// copied here, since the network shares them.

import type { Delivery, Found, MeshPorts, Neighbour, PeerId, Unsubscribe } from '../ports.ts'
import { createAdvertisements } from '../advertisements.ts'
import { createMemoryStreams } from './memory-streams.ts'
import type { MemoryMember } from './memory-network.ts'

type Answer = (from: PeerId, bytes: Uint8Array) => Promise<Uint8Array | undefined>

export function portsOf(member: MemoryMember): MeshPorts {
  const deliveries = new Set<(delivery: Delivery) => void>()
  const changes = new Set<(neighbours: readonly Neighbour[]) => void>()
  let server: Answer | undefined
  const advertisements = createAdvertisements((service, key) => {
    member.advertise(service, key)
    return () => member.withdraw(service, key)
  })

  const streams = createMemoryStreams(member)
  member.listen({
    streamed: streams.arrived,
    delivered(delivery) {
      for (const listener of [...deliveries]) listener({ ...delivery, bytes: delivery.bytes.slice() })
    },
    neighbours(neighbours) {
      streams.keepTo(neighbours)
      for (const listener of [...changes]) listener(neighbours)
    },
    requested(from, bytes, answer) {
      if (server === undefined) return answer(undefined)
      server(from, bytes.slice()).then((answered) => answer(answered?.slice()), () => answer(undefined))
    },
  })

  return {
    self: member.self,
    channel: {
      publish: (bytes) => member.publish(bytes.slice()),
      subscribe: (listener) => subscription(deliveries, (delivery) => listener(delivery)),
      verdict: member.verdict,
    },
    requests: {
      request: (to, bytes, limits) => new Promise((resolve) => {
        member.request(to, bytes.slice(), limits, (result) => resolve(result.ok ? { ok: true, value: result.value.slice() } : result))
      }),
      serve(answer) {
        if (server !== undefined) throw new RangeError('A member must have one server at a time')
        server = answer
        return () => {
          if (server === answer) server = undefined
        }
      },
    },
    members: {
      current: member.neighbours,
      subscribe: (listener) => subscription(changes, (neighbours) => listener(neighbours)),
    },
    streams: streams.streams,
    directory: {
      advertise: advertisements.add,
      find(service, key, limits) {
        let cancel = (): void => {}
        const found = new Promise<Found>((resolve) => (cancel = member.find(service, key, limits, resolve)))
        return { found, cancel: () => cancel() }
      },
      reach: (peer, timeoutMs) => new Promise((resolve) => member.reach(peer, timeoutMs, resolve)),
    },
  }
}

/** `listener` must be a function of its own, so that subscribing one twice gives two subscriptions. */
function subscription<T>(listeners: Set<(value: T) => void>, listener: (value: T) => void): Unsubscribe {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}
