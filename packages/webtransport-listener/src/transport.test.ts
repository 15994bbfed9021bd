import { describe, expect, test } from 'vitest'
import { runWithNewerLibc } from '../compliance/newer-node.ts'
import { loadBinding } from './binding.ts'

test('js-libp2p\'s own tests of a transport pass', { timeout: 180_000 }, async () => {
  const { exit, stdout, stderr } = await runWithNewerLibc('run.ts', 170_000)
  expect(exit, stdout + stderr).toBe(0)
  expect(stdout).toMatch(/^ {2}15 passing/m)
  expect(stdout).not.toMatch(/pending|failing/)
})

describe('a listener whose clock moves', { timeout: 120_000 }, () => {
  test('changes certificates on the same port, keeps connections, and stays reachable by the addresses that name the next one', async () => {
    const { stdout, stderr } = await runWithNewerLibc('rotation.ts', 100_000)
    const seen = JSON.parse(stdout || `{"stderr":${JSON.stringify(stderr)}}`) as Readonly<Record<string, string[]>>
    const [first, second] = seen['hashes'] as unknown as [string[], string[]]
    expect(first).toHaveLength(2)
    expect(second[0]).toBe(first[1])
    expect(new Set(seen['port'])).toHaveProperty('size', 1)
    expect(seen).toMatchObject({ before: 'before', stayed: ['stayed', 'open'], stayedTwice: 'stayed twice', oldAddress: 'new', newAddress: 'new' })
    expect(seen['staleAddress']).toMatch(/handshake failed/)
    const [third, restarted] = seen['afterRestart'] as unknown as [string[], string[]]
    expect(restarted).toEqual(third)
    expect(seen['foreignHash']).toBe('The certificate hashes of the address are not all the peer\'s own')
  })
})

test.runIf(process.env['NEWER_LIBC'] !== undefined)('where the C library is too old, one sentence says so', () => {
  expect(() => loadBinding()).toThrow(/^WebTransport cannot be loaded: it needs glibc 2\.3\d \(Debian 13, Ubuntu 24\.04 or newer\)$/)
})
