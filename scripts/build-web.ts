// Builds the web app and what other sites frame when their sources differ from those of the last build, so that a second `npm start` is quick.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)
const stampFile = join(root, '.cache', 'web-build')
/** Each app's builds, in order, by their configuration. */
const builds = [['web', 'vite.config.ts'], ['embed', 'vite.config.ts'], ['embed', 'vite.loader.config.ts']] as const
const built = ['web/dist/index.html', 'embed/dist/frame.html', 'embed/dist/mega-brain.js'].every((file) => existsSync(join(root, 'apps', file)))

const stamp = sourceDigest()
if (!built || !existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  process.stderr.write('Megabrain: building the web app (about 15 s) …\n')
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

/** Everything that can end up in the bundles: the apps, the packages' sources and vectors, how they are bundled, and the lockfile. */
function sourceDigest(): string {
  const hash = createHash('sha256')
  const folders = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)
  for (const file of ['pnpm-lock.yaml', 'scripts/bundle-plugins.ts', ...['apps/web', 'apps/embed', ...folders].flatMap(filesBelow)]) {
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
