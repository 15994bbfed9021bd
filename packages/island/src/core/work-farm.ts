// Farms evaluations out to the neighbours in a realm: drives the exchange's farm over a mesh. What it hands back is sampled,
// not certain: whoever wants to claim a fitness evaluates that genotype itself.

import { createRandom } from '@megabrain/evolve'
import { createFarm } from '@megabrain/exchange'
import type { FarmEffect, FarmEvent, FarmOptions, FarmView, Measurement, MeshPorts, PeerId, UnitResult } from '@megabrain/exchange'

export interface WorkFarmOptions extends Omit<FarmOptions, 'random'> {
  readonly mesh: Pick<MeshPorts, 'members' | 'requests'>
  /** Integer of 32 bits that nobody can foresee. */
  readonly seed: number
  /** Evaluates a genotype here: samples, and what no donor takes. */
  measure(body: Uint8Array): Measurement | Promise<Measurement>
  /** Milliseconds that never go back. */
  now(): number
  onDisproved?(peer: PeerId): void
}

export interface WorkFarm {
  /** Results in the order of the bodies, canonical genotypes. Rejects only when it is closed. */
  evaluate(bodies: readonly Uint8Array[]): Promise<readonly UnitResult[]>
  /** Neighbours that may be asked now. */
  donors(): number
  view(): FarmView
  close(): void
}

const TICK_MS = 100

export function openWorkFarm(options: WorkFarmOptions): WorkFarm {
  const { mesh, now } = options
  const farm = createFarm({ ...options, random: createRandom(options.seed) })
  const waiting = new Map<number, { readonly resolve: (result: UnitResult) => void; readonly reject: (error: Error) => void }>()
  let present: readonly PeerId[] = []
  let lastId = 0
  let closed = false

  const happen = (event: FarmEvent): void => {
    if (closed) return
    for (const effect of farm.step(event, now())) carryOut(effect)
  }

  function carryOut(effect: FarmEffect): void {
    switch (effect.kind) {
      case 'request': {
        const { ticket, to, bytes, timeoutMs, maxBytes } = effect
        mesh.requests.request(to, bytes, { timeoutMs, maxBytes }).then(
          (result) => happen({ kind: 'answered', ticket, result }),
          () => happen({ kind: 'answered', ticket, result: { ok: false, reason: 'unreachable' } }),
        )
        return
      }
      case 'measure':
        void measureSoon(effect)
        return
      case 'done':
        waiting.get(effect.id)?.resolve(effect.result)
        waiting.delete(effect.id)
        return
      case 'disproved':
        return options.onDisproved?.(effect.peer)
    }
  }

  /** Answers are heard between two evaluations. */
  async function measureSoon({ ticket, body }: FarmEffect & { readonly kind: 'measure' }): Promise<void> {
    await new Promise((resolve) => { setTimeout(resolve, 0) })
    if (!closed) happen({ kind: 'measured', ticket, measurement: await options.measure(body) })
  }

  const meet = (): void => {
    present = mesh.members.current().filter(({ kind }) => kind === 'island').map(({ peer }) => peer)
    happen({ kind: 'donors', peers: present })
  }
  const unsubscribe = mesh.members.subscribe(meet)
  meet()
  const timer = setInterval(() => happen({ kind: 'tick' }), TICK_MS)

  return {
    evaluate(bodies) {
      if (closed) return Promise.reject(new RangeError('The farm is closed'))
      const work = bodies.map((body) => ({ id: ++lastId, body }))
      const results = Promise.all(work.map(({ id }) => new Promise<UnitResult>((resolve, reject) => { waiting.set(id, { resolve, reject }) })))
      happen({ kind: 'submitted', work })
      return results
    },
    donors: () => present.length,
    view: farm.view,
    close() {
      closed = true
      clearInterval(timer)
      unsubscribe()
      for (const { reject } of waiting.values()) reject(new RangeError('The farm was closed'))
      waiting.clear()
    },
  }
}
