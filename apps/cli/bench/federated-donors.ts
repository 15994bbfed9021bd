// Model 2 among real donors: processes of `megabrain donate` around one relay finish rounds, the coordinator is killed without
// a word in the middle of one, and the others go on. Prints JSON. `node apps/cli/bench/federated-donors.ts [DONORS] [ROUNDS]`.

import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FederationView } from '@megabrain/exchange'
import { megabrain, openQuietRelay } from '../fixtures/terminal.ts'

const [donors = 6, roundsBefore = 3] = process.argv.slice(2).map(Number)
const LOOK_MS = 100
const PATIENCE_MS = 180_000
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

interface Donor {
  readonly name: string
  readonly port: number
  readonly process: ChildProcess
  status: { readonly model?: { readonly federation: FederationView }; readonly evaluations: number; readonly bytes: { readonly sent: Record<string, number> } } | undefined
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const folder = await mkdtemp(join(tmpdir(), 'megabrain-federation-'))
await mkdir(join(folder, 'relay', 'realms'), { recursive: true, mode: 0o700 })
const made = await megabrain(
  'realm', 'create', '--name', 'herd', '--task', 'double-pole-no-velocity', '--model', 'federated', '--key', join(folder, 'herd.key'),
  '--out', join(folder, 'relay', 'realms', 'herd.realm'))
if (made.exit !== 0) throw new Error(made.fault)
const relay = await openQuietRelay(folder)

async function start(index: number): Promise<Donor> {
  const port = await freePort()
  const words = [
    join(import.meta.dirname, '../src/main.ts'), 'donate', '--relay', relay.url, '--realm', 'herd', '--model', 'federated', '--duty', '10', '--nice', '0',
    '--even-when', 'in-use,busy,battery', '--status', String(port), '--data', join(folder, `donor-${index}`),
  ]
  return { name: `donor-${index}`, port, process: spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] }), status: undefined }
}

const all: Donor[] = []
for (let i = 0; i < donors; i++) all.push(await start(i))

async function look(donor: Donor): Promise<FederationView | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${donor.port}/status`)
    donor.status = await answer.json() as NonNullable<Donor['status']>
  } catch {
    donor.status = undefined
  }
  return donor.status?.model?.federation
}

async function until<T>(what: string, living: readonly Donor[], holds: (views: readonly FederationView[]) => T | undefined): Promise<T> {
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    const views = (await Promise.all(living.map(look))).filter((view) => view !== undefined)
    const result = views.length === living.length ? holds(views) : undefined
    if (result !== undefined) return result
    if (Date.now() > end) throw new Error(`Waited in vain until ${what}: ${JSON.stringify(views)}`)
    await pause(LOOK_MS)
  }
}

const agree = (views: readonly FederationView[]) => new Set(views.map(({ coordinator }) => coordinator)).size === 1 && views[0]!.coordinator !== undefined
try {
  await until(`all have taken part in ${roundsBefore} rounds`, all, (views) => (agree(views) && views.every(({ rounds }) => rounds.length >= roundsBefore) ? true : undefined))
  const before = all.map(({ status }) => status!.model!.federation)
  const rounds = before.find(({ isOurs }) => isOurs)!.rounds
  // In the middle of a round: five seconds after the last one ended.
  const open = Math.max(...before.map(({ round }) => round))
  await until('the next round begins', all, (views) => (views.every(({ round }) => round > open) ? true : undefined))
  await pause(5_000)
  const victim = all.find(({ status }) => status!.model!.federation.isOurs)!
  const last = Math.max(...all.map(({ status }) => status!.model!.federation.round))
  const killedAt = Date.now()
  victim.process.kill('SIGKILL')
  const others = all.filter((donor) => donor !== victim)
  const next = await until('a round ends under another coordinator', others, (views) =>
    views.map(({ rounds: seen }) => seen.at(-1)).find((round) => round !== undefined && round.round >= last && round.coordinator !== rounds.at(-1)!.coordinator))
  const nextRoundAfterKillMs = Date.now() - killedAt
  const agreed = await until('all follow the same one', others, (views) => (agree(views) ? views[0]!.coordinator : undefined))
  console.log(JSON.stringify({
    donors, rounds: rounds.map(({ round, reports, members, survivors, tookMs, coordinatorBytes }) => ({ round, reports, members, survivors, tookMs: Math.round(tookMs), coordinatorBytes })),
    nextRoundAfterKillMs, next: { round: next.round, reports: next.reports, members: next.members, survivors: next.survivors },
    isAgreed: agreed === next.coordinator, agreedAfterKillMs: Date.now() - killedAt,
  }, undefined, 2))
} finally {
  for (const donor of all) donor.process.kill('SIGTERM')
  await Promise.all(all.map(async ({ process: child }) => {
    if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve))
  }))
  await relay.close()
  await rm(folder, { recursive: true, force: true })
}
process.exit(0)
