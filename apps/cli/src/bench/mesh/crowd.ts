// The clients of the mesh benchmark, spread over processes of their own, so that none of them waits for another's work.

import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { merged } from './orders.ts'
import type { Answer, ClientKind, Heard, Order, Place, View } from './orders.ts'

type Body = Order extends infer O ? (O extends Order ? Omit<O, 'ticket'> : never) : never

export interface Crowd {
  readonly size: number
  join(client: ClientKind, place: Place, count: number): Promise<void>
  /** The oldest of each process leave. */
  leave(count: number): Promise<void>
  publish(client: number, bytes: Uint8Array, body?: Uint8Array): Promise<void>
  pester(client: number, perSecond: number, ms: number): Promise<void>
  view(): Promise<View>
  collect(): Promise<Heard>
  /** Waits until `share` of the clients are connected, or throws after `ms`. @returns how long it took, ms */
  connected(share: number, ms: number): Promise<number>
  close(): Promise<void>
}

const program = fileURLToPath(new URL('./client-process.ts', import.meta.url))
const LOOK_MS = 250

/** @param processes at least three, so that the clients do not share one thread's delays */
export function openCrowd(processes: number): Crowd {
  const children = Array.from({ length: processes }, () => fork(program, [], { serialization: 'advanced', execArgv: ['--no-warnings', '--max-old-space-size=6000'] }))
  const kill = (): void => children.forEach((child) => void child.kill('SIGKILL'))
  process.once('exit', kill)
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let tickets = 0
  let size = 0
  for (const child of children) {
    child.on('message', (answer: Answer) => {
      const call = pending.get(answer.ticket)
      pending.delete(answer.ticket)
      if (answer.ok) call?.resolve(answer.value)
      else call?.reject(new Error(answer.message))
    })
    child.on('exit', (code) => {
      for (const { reject } of pending.values()) reject(new Error(`A process of clients ended with ${code}`))
    })
  }

  const tell = (child: ChildProcess, order: Body): Promise<unknown> => new Promise((resolve, reject) => {
    const ticket = ++tickets
    pending.set(ticket, { resolve, reject })
    child.send({ ...order, ticket } satisfies Order)
  })
  const tellAll = (orderOf: (index: number) => Body): Promise<unknown[]> => Promise.all(children.map((child, i) => tell(child, orderOf(i))))
  /** Client number n is in process n % processes. */
  const shareOf = (count: number, index: number): number => Math.floor((count + processes - 1 - index) / processes)

  async function view(): Promise<View> {
    const views = await tellAll(() => ({ kind: 'view' })) as View[]
    const sum = (of: (one: View) => number): number => views.reduce((total, one) => total + of(one), 0)
    return {
      clients: sum(({ clients }) => clients), connected: sum(({ connected }) => connected), reserved: sum(({ reserved }) => reserved),
      neighbours: sum(({ neighbours, clients }) => neighbours * clients) / Math.max(1, size), residentBytes: sum(({ residentBytes }) => residentBytes),
    }
  }

  return {
    get size() { return size },
    async join(client, place, count) {
      await tellAll((i) => ({ kind: 'join', client, place, count: shareOf(count, i) }))
      size += count
    },
    async leave(count) {
      await tellAll((i) => ({ kind: 'leave', count: shareOf(count, i) }))
      size -= count
    },
    publish: async (client, bytes, body) => void await tell(children[client % processes]!, { kind: 'publish', client: Math.floor(client / processes), bytes, ...(body === undefined ? {} : { body }) }),
    pester: async (client, perSecond, ms) => void await tell(children[client % processes]!, { kind: 'pester', client: Math.floor(client / processes), perSecond, ms }),
    view,
    collect: async () => merged(await tellAll(() => ({ kind: 'collect' })) as Heard[]),
    async connected(share, ms) {
      const start = performance.now()
      for (;;) {
        const { connected } = await view()
        if (connected >= share * size) return performance.now() - start
        if (performance.now() - start > ms) throw new Error(`Only ${connected} of ${size} clients are connected after ${ms} ms`)
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      }
    },
    async close() {
      process.off('exit', kill)
      await Promise.all(children.map((child) => new Promise<void>((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve()
        child.removeAllListeners('exit').once('exit', () => resolve())
        child.kill('SIGKILL')
      })))
    },
  }
}
