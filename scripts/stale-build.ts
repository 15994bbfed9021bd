// Builds what is missing, or whose sources differ from those of the last build, so that a second start is quick.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)

export interface StaleBuild {
  /** Of the stamp in `.cache`. */
  readonly name: string
  readonly notice: string
  /** In order: a folder of `apps`, and its Vite configuration. */
  readonly builds: readonly (readonly [app: string, config: string])[]
  /** Files that are there once it is built; relative to `apps`. */
  readonly products: readonly string[]
  /** Folders whose sources can end up in the bundles, beside all packages; relative to the project. */
  readonly folders: readonly string[]
}

/** Ends the process where a build fails. */
export function buildWhenStale({ name, notice, builds, products, folders }: StaleBuild): void {
  const stampFile = join(root, '.cache', name)
  const stamp = sourceDigest(folders)
  const isBuilt = products.every((file) => existsSync(join(root, 'apps', file)))
  if (isBuilt && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  process.stderr.write(`Megabrain: ${notice} …\n`)
  rmSync(stampFile, { force: true })
  for (const [app, config] of builds) build(app, config)
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, stamp)
}

function build(app: string, config: string): void {
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const { status } = spawnSync(process.execPath, [vite, 'build', '--config', config, '--logLevel', 'warn'], {
    cwd: join(root, 'apps', app),
    stdio: ['ignore', 2, 2],
    // Whoever calls may have another one, such as a test runner: React would come in its slow development build.
    env: { ...process.env, NODE_ENV: 'production' },
  })
  if (status !== 0) process.exit(status ?? 1)
}

/** Everything that can end up in the bundles: the folders, the packages' sources and vectors, how they are bundled, and the lockfile. */
function sourceDigest(folders: readonly string[]): string {
  const hash = createHash('sha256')
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)
  for (const file of ['pnpm-lock.yaml', 'scripts/bundle-plugins.ts', ...[...folders, ...packages].flatMap(filesBelow)]) {
    hash.update(file).update('\0').update(readFileSync(join(root, file))).update('\0')
  }
  return hash.digest('hex')
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((file) => !/(^|\/)(node_modules|dist|\.cache)\//.test(file) && !file.endsWith('.test.ts') && !file.endsWith('.md'))
    .sort()
}
