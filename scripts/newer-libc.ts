// A glibc that the WebTransport binding can use, where the machine's own is older than 2.38: Debian's, unpacked into a folder of ours and
// used by nothing but the programs that tests start under it. Elsewhere nothing is fetched.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Debian 13 has glibc 2.41. */
const RELEASE = 'trixie'
const PACKAGES = ['libc6', 'libstdc++6', 'libgcc-s1']
const NEEDED = 2.38

/**
 * Folder of the libraries, with `ld-linux-x86-64.so.2` in it; undefined when the machine's own will do.
 * @param cache folder that survives between runs
 * @throws Error when there is no other way to have one here
 */
export function ensureNewerLibc(cache: string): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64' || ownGlibc() >= NEEDED) return undefined
  const home = join(cache, `libc-${RELEASE}`)
  const libraries = join(home, 'usr/lib/x86_64-linux-gnu')
  if (existsSync(join(libraries, 'ld-linux-x86-64.so.2'))) return libraries
  process.stderr.write(`Fetching Debian's newer C library for the WebTransport tests …\n`)
  mkdirSync(cache, { recursive: true })
  const work = mkdtempSync(join(cache, 'fetching-'))
  try {
    unpack(work)
    rmSync(home, { recursive: true, force: true })
    renameSync(join(work, 'root'), home)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return libraries
}

/** As 2.36; NaN where it is another C library. */
function ownGlibc(): number {
  return Number((process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header.glibcVersionRuntime)
}

/** With a package index of its own, signatures checked, so that the machine's packages are as they were. */
function unpack(work: string): void {
  for (const folder of ['etc/apt/apt.conf.d', 'etc/apt/preferences.d', 'lists/partial', 'archives/partial', 'root']) mkdirSync(join(work, folder), { recursive: true })
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg'
  writeFileSync(join(work, 'etc/apt/sources.list'), `deb [signed-by=${keys}] http://deb.debian.org/debian ${RELEASE} main\n`)
  writeFileSync(join(work, 'status'), '')
  const options = [
    `Dir::Etc=${join(work, 'etc/apt')}`, `Dir::State::lists=${join(work, 'lists')}`, `Dir::State::status=${join(work, 'status')}`,
    `Dir::Cache=${work}`, 'APT::Sandbox::User=root', 'Acquire::Languages=none',
  ].flatMap((option) => ['-o', option])
  const run = (words: readonly string[]): void => {
    const { status, stderr } = spawnSync('apt-get', ['-qq', ...options, ...words], { cwd: work, encoding: 'utf8' })
    if (status !== 0) throw new Error(`The WebTransport tests need glibc ${NEEDED}, and Debian's could not be fetched: ${stderr.trim()}`)
  }
  run(['update'])
  run(['download', ...PACKAGES])
  for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) execFileSync('dpkg-deb', ['-x', join(work, file), join(work, 'root')])
}
