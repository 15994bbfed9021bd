// How Node is started for a donor, which runs for months beside other programs: less memory for a little more work. Measured in
// docs/donating-headless.md. Plain JavaScript, since the bootstrap needs it.

/** Young objects get 1 MB before they are collected instead of 16, in each of three threads. */
export const LEAN_FLAGS = ['--max-semi-space-size=1', '--optimize-for-size']

/** Threads of libraries share two heaps. */
export const LEAN_ENVIRONMENT = { MALLOC_ARENA_MAX: '2' }
