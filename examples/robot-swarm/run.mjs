// A robot-swarm mesh on a network without a way out: one relay, three donors, a task of one's own. On Linux everything runs in a
// network namespace of its own, with one LAN address and no route; elsewhere on loopback.
//   node examples/robot-swarm/run.mjs [--seconds 180]

import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const here = dirname(fileURLToPath(import.meta.url))
const root = dirname(dirname(here))
const bootstrap = join(root, 'scripts/bootstrap.mjs')
const DONORS = 3
const LAN = '10.42.0.1'
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '180' }, inside: { type: 'string' } } })

// What must come from the internet comes before the way there is closed.
if (values.inside === undefined) megabrain('tasks')
if (values.inside === undefined && enterNamespace()) process.exit(process.exitCode ?? 1)

const address = values.inside ?? '127.0.0.1'
console.log(values.inside === undefined ? 'Network: loopback (no network namespace can be made here).' : `Network: ${LAN} alone, in a namespace without a route.`)
console.log(`The internet: ${await internet()}.`)

const folder = mkdtempSync(join(tmpdir(), 'robot-swarm-'))
const children = []
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

// A realm is a signed policy: it names the task, and its id keeps this mesh apart from all others.
const realmFile = join(folder, 'swarm.realm')
megabrain('realm', 'create', '--name', 'swarm', '--task', 'robot-swarm', '--out', realmFile, '--key', join(folder, 'swarm.key'))
mkdirSync(join(folder, 'page'))
writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html><p>A relay of robots.')
mkdirSync(join(folder, 'relay', 'realms'), { recursive: true })
copyFileSync(realmFile, join(folder, 'relay', 'realms', 'swarm.realm'))

const relay = start('relay', '--host', address, '--port', '0', '--data', join(folder, 'relay'), '--web-app', join(folder, 'page'), '--stun-port', 'off')
const url = await heard(relay, /"url":"([^"]+)"/)
console.log(`Relay: ${url}, which carries the realm and cannot judge its task.`)

const donors = []
for (let number = 1; number <= DONORS; number++) {
  const donor = start('donate', '--relay', url, '--realm', realmFile, '--task', join(here, 'robot-swarm.mjs'), '--data', join(folder, `donor-${number}`),
    '--duty', '50', '--status', '0', '--even-when', 'in-use,busy')
  donors.push({ number, donor, status: heard(donor, /Status: (\S+)/) })
}
const end = Date.now() + Number(values.seconds) * 1_000
const shown = new Set()
let states = []
const isDone = () => states.length > 0 && states.every(({ adoptions = [] }) => adoptions.length > 0)
while (Date.now() < end && !isDone()) {
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  states = await Promise.all(donors.map(async ({ status }) => (await fetch(await status)).json().catch(() => ({}))))
  const nameOf = (author) => `donor ${states.findIndex((state) => state.author === author) + 1}`
  states.forEach(({ adoptions = [] }, i) => {
    for (const { parent, author, fitness } of adoptions) {
      if (shown.has(`${i} ${parent}`)) continue
      shown.add(`${i} ${parent}`)
      console.log(`donor ${i + 1} measured and adopted ${parent.slice(0, 16)}… of ${nameOf(author)}: ${(fitness / 1e4).toFixed(1)} % covered`)
    }
  })
}
for (const [i, { bestHere, evaluations, published, verified, members, network }] of states.entries()) {
  const links = network?.members?.map(({ transport }) => transport).join(', ') ?? ''
  console.log(`donor ${i + 1}: ${evaluations} evaluations, best ${(bestHere / 1e4).toFixed(1)} % covered, published ${published}, verified ${verified}, ${members} members (${links})`)
}
await Promise.all(children.map((child) => new Promise((resolve) => {
  child.once('exit', resolve)
  child.kill('SIGTERM')
})))
console.log(isDone() ? 'Every donor has adopted a network that another one found.' : `Not every donor adopted a network within ${values.seconds} s.`)
process.exit(isDone() ? 0 : 1)

/** Runs this file again where there is no way out. @returns whether it did; the exit code is set then */
function enterNamespace() {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  const set = `ip link set lo up && ip link add lan0 type veth peer name lan1 && ip addr add ${LAN}/24 dev lan0 && ip link set lan0 up && ip link set lan1 up`
  const unshare = ['unshare', [...user, '--net', 'sh', '-c']]
  if (process.platform !== 'linux' || spawnSync(unshare[0], [...unshare[1], set], { stdio: 'ignore' }).status !== 0) return false
  const again = [process.execPath, fileURLToPath(import.meta.url), '--seconds', values.seconds, '--inside', LAN]
  const { status } = spawnSync(unshare[0], [...unshare[1], `${set} && exec "$@"`, 'sh', ...again], { stdio: 'inherit' })
  process.exitCode = status ?? 1
  return true
}

/** An address outside, not a name: there is nobody to ask for names either. */
function internet() {
  return new Promise((resolve) => {
    const socket = connect({ host: '192.0.2.1', port: 443, timeout: 2_000 })
    const say = (word) => {
      socket.destroy()
      resolve(word)
    }
    socket.once('connect', () => say('reachable')).once('timeout', () => say('not asked further: no answer')).once('error', ({ code }) => say(`out of reach (${code})`))
  })
}

function megabrain(...args) {
  const { status } = spawnSync(process.execPath, [bootstrap, 'megabrain', ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) process.exit(status ?? 1)
}

function start(...args) {
  const child = spawn(process.execPath, [bootstrap, 'megabrain', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  return child
}

/** Waits for what a child says about itself. */
function heard(child, pattern) {
  return new Promise((resolve, reject) => {
    let text = ''
    const listen = (bytes) => {
      text = `${text}${bytes}`.slice(-20_000)
      const [, found] = pattern.exec(text) ?? []
      if (found !== undefined) resolve(found)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('exit', (code, signal) => reject(new Error(`it ended with ${code ?? signal}: ${text.slice(-400)}`)))
  })
}
