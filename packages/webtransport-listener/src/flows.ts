// One UDP port in front of several QUIC endpoints. The native server takes one certificate for ever and tells no remote address; so
// a change of certificate is another endpoint behind the same port: a flow (remote address and port) stays with the endpoint
// that it began with. Limits per address are kept here, before any cryptography.

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'

export interface FlowOptions {
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  readonly limits: FlowLimits
  /** Milliseconds that never go back. */
  readonly now: () => number
}

export interface FlowLimits {
  readonly flows: number
  readonly flowsPerAddress: number
  /** New ones of one address within a minute. */
  readonly newPerAddress: number
}

export const DEFAULT_FLOW_LIMITS: FlowLimits = { flows: 8_192, flowsPerAddress: 2_048, newPerAddress: 4_096 }

export interface Flows {
  readonly port: number
  /** Where new flows go from now on: a port of loopback. */
  leadTo(port: number): void
  /** Flows that go to `port`. */
  countOf(port: number): number
  counters(): { readonly flows: number; readonly refused: number }
  close(): Promise<void>
}

interface Flow {
  readonly socket: Socket
  readonly target: number
  readonly address: string
  heardAt: number
}

/** RFC 9000, 14.1: a client's first datagram has at least 1,200 bytes, and its first bit says "long header" (17.2). */
const MIN_INITIAL_BYTES = 1_200
const LONG_HEADER = 0x80
/** QUIC endpoints give up earlier than this. */
const IDLE_MS = 60_000
const SWEEP_MS = 5_000
const MINUTE_MS = 60_000

/** @throws Error when the port cannot be had */
export async function openFlows({ host, port, limits, now }: FlowOptions): Promise<Flows> {
  const front = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  await new Promise<void>((resolve, reject) => {
    front.once('error', reject)
    front.bind(port, host, resolve)
  })
  const flows = new Map<string, Flow>()
  const perAddress = new Map<string, number>()
  let recent = new Map<string, number>()
  let recentSince = now()
  let target: number | undefined
  let refused = 0

  function mayBegin(datagram: Buffer, address: string): boolean {
    if (datagram.length < MIN_INITIAL_BYTES || (datagram[0]! & LONG_HEADER) === 0) return false
    if (now() - recentSince > MINUTE_MS) {
      recent = new Map()
      recentSince = now()
    }
    const begun = (recent.get(address) ?? 0) + 1
    recent.set(address, begun)
    return flows.size < limits.flows && (perAddress.get(address) ?? 0) < limits.flowsPerAddress && begun <= limits.newPerAddress
  }

  function begin(key: string, { address, port: remotePort }: RemoteInfo, to: number): Flow {
    const socket = createSocket('udp4')
    const flow: Flow = { socket, target: to, address, heardAt: now() }
    socket.on('message', (datagram) => {
      flow.heardAt = now()
      front.send(datagram, remotePort, address)
    })
    // Such as a port that is closed meanwhile: the client will notice by itself.
    socket.on('error', () => end(key, flow))
    flows.set(key, flow)
    perAddress.set(address, (perAddress.get(address) ?? 0) + 1)
    return flow
  }

  function end(key: string, flow: Flow): void {
    if (flows.get(key) !== flow) return
    flows.delete(key)
    const left = (perAddress.get(flow.address) ?? 1) - 1
    if (left > 0) perAddress.set(flow.address, left)
    else perAddress.delete(flow.address)
    flow.socket.close()
  }

  front.on('message', (datagram, remote) => {
    const key = `${remote.address} ${remote.port}`
    let flow = flows.get(key)
    if (flow === undefined) {
      if (target === undefined || !mayBegin(datagram, remote.address)) {
        refused++
        return
      }
      flow = begin(key, remote, target)
    }
    flow.heardAt = now()
    flow.socket.send(datagram, flow.target, '127.0.0.1')
  })
  front.on('error', () => undefined)

  const sweep = setInterval(() => {
    for (const [key, flow] of flows) if (now() - flow.heardAt > IDLE_MS) end(key, flow)
  }, SWEEP_MS)
  sweep.unref()

  return {
    port: front.address().port,
    leadTo(next) {
      target = next
    },
    countOf: (to) => [...flows.values()].filter((flow) => flow.target === to).length,
    counters: () => ({ flows: flows.size, refused }),
    async close() {
      clearInterval(sweep)
      for (const [key, flow] of flows) end(key, flow)
      await new Promise<void>((resolve) => front.close(() => resolve()))
    },
  }
}
