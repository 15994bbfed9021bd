import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { tasks } from '@megabrain/tasks'
import { settingKeys, settings } from './configuration.ts'
import { configurationHelp, firstFile } from './help.ts'
import type { Configuration } from './configuration.ts'
import { readConfiguration } from './read-configuration.ts'

const folder = mkdtempSync(join(tmpdir(), 'relay-configuration-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
function file(content: string): string {
  const name = join(folder, `${files++}.json`)
  writeFileSync(name, content)
  return name
}

function read(flags: readonly string[], environment: Readonly<Record<string, string>> = {}): Configuration {
  const result = readConfiguration(flags, environment, folder)
  if (!result.ok) throw new Error(result.reason)
  return result.value
}

function refused(flags: readonly string[], environment: Readonly<Record<string, string>> = {}): string {
  const result = readConfiguration(flags, environment, folder)
  return result.ok ? 'accepted' : result.reason
}

describe('without settings', () => {
  test('a relay listens on loopback at 8787, webrtc-direct at the same number', () => {
    const configuration = read([])
    expect(configuration).toMatchObject({ port: 8787, host: '127.0.0.1', webrtcDirectPort: 'same', announce: [], realm: 'default' })
    expect(configuration.tasks).toEqual(Object.values(tasks).filter(({ deterministic }) => deterministic).map(({ id }) => id))
    expect(configuration.data).toBe(resolve(import.meta.dirname, '../../../data'))
  })
})

describe('a setting', () => {
  test('comes from flags before environment before file before default', () => {
    const config = file('{ "port": 1003, "host": "::1", "maxReservations": 7 }')
    const mixed = read(['--config', config, '--port', '1001'], { PORT: '1002', HOST: '127.0.0.2' })
    expect(mixed).toMatchObject({ port: 1001, host: '127.0.0.2', maxReservations: 7 })
    expect(read([`--config=${config}`], { PORT: '1002' })).toMatchObject({ port: 1002, host: '::1' })
    expect(read(['--config', config])).toMatchObject({ port: 1003 })
    expect(read(['--config', config], { PORT: '' })).toMatchObject({ port: 1003 })
  })

  test('that is a path starts where it was written', () => {
    const config = file('{ "data": "here" }')
    expect(read(['--config', config]).data).toBe(join(folder, 'here'))
    expect(readConfiguration(['--data', 'x'], {}, '/elsewhere')).toMatchObject({ value: { data: '/elsewhere/x' } })
  })

  test('that is a list may be written with commas or as JSON', () => {
    expect(read(['--tasks', 'xor, double-pole']).tasks).toEqual(['xor', 'double-pole'])
    expect(read(['--config', file('{ "tasks": ["xor"], "announce": [] }')]).tasks).toEqual(['xor'])
    expect(read([], { MEGABRAIN_JOIN: 'https://a.example, http://127.0.0.1:8787' }).join).toEqual(['https://a.example', 'http://127.0.0.1:8787'])
    expect(read(['--announce=/dns4/relay.example/tcp/443/tls/ws']).announce).toEqual(['/dns4/relay.example/tcp/443/tls/ws'])
  })

  test('turns webrtc-direct off, or to a port of its own', () => {
    expect(read(['--webrtc-direct-port', 'off']).webrtcDirectPort).toBe('off')
    expect(read([], { MEGABRAIN_WEBRTC_DIRECT_PORT: '0' }).webrtcDirectPort).toBe(0)
    expect(read(['--config', file('{ "webrtcDirectPort": 9000 }')]).webrtcDirectPort).toBe(9000)
  })

  test('that is wrong is refused with its name, what is accepted and what was given', () => {
    const cases: readonly [readonly string[], Readonly<Record<string, string>>, RegExp][] = [
      [['--port', '65536'], {}, /^--port must be an integer from 0 to 65535.*got "65536"$/],
      [['--port', '8e3'], {}, /^--port must be/],
      [['--port', '-1'], {}, /^--port must be/],
      [[], { PORT: 'http' }, /^PORT must be an integer from 0 to 65535/],
      [[], { HOST: 'example.org' }, /^HOST must be an IP address/],
      [['--announce', 'wss://relay.example'], {}, /^--announce must be up to 4 multiaddrs/],
      [['--announce', '/ip4/1.2.3.4/tcp/1/ws,/ip4/1.2.3/tcp/1'], {}, /^--announce must be/],
      [['--announce', '/dns4/a.example/tcp/443/tls/ws/p2p/12D3KooWGRzvQZsYGUGMYzsXfzyrBrUjbJrFCMgXnQYjoXQWvgvQ'], {}, /without \/p2p/],
      [['--webrtc-direct-port', 'no'], {}, /or off; got "no"$/],
      [['--tasks', 'xor,tetris'], {}, /^--tasks must be 1 to 16 of .*xor.*; got "xor,tetris"$/],
      [[], { MEGABRAIN_TASKS: ',' }, /^MEGABRAIN_TASKS must be/],
      [['--realm', 'A realm'], {}, /^--realm must be 1 to 32 characters/],
      [['--verifier-cpu-percent', '0'], {}, /^--verifier-cpu-percent must be an integer from 1 to 100/],
      [['--max-reservations', 'many'], {}, /^--max-reservations must be/],
      [['--join', 'relay.example'], {}, /^--join must be up to 8 relays, .*got "relay\.example"$/],
      [['--join', '/ip4/1.2.3.4/tcp/1/ws'], {}, /^--join must be/],
      [[], { MEGABRAIN_JOIN: 'https://a.example,ftp://b.example' }, /^MEGABRAIN_JOIN must be/],
      [['--config', file('{ "join": "https://a.example/page" }')], {}, /^"join" in the configuration file must be/],
      [['--data', ''], {}, /^--data must be the path of a folder/],
      [['--prot', '1'], {}, /^Unknown flag "--prot"; accepted: .*--config, --port/],
      [['8787'], {}, /^Unknown flag "8787"/],
      [['--port'], {}, /^--port needs a value: an integer/],
      [['--config', file('{ "port": 1')], {}, /^--config: cannot read .* as JSON/],
      [['--config', 'absent.json'], {}, /^--config: cannot read .*absent\.json/],
      [['--config', file('[1]')], {}, /must hold a JSON object$/],
      [['--config', file('{ "prot": 1 }')], {}, /^--config: unknown key "prot" .*; accepted: port, host/],
      [['--config', file('{ "__proto__": 1 }')], {}, /^--config: unknown key "__proto__"/],
      [['--config', file('{ "port": 1.5 }')], {}, /^"port" in the configuration file must be an integer .*got 1\.5$/],
      [['--config', file('{ "tasks": [["xor"]] }')], {}, /^"tasks" in the configuration file must be/],
      [['--config', file('{ "host": null }')], {}, /^"host" in the configuration file must be/],
    ]
    for (const [flags, environment, reason] of cases) expect(refused(flags, environment)).toMatch(reason)
  })
})

describe('the help', () => {
  test('names every setting, its variable and its key', () => {
    for (const key of Object.keys(read([]))) expect(configurationHelp()).toContain(`"${key}"`)
    expect(readConfiguration(['--check', '--help'], {}, folder)).toMatchObject({ action: { kind: 'help' } })
    expect(readConfiguration(['--check'], {}, folder)).toMatchObject({ action: { kind: 'check' } })
    expect(readConfiguration(['--backup=a', '--help'], {}, folder)).toMatchObject({ action: { kind: 'help' } })
    expect(readConfiguration(['--backup', 'a'], {}, folder)).toMatchObject({ action: { kind: 'backup', file: resolve(folder, 'a') } })
    expect(refused(['--check', '--init'])).toBe('--check and --init cannot go together')
    expect(refused(['--restore'])).toBe('--restore needs a value: the path of a backup')
  })
})

describe('the first file', () => {
  test('is read as it is, holds every setting, and each may be taken out of its comment', () => {
    const written = join(folder, 'first.json')
    writeFileSync(written, firstFile())
    expect(read(['--config', written])).toEqual({ ...read([]), host: '0.0.0.0', data: join(folder, 'megabrain-data') })
    const all = firstFile().replace(/^ *\/\/ (".*,)$/gm, '$1')
    writeFileSync(written, all)
    expect(read(['--config', written])).toEqual({ ...read([]), host: '0.0.0.0', data: join(folder, 'megabrain-data') })
    for (const key of settingKeys.filter((each) => each !== 'webApp' && each !== 'embedApp')) expect(all).toMatch(new RegExp(`^ *"${key}": `, 'm'))
  })
})

describe('the guide for operators', () => {
  test('has a row for every setting', () => {
    const guide = readFileSync(resolve(import.meta.dirname, '../../../docs/operating-a-relay.md'), 'utf8')
    for (const key of settingKeys) expect(guide).toContain(`| \`--${settings[key].flag}\` | \`${settings[key].env}\` | \`${key}\` |`)
  })
})
