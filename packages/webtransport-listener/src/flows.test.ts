import { createSocket, type Socket } from 'node:dgram'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { DEFAULT_FLOW_LIMITS, openFlows, type FlowLimits, type Flows } from './flows.ts'

const open: { close(): unknown }[] = []
afterEach(() => Promise.all(open.splice(0).map((each) => each.close())))

async function flows(limits: Partial<FlowLimits> = {}): Promise<Flows> {
  const made = await openFlows({ host: '127.0.0.1', port: 0, limits: { ...DEFAULT_FLOW_LIMITS, ...limits }, now: () => performance.now() })
  open.push(made)
  return made
}

/** Answers with its name and what it heard. */
async function endpoint(name: string): Promise<number> {
  const socket = createSocket('udp4')
  open.push({ close: () => socket.close() })
  socket.on('message', (bytes, { port, address }) => socket.send(`${name}:${bytes.length}`, port, address))
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return socket.address().port
}

function client(port: number): { readonly send: (bytes: number, first?: number) => void; readonly heard: string[] } {
  const socket: Socket = createSocket('udp4')
  open.push({ close: () => socket.close() })
  const heard: string[] = []
  socket.on('message', (bytes) => heard.push(String(bytes)))
  return { send: (bytes, first = 0xc0) => socket.send(Buffer.alloc(bytes, first), port, '127.0.0.1'), heard }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('flows', () => {
  test('stay with the endpoint they began with; new ones go to the newest', async () => {
    const front = await flows()
    const [old, fresh] = [await endpoint('old'), await endpoint('fresh')]
    front.leadTo(old)
    const first = client(front.port)
    first.send(1_200)
    await vi.waitFor(() => expect(first.heard).toEqual(['old:1200']))
    front.leadTo(fresh)
    const second = client(front.port)
    second.send(1_300)
    first.send(40, 0x40)
    await vi.waitFor(() => expect([first.heard.at(-1), second.heard.at(-1)]).toEqual(['old:40', 'fresh:1300']))
    expect([front.countOf(old), front.countOf(fresh)]).toEqual([1, 1])
  })

  test('begin only with what can be a client\'s first datagram', async () => {
    const front = await flows()
    front.leadTo(await endpoint('it'))
    const visitor = client(front.port)
    visitor.send(1_199)
    visitor.send(1_200, 0x40)
    visitor.send(1, 0xc0)
    await vi.waitFor(() => expect(front.counters()).toEqual({ flows: 0, refused: 3 }))
    visitor.send(1_200)
    await vi.waitFor(() => expect(visitor.heard).toEqual(['it:1200']))
  })

  test.each<[string, Partial<FlowLimits>]>([
    ['in all', { flows: 3 }],
    ['of one address', { flowsPerAddress: 3 }],
    ['of one address within a minute', { newPerAddress: 3 }],
  ])('%s are at most three where the limit is three', async (_, limits) => {
    const front = await flows(limits)
    front.leadTo(await endpoint('it'))
    const visitors = Array.from({ length: 5 }, () => client(front.port))
    for (const visitor of visitors) {
      visitor.send(1_200)
      await pause(20)
    }
    await vi.waitFor(() => expect(front.counters()).toEqual({ flows: 3, refused: 2 }))
    expect(visitors.map(({ heard }) => heard.length)).toEqual([1, 1, 1, 0, 0])
  })
})
