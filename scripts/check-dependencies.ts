// What may not be in the lockfile: versions with a published hole, packages that we decided against, two libp2p at once, and
// install scripts that nobody has decided about. A pin in the catalog does not bind what others depend on, so the lockfile is read.

import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** One published hole and the first version without it. */
export interface Floor {
  readonly name: string
  /** The first good version of each major that had a repair; a higher major is good. */
  readonly versions: readonly string[]
  readonly advisory: string
  /** What a stranger could do below the floor. */
  readonly hole: string
}

export const floors: readonly Floor[] = [
  { name: '@libp2p/gossipsub', versions: ['15.0.23'], advisory: 'CVE-2026-46679', hole: 'one peer exhausts the heap with unique topics' },
  { name: '@libp2p/crypto', versions: ['5.1.22'], advisory: 'CVE-2026-110789', hole: 'a tiny DER key makes the decoder loop over a claimed length' },
  { name: '@libp2p/webrtc', versions: ['6.0.28'], advisory: 'CVE-2026-103936', hole: 'one STUN packet ends a process that listens on webrtc-direct' },
  { name: 'libp2p', versions: ['0.38.0'], advisory: 'CVE-2022-23487', hole: 'connections and streams without any limit' },
  { name: 'ws', versions: ['8.21.0'], advisory: 'CVE-2026-48779', hole: 'tiny fragments take far more memory than the payload limit' },
  { name: 'ws', versions: ['5.2.4', '6.2.3', '7.5.10', '8.17.1'], advisory: 'CVE-2024-37890', hole: 'too many request headers end the process' },
  { name: 'protobufjs', versions: ['7.5.6', '8.0.2'], advisory: 'CVE-2026-44289', hole: 'nested messages overflow the stack' },
  { name: 'protobufjs', versions: ['6.11.4', '7.2.5'], advisory: 'GHSA-h755-8qp9-cq85', hole: 'a message pollutes Object.prototype' },
  { name: 'node-datachannel', versions: ['0.32.0'], advisory: 'no advisory: js-libp2p PR 3584', hole: 'an invalid ufrag ends the process' },
]

/** Packages that nothing may bring, with the reason. */
const forbidden: Readonly<Record<string, string>> = {
  '@libp2p/floodsub': 'CVE-2026-86040, and gossipsub does without it',
  '@libp2p/mplex': 'it has no backpressure; yamux has',
  '@chainsafe/libp2p-gossipsub': 'it ends at libp2p 2; @libp2p/gossipsub goes on',
  '@ipshipyard/node-datachannel': 'it fetches a binary at install time; node-datachannel ships it',
  '@stablelib/cbor': 'GHSA-5jg4-p4qw-cgfr: nesting overflows the stack',
  'react-native-webrtc': 'it brings 700 packages that no program here loads',
}

/** Two of these in one process are two registries of symbols: one half does not know the other's errors and streams. */
const onlyOne = ['@libp2p/interface', '@multiformats/multiaddr', 'libp2p']

const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall']
/** A version that is younger, minutes, may be a stolen account's that nobody has noticed yet. */
const LEAST_AGE_MINUTES = 4_320

/** One sentence for each fault of the installed dependencies. */
export function dependencyFaults(root: string): string[] {
  const lockfile = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
  const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  return [...lockfileFaults(lockfile), ...ageFaults(workspace), ...scriptFaults(packagesWithScripts(root), workspace)]
}

/** @param lockfile text of a pnpm lockfile, version 9 */
export function lockfileFaults(lockfile: string): string[] {
  const packages = lockedPackages(lockfile)
  if (packages.length === 0) return ['No packages were found in pnpm-lock.yaml: has its format changed?']
  const versionsOf = (name: string): string[] => packages.filter((each) => each.name === name).map(({ version }) => version)
  return [
    ...floors.flatMap(({ name, versions, advisory, hole }) => versionsOf(name)
      .filter((version) => !isAtLeast(version, versions))
      .map((version) => `${name} ${version} is below ${versions.join(' or ')} (${advisory}: ${hole})`)),
    ...Object.entries(forbidden).flatMap(([name, why]) => versionsOf(name).map((version) => `${name} ${version} may not be used: ${why}`)),
    ...onlyOne.filter((name) => versionsOf(name).length > 1).map((name) => `${name} is there more than once: ${versionsOf(name).join(', ')}`),
  ]
}

/** @param names packages that run a program when they are installed */
export function scriptFaults(names: readonly string[], workspace: string): string[] {
  const decided = new Set([...section(workspace, 'allowBuilds').matchAll(/^ {2}'?([^':]+)'?: (?:true|false)/gm)].map(([, name]) => name))
  return names.filter((name) => !decided.has(name)).map((name) => `${name} has an install script that allowBuilds in pnpm-workspace.yaml does not decide`)
}

function ageFaults(workspace: string): string[] {
  const age = Number(/^minimumReleaseAge: (\d+)/m.exec(workspace)?.[1] ?? 0)
  return age >= LEAST_AGE_MINUTES ? [] : [`minimumReleaseAge is ${age} minutes; at least ${LEAST_AGE_MINUTES} keep a stolen account's release out`]
}

function lockedPackages(lockfile: string): { readonly name: string; readonly version: string }[] {
  return [...section(lockfile, 'packages').matchAll(/^ {2}'?(@?[^@'\s]+)@([^:'\s]+)'?:/gm)].map(([, name, version]) => ({ name: name!, version: version! }))
}

/** The indented lines under a top-level key. */
function section(text: string, key: string): string {
  return new RegExp(`^${key}:\\n((?:(?: .*|#.*)?\\n)*)`, 'm').exec(text)?.[1] ?? ''
}

/** Read from what is installed, since the lockfile no longer says it. */
function packagesWithScripts(root: string): string[] {
  const store = join(root, 'node_modules/.pnpm')
  const found = new Set<string>()
  for (const folder of readdirSync(store)) {
    const name = /^(@?[^@]+)@/.exec(folder)?.[1]?.replace('+', '/')
    if (name === undefined) continue
    const home = join(store, folder, 'node_modules', name)
    if (!existsSync(join(home, 'package.json'))) continue
    const { scripts = {} } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { readonly scripts?: Readonly<Record<string, string>> }
    // npm builds a package with this file although it names no script.
    if (INSTALL_SCRIPTS.some((script) => script in scripts) || existsSync(join(home, 'binding.gyp'))) found.add(name)
  }
  return [...found].sort()
}

function isAtLeast(version: string, goodVersions: readonly string[]): boolean {
  const [major, minor, patch] = numbersOf(version)
  const sameMajor = goodVersions.map(numbersOf).find(([goodMajor]) => goodMajor === major)
  if (sameMajor === undefined) return goodVersions.every((good) => numbersOf(good)[0] < major)
  const [, goodMinor, goodPatch] = sameMajor
  const isPrerelease = version.includes('-')
  return minor > goodMinor || (minor === goodMinor && (patch > goodPatch || (patch === goodPatch && !isPrerelease)))
}

function numbersOf(version: string): readonly [number, number, number] {
  const [major = 0, minor = 0, patch = 0] = version.split('-')[0]!.split('.').map(Number)
  return [major, minor, patch]
}
