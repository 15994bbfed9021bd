// The one file that must run on an old Node: installs what the lockfile names, finds a Node that runs our TypeScript, and
// hands over to the command. Plain JavaScript, no dependency. `npm start`, `npm test` and `npm run megabrain` all begin here.

import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LEAN_ENVIRONMENT, LEAN_FLAGS } from './lean-node.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const PNPM = 'pnpm@12.21.0'
const OLDEST_NODE = [22, 18]

const commands = {
  start: [['scripts/build-web.ts'], ['relays/node/src/main.ts']],
  test: [['scripts/test.ts']],
  check: [['scripts/test.ts', '--only', 'checks']],
  megabrain: [['apps/cli/src/main.ts']],
  donate: [['scripts/build-donor.ts'], ['apps/cli/dist/donor.js']],
  example: [['examples/main.ts']],
}

const [name, ...rest] = process.argv.slice(2)
const isDonor = name === 'megabrain' && rest[0] === 'donate'
const steps = isDonor ? commands.donate : Object.hasOwn(commands, name) ? commands[name] : undefined
if (steps === undefined) fail(`Unknown command ${name}; one of ${Object.keys(commands).join(', ')}`, 2)

install()
const node = findNode()
for (const step of steps.slice(0, -1)) {
  const { status } = spawnSync(node, step, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) process.exit(status ?? 1)
}
const [entry, ...options] = steps.at(-1)
run(node, [...isDonor ? LEAN_FLAGS : [], join(root, entry), ...options, ...rest], isDonor ? { ...process.env, ...LEAN_ENVIRONMENT } : process.env)

/** Installs when a manifest, the workspace file or the lockfile differs from what was installed last. Speaks on stderr only. */
function install() {
  const stampFile = join(root, 'node_modules', '.megabrain-installed')
  const stamp = manifestDigest()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  process.stderr.write('Megabrain: installing dependencies (once; about 600 MB of disk) …\n')
  const { status, error } = spawnSync('npx', ['--yes', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) fail(`Installing dependencies failed${error ? `: ${error.message}` : ` with exit code ${status}`}`, 1)
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, stamp)
}

function manifestDigest() {
  const hash = createHash('sha256')
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', 'examples/package.json', 'e2e/package.json', 'e2e/attacker/package.json', 'relays/node/package.json']
  for (const folder of ['packages', 'apps']) {
    for (const entry of readdirSync(join(root, folder)).sort()) files.push(`${folder}/${entry}/package.json`)
  }
  for (const file of files) {
    const path = join(root, file)
    if (existsSync(path)) hash.update(file).update('\0').update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex')
}

/** This process's own Node when it is new enough, else the one that was installed from the registry. */
function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return process.execPath
  const installed = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (existsSync(installed)) return installed
  fail(`Node ${process.versions.node} is too old and no newer one could be installed here: please install Node 24`, 2)
}

/** Runs the command as the foreground process: same terminal, same signals, same exit code. */
function run(program, args, environment) {
  const path = [dirname(program), join(root, 'node_modules', '.bin'), process.env.PATH].join(process.platform === 'win32' ? ';' : ':')
  const child = spawn(program, args, { cwd: name === 'megabrain' ? process.env.INIT_CWD ?? process.cwd() : root, stdio: 'inherit', env: { ...environment, PATH: path } })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(`Cannot start ${program}: ${error.message}`, 1))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

function fail(message, code) {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}
