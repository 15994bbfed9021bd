// One client of the mesh benchmark in each of its kinds: how it joins, what it does with a broadcast, what it shows.

import { createHash, randomBytes } from 'node:crypto'
import { decodeGenotype, evaluate, fingerprintOf } from '@megabrain/evolve'
import { decodeAnswer, decodeClaim, decodeRealm, decodeRequest, digestOfCid, encodeAnswer, encodeRequest, unpackBody } from '@megabrain/exchange'
import type { Delivery, Measurement, PeerId } from '@megabrain/exchange'
import { createMemoryArchive } from '@megabrain/exchange/memory'
import type { Mesh } from '@megabrain/mesh/node'
import { tasks } from '@megabrain/tasks'
import type { ClientKind, Place } from './orders.ts'

export interface Hearing {
  heard(announcement: Uint8Array): void
  /** The body that this announcement names is here, and is what it says. */
  pulled(announcement: Uint8Array): void
  retried(): void
  failed(): void
}

export interface Client {
  /** @param body served to whoever asks for it by its digest */
  publish(announcement: Uint8Array, body?: Uint8Array): void
  pester(perSecond: number, ms: number): void
  view(): { readonly connected: boolean; readonly reserved: boolean; readonly neighbours: number }
  close(): Promise<void>
}

const BODY_LIMITS = { maxBytes: 65_536, maxNeurons: 4_096, maxLinks: 65_536 }
/** As a member asks: `pull.ts` of the exchange. */
const PULL = { timeoutMs: 5_000, maxBytes: BODY_LIMITS.maxBytes + 64 }
const PULL_TRIES = 6
const PULL_PAUSE_MS = 1_500
const BODIES_SERVED = 64

export function openClient(kind: ClientKind, place: Place, hearing: Hearing): Promise<Client> {
  switch (kind.kind) {
    case 'ports':
      return openPorts(kind, place, hearing)
    case 'member':
      return openMember(kind, place, hearing)
    case 'stock':
      return import('./stock.ts').then(({ openStockClient }) => openStockClient(kind, place, hearing))
  }
}

async function openMeshAt({ relay, realmId }: Place, neighbours: number): Promise<Mesh> {
  const { openNodeMesh } = await import('@megabrain/mesh/node')
  return openNodeMesh({ relays: [relay], realm: realmId, targetNeighbours: neighbours })
}

function viewOf(mesh: Mesh): ReturnType<Client['view']> {
  const { relays, neighbours } = mesh.view()
  return {
    connected: neighbours.some(({ kind }) => kind === 'relay'),
    reserved: relays.some(({ reserved }) => reserved),
    neighbours: neighbours.filter(({ kind }) => kind === 'island').length,
  }
}

async function openPorts({ pulls, neighbours }: ClientKind & { kind: 'ports' }, place: Place, hearing: Hearing): Promise<Client> {
  const mesh = await openMeshAt(place, neighbours)
  /** Digest in hex → body, the last few that this client published or pulled. */
  const bodies = new Map<string, Uint8Array>()
  const waiting = new Map<string, Promise<Uint8Array | undefined>>()
  const keep = (digest: string, body: Uint8Array): void => {
    bodies.set(digest, body)
    if (bodies.size > BODIES_SERVED) bodies.delete(bodies.keys().next().value!)
  }
  mesh.requests.serve(async (_, bytes) => {
    const request = decodeRequest(bytes)
    if (!request.ok || request.value.kind !== 'pull') return undefined
    const digest = Buffer.from(request.value.digest).toString('hex')
    const body = bodies.get(digest) ?? await waiting.get(digest)
    if (body === undefined) return undefined
    // Who asks as version 1 has it reads no parcel.
    return encodeAnswer(request.value.held === undefined ? { kind: 'pull', body } : { kind: 'parcel', content: body, base: 0, inflated: 0 })
  })
  mesh.channel.subscribe((delivery) => {
    mesh.channel.verdict(delivery.id, 'forward')
    hearing.heard(delivery.bytes)
    if (!pulls) return
    const digest = digestIn(delivery.bytes)
    if (digest === undefined) return
    const key = Buffer.from(digest).toString('hex')
    const pulling = pull(mesh, delivery, digest, hearing).then((body) => {
      waiting.delete(key)
      if (body === undefined) return void hearing.failed()
      if (neighbours > 0) keep(key, body)
      hearing.pulled(delivery.bytes)
      return body
    })
    if (neighbours > 0) waiting.set(key, pulling)
  })
  return {
    publish(announcement, body) {
      if (body !== undefined) keep(createHash('sha256').update(body).digest('hex'), body)
      mesh.channel.publish(announcement)
    },
    pester: (perSecond, ms) => pesterOver(mesh, perSecond, ms),
    view: () => viewOf(mesh),
    close: () => mesh.close(),
  }
}

/** The announcer first, as members do; a body that does not come is asked for again after their pause. */
async function pull(mesh: Mesh, { from }: Delivery, digest: Uint8Array, hearing: Hearing): Promise<Uint8Array | undefined> {
  const question = encodeRequest({ kind: 'pull', digest, held: [] })
  for (let tries = 0; tries < PULL_TRIES; tries++) {
    if (tries > 0) {
      hearing.retried()
      await new Promise((resolve) => setTimeout(resolve, PULL_PAUSE_MS))
    }
    const result = await mesh.requests.request(from, question, PULL)
    const answer = result.ok ? decodeAnswer(result.value) : undefined
    if (answer?.ok !== true || answer.value.kind !== 'parcel' || answer.value.content.length === 0) continue
    const body = unpackBody(answer.value, [], BODY_LIMITS)
    if (body.ok && createHash('sha256').update(body.value).digest().equals(digest)) return body.value
  }
  return undefined
}

function digestIn(announcement: Uint8Array): Uint8Array | undefined {
  const decoded = decodeClaim(announcement)
  return decoded.ok ? digestOfCid(decoded.value.claim.genotype) : undefined
}

function pesterOver(mesh: Mesh, perSecond: number, ms: number): void {
  const relay = (): PeerId | undefined => mesh.members.current().find(({ kind }) => kind === 'relay')?.peer
  const timer = setInterval(() => {
    const to = relay()
    if (to !== undefined) void mesh.requests.request(to, encodeRequest({ kind: 'pull', digest: randomBytes(32), held: [] }), PULL)
  }, 1_000 / perSecond)
  setTimeout(() => clearInterval(timer), ms)
}

const measurements = new Map<string, Measurement>()

/** Once for all clients of a process: hundreds of machines are faked here, and what they compute is not what is measured. */
function measured(task: string, body: Uint8Array): Measurement {
  const key = createHash('sha256').update(body).digest('hex')
  const known = measurements.get(key)
  if (known !== undefined) return known
  const decoded = decodeGenotype(body)
  if (!decoded.ok) return { ok: false, reason: 'malformed' }
  const genotype = decoded.value
  const { fitness } = evaluate(tasks[task]!, genotype)
  const measurement: Measurement = { ok: true, fitness, fingerprint: fingerprintOf(genotype), links: genotype.links.weights.length }
  measurements.set(key, measurement)
  return measurement
}

async function openMember({ neighbours }: ClientKind & { kind: 'member' }, place: Place, hearing: Hearing): Promise<Client> {
  const [{ openMemberDriver }, { createMemoryKeys }] = await Promise.all([import('@megabrain/island/node'), import('@megabrain/exchange/memory')])
  const mesh = await openMeshAt(place, neighbours)
  const decoded = decodeRealm(place.document)
  if (!decoded.ok) throw new RangeError(`The realm's document must decode, got ${decoded.reason}`)
  const driver = await openMemberDriver({
    role: 'island', realm: decoded.value.realm, realmId: place.realmId, document: place.document,
    archive: createMemoryArchive(), keys: { ...createMemoryKeys(mesh.self), verify: async () => true },
    seed: randomBytes(4).readUInt32LE(), clock: { wall: () => Date.now() },
    measure: async ({ task, body }) => measured(task, body),
    replay: async () => undefined,
    onNotice: () => undefined, onImmigrant: () => undefined, onNeighbours: () => undefined, onStorageFailed: () => undefined,
  })
  driver.attach(mesh)
  mesh.channel.subscribe(({ bytes }) => hearing.heard(bytes))
  const heartbeat = setInterval(() => driver.heartbeat(), 1_000)
  return {
    publish: (announcement) => mesh.channel.publish(announcement),
    pester: (perSecond, ms) => pesterOver(mesh, perSecond, ms),
    view: () => viewOf(mesh),
    async close() {
      clearInterval(heartbeat)
      await driver.close()
      await mesh.close()
    },
  }
}
