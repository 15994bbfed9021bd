// How Node is started for a donor, which runs for months beside other programs: less memory for a little more work. Measured in
// docs/donating-headless.md. Plain JavaScript, since the bootstrap needs it.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Young objects get 1 MB before they are collected instead of 16, in each of three threads; threads of libraries share two heaps; and
 * TypeScript is stripped once and kept, before the first start, so that the stripper is in no thread's memory.
 */
export function leanNode(root, node = process.execPath) {
  const cache = join(root, 'node_modules', '.cache', 'megabrain-compiled')
  const flags = ['--max-semi-space-size=1', '--optimize-for-size']
  const environment = { ...process.env, NODE_COMPILE_CACHE: cache, MALLOC_ARENA_MAX: '2' }
  if (!existsSync(cache)) spawnSync(node, [...flags, fileURLToPath(new URL('warm-donor.mjs', import.meta.url))], { env: environment, stdio: 'inherit' })
  return { flags, environment }
}
