// A process that holds many clients of the mesh benchmark. Started by `crowd.ts`, told what to do over its channel.

import { openClient } from './client.ts'
import type { Client, Hearing } from './client.ts'
import { monotonicMs, nameOf } from './orders.ts'
import type { Answer, Heard, Order, View } from './orders.ts'

/** Joins under way at a time, so that a thousand clients do not knock at the same moment. */
const JOINS_AT_ONCE = 4

const clients: Client[] = []
let record = newRecord()

function newRecord() {
  return { published: [] as [string, number][], heard: [] as [string, number][], pulled: [] as [string, number][], retried: 0, failed: 0 }
}

const hearing: Hearing = {
  heard: (bytes) => void record.heard.push([nameOf(bytes), monotonicMs()]),
  pulled: (bytes) => void record.pulled.push([nameOf(bytes), monotonicMs()]),
  retried: () => void record.retried++,
  failed: () => void record.failed++,
}

async function perform(order: Order): Promise<unknown> {
  switch (order.kind) {
    case 'join': {
      let left = order.count
      await Promise.all(Array.from({ length: JOINS_AT_ONCE }, async () => {
        while (left-- > 0) clients.push(await openClient(order.client, order.place, hearing))
      }))
      return undefined
    }
    case 'leave':
      return void await Promise.all(clients.splice(0, order.count).map((client) => client.close()))
    case 'publish':
      record.published.push([nameOf(order.bytes), monotonicMs()])
      return clients[order.client]!.publish(order.bytes, order.body)
    case 'pester':
      return clients[order.client]!.pester(order.perSecond, order.ms)
    case 'view': {
      const views = clients.map((client) => client.view())
      const sum = (of: (view: ReturnType<Client['view']>) => number): number => views.reduce((total, view) => total + of(view), 0)
      return {
        clients: clients.length,
        connected: sum(({ connected }) => Number(connected)),
        reserved: sum(({ reserved }) => Number(reserved)),
        neighbours: sum(({ neighbours }) => neighbours) / Math.max(1, clients.length),
        residentBytes: process.memoryUsage.rss(),
      } satisfies View
    }
    case 'collect': {
      const collected: Heard = record
      record = newRecord()
      return collected
    }
    case 'end':
      process.exit(0)
  }
}

process.on('message', (order: Order) => {
  perform(order).then(
    (value) => process.send?.({ ticket: order.ticket, ok: true, value } satisfies Answer),
    (error: unknown) => process.send?.({ ticket: order.ticket, ok: false, message: String(error) } satisfies Answer),
  )
})
process.on('disconnect', () => process.exit(0))
// A promise that libp2p forgot concerns one connection.
process.on('unhandledRejection', () => undefined)
