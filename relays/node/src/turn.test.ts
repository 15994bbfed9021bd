import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createTurn } from './turn.ts'

const folder = mkdtempSync(join(tmpdir(), 'relay-turn-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const turn = ['turn:turn.example:3478']
const turnSecretFile = join(folder, 'secret')

test('pages get the password that coturn computes from the same secret, which ends within 25 hours and is the same for an hour', () => {
  writeFileSync(turnSecretFile, 'a shared secret\n')
  const told = createTurn({ turn, turnSecretFile })!
  // By `printf 1800090000 | openssl dgst -sha1 -hmac 'a shared secret' -binary | base64`.
  expect(told(1_800_000_000)).toEqual({ urls: turn, username: '1800090000', credential: 'ugQ2NM1a7XCIBlhiATCts4iG2zI=' })
  expect(told(1_800_003_599)).toEqual(told(1_800_000_000))
  expect(told(1_800_003_600).username).toBe('1800093600')
})

test('servers without a secret, a secret without servers and an unreadable one are named; none of both is no TURN', () => {
  expect(createTurn({ turn: [], turnSecretFile: '' })).toBeUndefined()
  expect(() => createTurn({ turn, turnSecretFile: '' })).toThrow(/^--turn needs --turn-secret-file/)
  expect(() => createTurn({ turn: [], turnSecretFile })).toThrow(/^--turn-secret-file needs --turn/)
  expect(() => createTurn({ turn, turnSecretFile: join(folder, 'none') })).toThrow(/^--turn-secret-file: cannot read .*none: ENOENT$/)
  writeFileSync(join(folder, 'empty'), ' \n')
  expect(() => createTurn({ turn, turnSecretFile: join(folder, 'empty') })).toThrow(/empty$/)
})
