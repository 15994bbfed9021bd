// The programs that make faults: nftables, tc, network namespaces, libfaketime. On Debian as root what is missing is installed;
// elsewhere the cases that need it are left out, aloud.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const faketimeLibraries = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
const works = (...words: readonly [string, ...string[]]): boolean => spawnSync(words[0], words.slice(1), { stdio: 'ignore' }).status === 0

export interface Tools {
  /** Whether networks can be built, cut and slowed down. */
  readonly networks: boolean
  /** Whether small file systems can be mounted. */
  readonly mounts: boolean
  /** Library that shifts a program's clock; undefined where there is none. */
  readonly faketime: string | undefined
}

export function ensureTools(): Tools {
  const isRoot = process.getuid?.() === 0
  const packages = [['nft', 'nftables'], ['ip', 'iproute2'], ['tc', 'iproute2']].filter(([program]) => !works('which', program!)).map(([, name]) => name!)
  if (faketime() === undefined) packages.push('libfaketime')
  if (isRoot && packages.length > 0 && works('which', 'apt-get')) {
    process.stderr.write(`Installing for the fault tests: ${packages.join(', ')} …\n`)
    spawnSync('apt-get', ['-qq', 'update'], { stdio: 'ignore' })
    spawnSync('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...packages], { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
  }
  return { networks: isRoot && works('nft', 'list', 'tables') && works('ip', 'netns', 'list'), mounts: isRoot && works('which', 'mount'), faketime: faketime() }
}

function faketime(): string | undefined {
  return faketimeLibraries.find((path) => existsSync(path))
}
