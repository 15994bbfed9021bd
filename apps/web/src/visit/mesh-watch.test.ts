import { expect, test } from 'vitest'
import type { MeshView } from '@megabrain/mesh'
import { company, lonely } from '../example/snapshots.ts'
import { createMeshWatch } from './mesh-watch.ts'

function liveMesh(first: MeshView) {
  let view = first
  const named: string[] = []
  const listeners = new Set<(view: MeshView) => void>()
  return {
    view: () => view,
    onView: (listener: (view: MeshView) => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    named,
    addRelay: (address: string) => void named.push(address),
    change: (next: MeshView) => {
      view = next
      for (const listener of listeners) listener(next)
    },
  }
}

test('a tab that opens later sees the running tab’s mesh, its changes and its end', async () => {
  const name = `mesh-watch-${crypto.randomUUID()}`
  const channels = [new BroadcastChannel(name), new BroadcastChannel(name)] as const
  try {
    const mesh = liveMesh(lonely)
    const alice = createMeshWatch(channels[0])
    const detach = alice.attach(mesh)
    const bob = createMeshWatch(channels[1])
    await expect.poll(() => bob.current()).toEqual({ kind: 'open', view: lonely })
    mesh.change(company)
    await expect.poll(() => bob.current()).toEqual({ kind: 'open', view: company })
    expect(alice.current()).toEqual({ kind: 'open', view: company })
    // From a third place: what a visitor names in any tab is for the one that runs.
    channels[1].postMessage({ kind: 'name', address: '/dns4/relay.example/tcp/443/tls/ws' })
    await expect.poll(() => mesh.named).toEqual(['/dns4/relay.example/tcp/443/tls/ws'])
    detach()
    await expect.poll(() => bob.current()).toEqual({ kind: 'closed' })
  } finally {
    for (const channel of channels) channel.close()
  }
})
