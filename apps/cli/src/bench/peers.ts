// The libraries that somebody would otherwise take from npm. They are no dependencies: they are installed beside the
// program when a benchmark first asks for them.

import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../usage.ts'

/** A network of the family of neataptic, of which master-neat is a fork. */
export interface PeerNetwork {
  noTraceActivate(inputs: readonly number[]): number[]
}

export interface Neataptic {
  readonly architect: { readonly Perceptron: new (...layers: number[]) => PeerNetwork & { standalone(): string } }
  readonly methods: {
    readonly mutation: {
      readonly FFW: readonly unknown[]
      readonly MOD_ACTIVATION: unknown
      readonly ADD_NODE: unknown
      readonly ADD_CONN: unknown
      readonly MOD_WEIGHT: unknown
      readonly MOD_BIAS: unknown
    }
    readonly selection: { readonly FITNESS_PROPORTIONATE: unknown }
  }
  readonly Neat: new (inputs: number, outputs: number, fitness: (network: PeerNetwork) => number, options: object) => {
    readonly population: readonly { readonly connections: readonly unknown[] }[]
    evolve(): Promise<PeerNetwork>
  }
}

export interface MasterNeat {
  readonly helpers: { readonly architect: { readonly Perceptron: (...layers: number[]) => PeerNetwork } }
}

export interface Peers {
  readonly neataptic: Neataptic
  readonly masterNeat: MasterNeat
}

export const peerVersions = { neataptic: '1.4.7', 'master-neat': '1.0.11' } as const
/** LevelDB, what js-libp2p's datastores stand on. */
export const levelVersions = { 'classic-level': '3.0.0' } as const

export interface ClassicLevelModule {
  readonly ClassicLevel: new (folder: string, options: { readonly valueEncoding: 'view' }) => {
    open(): Promise<void>
    batch(puts: readonly { readonly type: 'put'; readonly key: string; readonly value: Uint8Array }[], options: { readonly sync: boolean }): Promise<void>
    close(): Promise<void>
  }
}

const cache = fileURLToPath(new URL('../../../../.cache', import.meta.url))

/**
 * @param progress takes what npm says
 * @throws UsageError when they cannot be installed
 */
export async function loadPeers(progress: (line: string) => void): Promise<Peers> {
  const load = await installed('bench-peers', peerVersions, progress)
  return { neataptic: load('neataptic') as Neataptic, masterNeat: load('master-neat') as MasterNeat }
}

/** As `loadPeers`; its binaries come inside the package. */
export async function loadLevel(progress: (line: string) => void): Promise<ClassicLevelModule> {
  const load = await installed('bench-level', levelVersions, progress)
  return load('classic-level') as ClassicLevelModule
}

/** @returns what requires packages from a folder of their own, into which they have been installed */
async function installed(name: string, versions: Readonly<Record<string, string>>, progress: (line: string) => void): Promise<NodeJS.Require> {
  const folder = join(cache, name)
  if (!Object.keys(versions).every((peer) => existsSync(join(folder, 'node_modules', peer)))) {
    await mkdir(folder, { recursive: true })
    await install(folder, Object.entries(versions).map(([peer, version]) => `${peer}@${version}`), progress)
  }
  return createRequire(join(folder, 'package.json'))
}

function install(folder: string, packages: readonly string[], progress: (line: string) => void): Promise<void> {
  progress(`installing ${packages.join(' and ')} into ${folder}`)
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--no-save', '--fetch-retries=1']
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['install', '--prefix', folder, ...options, ...packages], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    const refuse = (cause: string): void => reject(new UsageError(`the peers ${packages.join(' and ')} cannot be installed: ${cause}`))
    child.stderr.setEncoding('utf8').on('data', (text: string) => { said += text })
    child.on('error', (error) => refuse(`npm does not start (${error.message})`))
    child.on('close', (code) => {
      if (code === 0) return resolve()
      const lines = said.split('\n').map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim()).filter((line) => line !== '')
      return refuse(`npm ended with ${code}; is the registry reachable? ${lines.slice(0, 2).join('; ')}`)
    })
  })
}
