// Finds the three engines that the tests run on and, on Debian as root, installs what is missing. Elsewhere it says what to do.

import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

interface Engine {
  readonly name: string
  /** Environment variable that names the program. */
  readonly variable: string
  readonly program: () => string | undefined
  /** Debian packages, any one of which brings it: names differ between releases. */
  readonly packages: readonly string[]
}

const engines: readonly Engine[] = [
  { name: 'Chromium', variable: 'CHROMIUM', program: () => onPath('chromium') ?? onPath('google-chrome'), packages: ['chromium'] },
  { name: 'Firefox', variable: 'FIREFOX', program: () => onPath('firefox-esr') ?? onPath('firefox'), packages: ['firefox-esr'] },
  {
    name: 'JavaScriptCore (jsc)',
    variable: 'JSC',
    program: () => onPath('jsc') ?? ['4.0', '4.1', '6.0'].map(debianJsc).find((path) => path !== undefined),
    packages: ['libjavascriptcoregtk-4.0-bin', 'libjavascriptcoregtk-4.1-bin', 'libjavascriptcoregtk-6.0-bin'],
  },
]

/**
 * Paths of all engines by environment variable, for the tests' environment.
 * @throws Error naming what is missing and how to get it
 */
export function ensureBrowsers(): Record<string, string> {
  const missing = engines.filter((engine) => locate(engine) === undefined)
  if (missing.length > 0) installOnDebian(missing)
  const paths: Record<string, string> = {}
  for (const engine of engines) {
    const path = locate(engine)
    if (path === undefined) {
      throw new Error(`The tests need ${engine.name}: install it (Debian: apt-get install ${engine.packages.join(' or ')}) or name its program in ${engine.variable}`)
    }
    paths[engine.variable] = path
  }
  return paths
}

function locate(engine: Engine): string | undefined {
  return process.env[engine.variable] ?? engine.program()
}

function installOnDebian(missing: readonly Engine[]): void {
  if (onPath('apt-get') === undefined || process.getuid?.() !== 0) return
  process.stderr.write(`Installing for the tests: ${missing.map((engine) => engine.name).join(', ')} …\n`)
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  apt(['update'], environment)
  const names = missing.flatMap((engine) => engine.packages.find(isAvailable) ?? [])
  apt(['install', '-y', '--no-install-recommends', ...names, 'fonts-dejavu-core'], environment)
}

function apt(words: readonly string[], env: NodeJS.ProcessEnv): void {
  spawnSync('apt-get', ['-qq', '-o', 'Dpkg::Use-Pty=0', ...words], { stdio: ['ignore', 'ignore', 'inherit'], env })
}

function isAvailable(name: string): boolean {
  const { stdout } = spawnSync('apt-cache', ['policy', name], { encoding: 'utf8' })
  return /Candidate: (?!\(none\))/.test(stdout ?? '')
}

function onPath(program: string): string | undefined {
  return (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, program)).find(isExecutable)
}

/** Debian keeps `jsc` in a library folder that is on nobody's path. */
function debianJsc(version: string): string | undefined {
  const name = `libjavascriptcoregtk-${version}-bin`
  if (!existsSync(`/var/lib/dpkg/info/${name}.list`)) return undefined
  const files = execFileSync('dpkg', ['-L', name], { encoding: 'utf8' }).split('\n')
  return files.find((file) => file.endsWith('/jsc') && isExecutable(file))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
