// Carries a mesh's ports across a thread border: the mesh must live in the page (RTCPeerConnection exists nowhere else),
// the member in a worker. postMessage has no backpressure, so both directions spend credits that the other side returns.

import { MAX_ANNOUNCEMENT_BYTES } from '@megabrain/exchange'
import type { Channel, Members, MeshPorts, Neighbour, PeerId, Requests, RequestResult, Verdict } from '@megabrain/exchange'
import { bridgedDirectory, offerDirectory, type FromDirectory, type ToDirectory } from './directory-bridge.ts'
import type { Port } from './port.ts'

/** Deliveries, publications and questions under way in one direction before the sender must wait or drop. */
const CREDITS = 64
/** A question that the other thread does not answer within this is refused to the asker. */
const SERVE_TIMEOUT_MS = 10_000

type Limits = { readonly timeoutMs: number; readonly maxBytes: number }

/** From the side that has the mesh. */
export type FromMesh =
  | { readonly kind: 'open'; readonly self: PeerId; readonly neighbours: readonly Neighbour[] }
  | { readonly kind: 'neighbours'; readonly neighbours: readonly Neighbour[] }
  | { readonly kind: 'delivery'; readonly id: string; readonly from: PeerId; readonly bytes: Uint8Array }
  | { readonly kind: 'asked'; readonly call: number; readonly from: PeerId; readonly bytes: Uint8Array }
  | { readonly kind: 'answered'; readonly call: number; readonly result: RequestResult }
  | { readonly kind: 'credit' }
  | FromDirectory

/** From the side that uses it. */
export type ToMesh =
  | { readonly kind: 'publish'; readonly bytes: Uint8Array }
  | { readonly kind: 'verdict'; readonly id: string; readonly verdict: Verdict }
  | { readonly kind: 'ask'; readonly call: number; readonly to: PeerId; readonly bytes: Uint8Array; readonly limits: Limits }
  | { readonly kind: 'answer'; readonly call: number; readonly bytes: Uint8Array | undefined }
  | { readonly kind: 'credit' }
  | ToDirectory

/** Offers `mesh` to the other end of `port`. The caller closes the mesh itself. */
export function offerMesh(mesh: MeshPorts, port: Port<ToMesh, FromMesh>): { close(): void } {
  let credits = CREDITS
  let lastCall = 0
  const asked = new Map<number, (bytes: Uint8Array | undefined) => void>()
  const directory = offerDirectory(mesh.directory, (message) => port.post(message))

  const subscriptions = [
    mesh.channel.subscribe(({ id, from, bytes }) => {
      // A lossy medium may lose: dropping here keeps a stalled worker from filling the page's memory.
      if (credits === 0) return mesh.channel.verdict(id, 'ignore')
      credits -= 1
      port.post({ kind: 'delivery', id, from, bytes })
    }),
    mesh.requests.serve((from, bytes) => {
      if (credits === 0) return Promise.resolve(undefined)
      credits -= 1
      lastCall += 1
      const call = lastCall
      return new Promise((resolve) => {
        const timer = setTimeout(() => settle(undefined), SERVE_TIMEOUT_MS)
        const settle = (answer: Uint8Array | undefined): void => {
          clearTimeout(timer)
          asked.delete(call)
          resolve(answer)
        }
        asked.set(call, settle)
        port.post({ kind: 'asked', call, from, bytes })
      })
    }),
    mesh.members.subscribe((neighbours) => port.post({ kind: 'neighbours', neighbours })),
  ]

  port.listen((message) => {
    switch (message.kind) {
      case 'credit':
        credits += 1
        return
      case 'publish':
        mesh.channel.publish(message.bytes)
        return port.post({ kind: 'credit' })
      case 'verdict':
        return mesh.channel.verdict(message.id, message.verdict)
      case 'answer':
        return asked.get(message.call)?.(message.bytes)
      case 'ask':
        mesh.requests.request(message.to, message.bytes, message.limits).then(
          (result) => port.post({ kind: 'answered', call: message.call, result }),
          () => port.post({ kind: 'answered', call: message.call, result: { ok: false, reason: 'unreachable' } }),
        )
        return
      default:
        return directory.receive(message)
    }
  })
  port.post({ kind: 'open', self: mesh.self, neighbours: mesh.members.current() })

  return {
    close() {
      for (const unsubscribe of subscriptions) unsubscribe()
      directory.close()
      for (const settle of [...asked.values()]) settle(undefined)
      port.close()
    },
  }
}

/** The mesh at the other end of `port`, once that end has said who it is. */
export function bridgedMesh(port: Port<FromMesh, ToMesh>): Promise<MeshPorts> {
  return new Promise((resolve) => {
    const worker = createWorkerSide(port)
    port.listen((message) => {
      if (message.kind !== 'open') return worker.receive(message)
      worker.setNeighbours(message.neighbours)
      const { channel, requests, members, directory } = worker
      resolve({ self: message.self, channel, requests, members, directory })
    })
  })
}

function createWorkerSide(port: Port<FromMesh, ToMesh>) {
  let credits = CREDITS
  let lastCall = 0
  let neighbours: readonly Neighbour[] = []
  let answer: Parameters<Requests['serve']>[0] | undefined
  const asking = new Map<number, (result: RequestResult) => void>()
  const deliveries = new Set<Parameters<Channel['subscribe']>[0]>()
  const watchers = new Set<Parameters<Members['subscribe']>[0]>()
  const { directory, receive: answerDirectory } = bridgedDirectory((message) => port.post(message))

  const setNeighbours = (now: readonly Neighbour[]): void => {
    neighbours = now
    for (const watcher of [...watchers]) watcher(now)
  }
  const channel: Channel = {
    publish(bytes) {
      if (bytes.length > MAX_ANNOUNCEMENT_BYTES) {
        throw new RangeError(`An announcement has at most ${MAX_ANNOUNCEMENT_BYTES} bytes, got ${bytes.length}`)
      }
      if (credits === 0) return
      credits -= 1
      port.post({ kind: 'publish', bytes })
    },
    subscribe(listener) {
      deliveries.add(listener)
      return () => { deliveries.delete(listener) }
    },
    verdict: (id, verdict) => port.post({ kind: 'verdict', id, verdict }),
  }
  const requests: Requests = {
    request(to, bytes, limits) {
      if (asking.size >= CREDITS) return Promise.resolve({ ok: false, reason: 'refused' })
      lastCall += 1
      const call = lastCall
      return new Promise((resolve) => {
        asking.set(call, resolve)
        port.post({ kind: 'ask', call, to, bytes, limits })
      })
    },
    serve(listener) {
      if (answer !== undefined) throw new RangeError('A member must have one server at a time')
      answer = listener
      return () => { if (answer === listener) answer = undefined }
    },
  }
  const members: Members = {
    current: () => neighbours,
    subscribe(listener) {
      watchers.add(listener)
      return () => { watchers.delete(listener) }
    },
  }
  const receive = (message: Exclude<FromMesh, { kind: 'open' }>): void => {
    switch (message.kind) {
      case 'credit':
        credits += 1
        return
      case 'neighbours':
        return setNeighbours(message.neighbours)
      case 'answered':
        asking.get(message.call)?.(message.result)
        asking.delete(message.call)
        return
      case 'delivery':
        for (const listener of [...deliveries]) listener({ ...message, bytes: message.bytes.slice() })
        if (deliveries.size === 0) channel.verdict(message.id, 'ignore')
        return port.post({ kind: 'credit' })
      case 'asked': {
        const { call } = message
        const reply = (bytes: Uint8Array | undefined): void => {
          port.post({ kind: 'answer', call, bytes })
          port.post({ kind: 'credit' })
        }
        if (answer === undefined) return reply(undefined)
        answer(message.from, message.bytes).then(reply, () => reply(undefined))
        return
      }
      default:
        return answerDirectory(message)
    }
  }
  return { channel, requests, members, directory, receive, setNeighbours }
}
