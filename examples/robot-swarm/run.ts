// A robot-swarm mesh on a network without a way out: one relay, three donors, a task of one's own. On Linux everything runs in a
// network namespace of its own, with one LAN address and no route; elsewhere on loopback.
//   npm run -s example -- robot-swarm [--seconds 180]

import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { megabrain, startMegabrain, type Background } from '../programs.ts'

interface Status {
  readonly author?: string
  readonly adoptions?: readonly { readonly parent: string; readonly author: string; readonly fitness: number }[]
  readonly bestHere?: number
  readonly evaluations?: number
  readonly published?: number
  readonly verified?: number
  readonly members?: number
  readonly network?: { readonly members?: readonly { readonly transport: string }[] }
}

const DONORS = 3
const LAN = '10.42.0.1'
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '180' }, inside: { type: 'string' } } })

if (values.inside === undefined && enterNamespace()) process.exit(process.exitCode ?? 1)

const address = values.inside ?? '127.0.0.1'
console.log(values.inside === undefined ? 'Network: loopback (no network namespace can be made here).' : `Network: ${LAN} alone, in a namespace without a route.`)
console.log(`The internet: ${await internet()}.`)

const folder = mkdtempSync(join(tmpdir(), 'robot-swarm-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

// A realm is a signed policy: it names the task, and its id keeps this mesh apart from all others.
const realmFile = join(folder, 'swarm.realm')
await megabrain('realm', 'create', '--name', 'swarm', '--task', 'robot-swarm', '--out', realmFile, '--key', join(folder, 'swarm.key'))
mkdirSync(join(folder, 'page'))
writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html><p>A relay of robots.')
mkdirSync(join(folder, 'relay', 'realms'), { recursive: true })
copyFileSync(realmFile, join(folder, 'relay', 'realms', 'swarm.realm'))

const relay = startMegabrain('relay', '--host', address, '--port', '0', '--data', join(folder, 'relay'), '--web-app', join(folder, 'page'), '--stun-port', 'off')
const url = await relay.heard(/"url":"([^"]+)"/)
console.log(`Relay: ${url}, which carries the realm and cannot judge its task.`)

const donors: { readonly donor: Background; readonly status: Promise<string> }[] = []
for (let number = 1; number <= DONORS; number++) {
  const donor = startMegabrain('donate', '--relay', url, '--realm', realmFile, '--task', join(import.meta.dirname, 'robot-swarm.mjs'), '--data', join(folder, `donor-${number}`),
    '--duty', '50', '--status', '0', '--even-when', 'in-use,busy')
  donors.push({ donor, status: donor.heard(/Status: (\S+)/) })
}
const end = Date.now() + Number(values.seconds) * 1_000
const shown = new Set<string>()
let states: readonly Status[] = []
const isDone = (): boolean => states.length > 0 && states.every(({ adoptions = [] }) => adoptions.length > 0)
while (Date.now() < end && !isDone()) {
  await setTimeout(1_000)
  states = await Promise.all(donors.map(async ({ status }) => await (await fetch(await status)).json().catch(() => ({})) as Status))
  const nameOf = (author: string): string => `donor ${states.findIndex((state) => state.author === author) + 1}`
  states.forEach(({ adoptions = [] }, i) => {
    for (const { parent, author, fitness } of adoptions) {
      if (shown.has(`${i} ${parent}`)) continue
      shown.add(`${i} ${parent}`)
      console.log(`donor ${i + 1} measured and adopted ${parent.slice(0, 16)}… of ${nameOf(author)}: ${(fitness / 1e4).toFixed(1)} % covered`)
    }
  })
}
for (const [i, { bestHere = 0, evaluations, published, verified, members, network }] of states.entries()) {
  const links = network?.members?.map(({ transport }) => transport).join(', ') ?? ''
  console.log(`donor ${i + 1}: ${evaluations} evaluations, best ${(bestHere / 1e4).toFixed(1)} % covered, published ${published}, verified ${verified}, ${members} members (${links})`)
}
await Promise.all([...donors.map(({ donor }) => donor.end()), relay.end()])
console.log(isDone() ? 'Every donor has adopted a network that another one found.' : `Not every donor adopted a network within ${values.seconds} s.`)
process.exit(isDone() ? 0 : 1)

/** Runs this file again where there is no way out. @returns whether it did; the exit code is set then */
function enterNamespace(): boolean {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  const set = `ip link set lo up && ip link add lan0 type veth peer name lan1 && ip addr add ${LAN}/24 dev lan0 && ip link set lan0 up && ip link set lan1 up`
  const words = [...user, '--net', 'sh', '-c']
  if (process.platform !== 'linux' || spawnSync('unshare', [...words, set], { stdio: 'ignore' }).status !== 0) return false
  const again = [process.execPath, fileURLToPath(import.meta.url), '--seconds', values.seconds, '--inside', LAN]
  const { status } = spawnSync('unshare', [...words, `${set} && exec "$@"`, 'sh', ...again], { stdio: 'inherit' })
  process.exitCode = status ?? 1
  return true
}

/** An address outside, not a name: there is nobody to ask for names either. */
function internet(): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '192.0.2.1', port: 443, timeout: 2_000 })
    const say = (word: string): void => {
      socket.destroy()
      resolve(word)
    }
    socket.once('connect', () => say('reachable')).once('timeout', () => say('not asked further: no answer')).once('error', ({ code }: NodeJS.ErrnoException) => say(`out of reach (${code})`))
  })
}
