import { describe, expect, test } from 'vitest'
import { archiveCases, channelCases, directoryCases, keysCases, membersCases, requestsCases, streamsCases, type OpenMembers } from '../contract/index.ts'
import type { Archive } from '../ports.ts'
import { createGossipChannel } from './gossip-channel.ts'
import { createMemoryArchive } from './memory-archive.ts'
import { createMemoryKeys } from './memory-keys.ts'
import { createMemoryNetwork, type MemoryNetworkOptions } from './memory-network.ts'
import { portsOf } from './memory-ports.ts'

/** Virtual time that a case may take, and the grain in which it passes. */
const PATIENCE_MS = 60_000
const GRAIN_MS = 10

function openMembers(options: Partial<MemoryNetworkOptions>): OpenMembers {
  return async (count, links) => {
    const network = createMemoryNetwork({ seed: 1, ...options })
    const names = Array.from({ length: count }, (_, i) => `member-${i}`)
    const members = names.map((name) => portsOf(network.join(name)))
    for (const [a, b] of links) network.connect(names[a]!, names[b]!)
    async function pass(): Promise<void> {
      network.advance(GRAIN_MS)
      // Promises of what has just been delivered.
      await new Promise((resolve) => setImmediate(resolve))
    }
    return {
      members,
      async settle(predicate, what) {
        for (let waited = 0; !predicate(); waited += GRAIN_MS) {
          if (waited >= PATIENCE_MS) throw new Error(`never happened: ${what}`)
          await pass()
        }
      },
      async quiet() {
        for (let waited = 0; waited < 500; waited += GRAIN_MS) await pass()
      },
      async disconnect(a, b) {
        network.disconnect(names[a]!, names[b]!)
      },
      async close() {
        for (const name of names) network.leave(name)
      },
    }
  }
}

describe('the memory network', () => {
  for (const { name, check } of channelCases) test(`channel: ${name}`, () => check(openMembers({})))
  for (const { name, check } of requestsCases) test(`requests: ${name}`, () => check(openMembers({})))
  for (const { name, check } of membersCases) test(`members: ${name}`, () => check(openMembers({})))
  for (const { name, check } of streamsCases) test(`streams: ${name}`, () => check(openMembers({})))
  for (const { name, check } of directoryCases) test(`directory: ${name}`, () => check(openMembers({})))
})

describe('the memory network with loss, duplication and reordering', () => {
  const faults = { loss: 0.2, duplication: 0.2, reordering: 0.2 }
  for (const { name, check } of channelCases) test(`channel: ${name}`, () => check(openMembers(faults)))
  for (const { name, check } of membersCases) test(`members: ${name}`, () => check(openMembers(faults)))
})

describe('the memory network whose broadcasts travel as gossip', () => {
  const gossip = (): Partial<MemoryNetworkOptions> => ({ channelModel: createGossipChannel().createModel })
  for (const { name, check } of channelCases) test(`channel: ${name}`, () => check((count, links) => openMembers(gossip())(count, links)))
})

describe('the memory archive', () => {
  for (const { name, durable, check } of archiveCases) if (!durable) test(name, () => check(async () => createMemoryArchive()))
})

describe('the memory keys', () => {
  for (const { name, check } of keysCases) test(name, () => check(async (keys) => createMemoryKeys(keys)))
})

/** What a contract is worth: adapters that are wrong in one way each must fail some case. */
describe('the archive cases catch an archive that', () => {
  const wrong: Record<string, (archive: Archive, rows: Archive) => Partial<Archive>> = {
    'ignores the prefix': (archive) => ({ list: () => archive.list('') }),
    'matches the prefix anywhere in the key': (archive) => ({
      list: async (prefix) => (await archive.list('')).filter(({ key }) => key.includes(prefix)),
    }),
    'matches the prefix without regard to case': (archive) => ({
      list: async (prefix) => (await archive.list('')).filter(({ key }) => key.toLowerCase().startsWith(prefix.toLowerCase())),
    }),
    'lists in another order': (archive) => ({
      list: async (prefix) => [...(await archive.list(prefix))].sort((a, b) => a.key.localeCompare(b.key)),
    }),
    'writes one row after the other': (archive) => ({
      async write(changes) {
        for (const change of changes) await archive.write([change])
      },
    }),
    'keeps the bytes of the caller': () => sharing(),
    'drops empty values': (archive) => ({
      write: (changes) => archive.write(changes.map(({ key, value }) => ({ key, value: value?.length === 0 ? undefined : value }))),
    }),
    'forgets to remove': (archive) => ({ write: (changes) => archive.write(changes.filter(({ value }) => value !== undefined)) }),
    'cannot erase': () => ({ erase: async () => undefined }),
    'works after close': () => ({ close: async () => undefined }),
  }
  for (const [fault, change] of Object.entries(wrong)) {
    test(fault, async () => {
      const open = async (): Promise<Archive> => {
        const archive = createMemoryArchive()
        return { ...archive, ...change(archive, archive) }
      }
      expect(await failures(archiveCases.filter(({ durable }) => !durable), open)).toBeGreaterThan(0)
    })
  }
})

/** An archive that hands out and keeps the very bytes it is given. */
function sharing(): Partial<Archive> {
  const rows = new Map<string, Uint8Array>()
  return {
    read: async (key) => rows.get(key),
    list: async (prefix) => [...rows].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => ({ key, value })),
    async write(changes) {
      for (const { key, value } of changes) if (value === undefined) rows.delete(key)
        else rows.set(key, value)
    },
    erase: async () => rows.clear(),
  }
}

async function failures<Open>(cases: readonly { check(open: Open): Promise<void> }[], open: Open): Promise<number> {
  let failed = 0
  for (const { check } of cases) await check(open).catch(() => failed++)
  return failed
}

describe('the channel cases catch a channel that', () => {
  type Wrap = (ports: Awaited<ReturnType<OpenMembers>>['members'][number]) => Awaited<ReturnType<OpenMembers>>['members'][number]
  const wrong: Record<string, Wrap> = {
    'echoes to the publisher': (ports) => {
      const listeners = new Set<(delivery: { id: string; from: string; bytes: Uint8Array }) => void>()
      return {
        ...ports,
        channel: {
          ...ports.channel,
          subscribe(listener) {
            listeners.add(listener)
            return ports.channel.subscribe(listener)
          },
          publish(bytes) {
            ports.channel.publish(bytes)
            for (const listener of listeners) listener({ id: 'echo', from: ports.self, bytes })
          },
        },
      }
    },
    'forwards without a verdict': (ports) => ({
      ...ports,
      channel: {
        ...ports.channel,
        subscribe: (listener) =>
          ports.channel.subscribe((delivery) => {
            ports.channel.verdict(delivery.id, 'forward')
            listener(delivery)
          }),
      },
    }),
    'never forwards': (ports) => ({ ...ports, channel: { ...ports.channel, verdict: () => undefined } }),
    'takes any size': (ports) => ({ ...ports, channel: { ...ports.channel, publish: (bytes) => ports.channel.publish(bytes.subarray(0, 512)) } }),
    'cannot unsubscribe': (ports) => ({
      ...ports,
      channel: {
        ...ports.channel,
        subscribe(listener) {
          ports.channel.subscribe(listener)
          return () => undefined
        },
      },
    }),
    'names the author instead of the neighbour': (ports) => ({
      ...ports,
      channel: { ...ports.channel, subscribe: (listener) => ports.channel.subscribe((delivery) => listener({ ...delivery, from: 'member-0' })) },
    }),
    'gives each delivery an id of its own': (ports) => {
      let next = 0
      return {
        ...ports,
        channel: { ...ports.channel, subscribe: (listener) => ports.channel.subscribe((delivery) => listener({ ...delivery, id: `${ports.self}-${next++}` })) },
      }
    },
  }
  for (const [fault, wrap] of Object.entries(wrong)) {
    test(fault, async () => {
      const open: OpenMembers = async (count, links) => {
        const fixture = await openMembers({})(count, links)
        return { ...fixture, members: fixture.members.map(wrap) }
      }
      expect(await failures(channelCases, open)).toBeGreaterThan(0)
    })
  }
})

describe('the requests cases catch requests that', () => {
  type Ports = Awaited<ReturnType<OpenMembers>>['members'][number]
  const wrong: Record<string, (ports: Ports) => Partial<Ports['requests']>> = {
    'do not limit the answer': ({ requests }) => ({ request: (to, bytes, limits) => requests.request(to, bytes, { ...limits, maxBytes: 1_000_000 }) }),
    'cut the answer at the limit': ({ requests }) => ({
      async request(to, bytes, limits) {
        const result = await requests.request(to, bytes, { ...limits, maxBytes: 1_000_000 })
        return result.ok ? { ok: true, value: result.value.slice(0, limits.maxBytes) } : result
      },
    }),
    'never time out': ({ requests }) => ({ request: (to, bytes, limits) => requests.request(to, bytes, { ...limits, timeoutMs: 1_000_000 }) }),
    'throw what should be a result': ({ requests }) => ({
      async request(to, bytes, limits) {
        const result = await requests.request(to, bytes, limits)
        if (!result.ok) throw new Error(result.reason)
        return result
      },
    }),
    'answer an empty string for a refusal': ({ requests }) => ({ serve: (answer) => requests.serve(async (from, bytes) => (await answer(from, bytes)) ?? new Uint8Array(0)) }),
    'allow a second server': ({ requests }) => {
      let stop: (() => void) | undefined
      return {
        serve(answer) {
          stop?.()
          stop = requests.serve(answer)
          return stop
        },
      }
    },
  }
  for (const [fault, change] of Object.entries(wrong)) {
    test(fault, async () => {
      const open: OpenMembers = async (count, links) => {
        const fixture = await openMembers({})(count, links)
        return { ...fixture, members: fixture.members.map((ports) => ({ ...ports, requests: { ...ports.requests, ...change(ports) } })) }
      }
      expect(await failures(requestsCases, open)).toBeGreaterThan(0)
    })
  }
})
