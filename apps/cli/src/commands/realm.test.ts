import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openKeys } from '@megabrain/archive/sqlite'
import { decodeRealm } from '@megabrain/exchange'
import { runMegabrain } from '../cli.ts'

let folder: string
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'megabrain-realm-')) })
afterAll(() => rm(folder, { recursive: true }))

const file = (name: string): string => join(folder, name)
const cid = `b${'afkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'}`
const run = (...args: string[]) => runMegabrain(['realm', ...args], { progress: () => {}, stop: new AbortController().signal })

async function json(...args: string[]): Promise<any> {
  const ended = await run(...args, '--json')
  expect({ exit: ended.exit, fault: ended.fault }).toEqual({ exit: 0, fault: '' })
  return JSON.parse(ended.output)
}

async function fault(...args: string[]): Promise<string> {
  const ended = await run(...args)
  expect(ended.exit).toBe(2)
  expect(ended.fault.split('\n')).toHaveLength(1)
  return ended.fault
}

describe('megabrain realm', () => {
  test('create signs a policy from a template with a key of its own, moderated by its owner', async () => {
    const made = await json('create', '--name', 'lab', '--template', 'research', '--task', 'xor', '--task', 'cart-pole-v1', '--out', file('lab.realm'))
    expect(made).toMatchObject({ name: 'lab', revision: 1, key: file('lab.realm.key') })
    expect((await stat(file('lab.realm.key'))).mode & 0o777).toBe(0o600)
    const decoded = decodeRealm(await readFile(file('lab.realm')))
    expect(decoded).toMatchObject({ ok: true, value: { id: made.id, realm: { tasks: ['cart-pole-v1', 'xor'], moderators: [made.owner], containment: 2 } } })
    expect(await json('inspect', file('lab.realm'))).toMatchObject({ kind: 'realm', id: made.id, publish: 'open' })
  })

  test('create takes an existing key, moderators and every part of a policy', async () => {
    const keys = await openKeys(file('donor'))
    const owner = Buffer.from(keys.owner).toString('hex')
    const moderator = 'ab'.repeat(32)
    await writeFile(file('terms.txt'), 'Be kind.\nAlways.\n')
    const made = await json(
      'create', '--name', 'plant', '--template', 'commercial', '--task', 'xor', '--key', file('donor/author-keys.json'), '--moderator', moderator,
      '--terms', file('terms.txt'), '--pledge', 'I shall be.', '--capacity', '5', '--containment', '4', '--stage', 'xor:900000', '--publish', 'listed',
      '--publisher', moderator, '--threshold', '10', '--out', file('plant.realm'),
    )
    expect(made.owner).toBe(owner)
    expect(await json('inspect', file('plant.realm'))).toMatchObject({
      moderators: [owner, moderator].sort(), terms: 'Be kind. Always.', pledge: 'I shall be.', capacity: 5, containment: 4,
      stages: [{ task: 'xor', goal: 900_000 }], publish: 'listed', publishers: [moderator], threshold: 10,
    })
  })

  test('create and revise name the distribution model and its parameters, and refuse what none has', async () => {
    await json('create', '--name', 'herd', '--task', 'xor', '--model', 'federated', '--model-set', 'roundMs=5000', '--model-set', 'selection=truncation', '--out', file('herd.realm'))
    const { model } = await json('inspect', file('herd.realm'))
    expect(model).toMatchObject({ kind: 'federated', roundMs: 5_000, selection: 'truncation', survival: 200 })
    const revise = (...change: string[]) => ['revise', file('herd.realm'), '--key', file('herd.realm.key'), ...change, '--out', file('herd-2.realm')]
    await json(...revise('--model-set', 'agents=10'))
    expect((await json('inspect', file('herd-2.realm'))).model).toEqual({ ...model, agents: 10 })
    await json(...revise('--model', 'distributed'))
    expect(await json('inspect', file('herd-2.realm'))).not.toHaveProperty('model')
    expect(await fault(...revise('--model-set', 'speed=9'))).toMatch(/key of quorum, roundMs, .*got "speed=9"/)
    expect(await fault(...revise('--model-set', 'agents=25'))).toMatch(/1 to 24 agents, got 25/)
    expect(await fault(...revise('--model', 'swarm'))).toMatch(/--model swarm comes later/)
    expect(await fault(...revise('--model', 'other'))).toMatch(/--model is one of distributed, federated, swarm, sharded, got "other"/)
  })

  test('revise makes the next revision and the pointer that tells it to members', async () => {
    const made = await json('revise', file('lab.realm'), '--key', file('lab.realm.key'), '--capacity', '7', '--out', file('lab-2.realm'))
    expect(made).toMatchObject({ revision: 2, pointer: file('lab-2.statement') })
    expect(await json('inspect', file('lab-2.realm'))).toMatchObject({ id: made.id, capacity: 7, containment: 2 })
    expect(await json('inspect', file('lab-2.statement'))).toMatchObject({ of: 'policy', signed: true, author: made.owner, says: { revision: 2 } })
  })

  test('fork names its origin and belongs to somebody else', async () => {
    const origin = await json('inspect', file('lab.realm'))
    const made = await json('fork', file('lab.realm'), '--name', 'lab', '--out', file('fork.realm'))
    expect(made.id).not.toBe(origin.id)
    expect(await json('inspect', file('fork.realm'))).toMatchObject({ origin: origin.id, terms: origin.terms, moderators: [made.owner], revision: 1 })
    expect(await fault('fork', file('lab.realm'), '--name', 'lab', '--key', file('lab.realm.key'), '--out', file('x.realm'))).toContain('another name or another key')
  })

  test('an invite lets a bearer accept, and what was accepted is signed by both', async () => {
    await json('create', '--name', 'club', '--template', 'commercial', '--task', 'xor', '--out', file('club.realm'))
    await json('create', '--name', 'elsewhere', '--task', 'xor', '--out', file('elsewhere.realm'))
    const invite = await json('invite', '--realm', file('club.realm'), '--key', file('club.realm.key'), '--uses', '3', '--days', '2', '--out', file('invite'))
    expect(invite).toMatchObject({ uses: 3 })
    expect((await stat(file('invite'))).mode & 0o777).toBe(0o600)
    expect(await json('inspect', file('invite'))).toMatchObject({ kind: 'invite', signed: true, to: { bearer: invite.bearer, uses: 3 } })
    const guest = file('elsewhere.realm.key')
    await json('accept', '--realm', file('club.realm'), '--key', guest, '--invite', file('invite'), '--pledge', '--out', file('accept.statement'))
    expect(await json('inspect', file('accept.statement'))).toMatchObject({ of: 'acceptance', signed: true, says: { pledged: true, invite: { to: { bearer: invite.bearer } } } })
    expect(await fault('accept', '--realm', file('elsewhere.realm'), '--key', guest, '--invite', invite.text, '--out', file('x'))).toContain('for another realm')
    expect(await fault('invite', '--realm', file('club.realm'), '--key', guest, '--uses', '1')).toContain('neither the owner')
    expect(await fault('invite', '--realm', file('club.realm'), '--key', file('club.realm.key'))).toContain('either --author HEX or --uses N')
  })

  test('a ban names one target, and only a moderator signs it', async () => {
    const of = ['--realm', file('lab.realm'), '--key', file('lab.realm.key'), '--out', file('ban.statement')]
    await json('ban', ...of, '--lineage', cid, '--reason', 'copied')
    expect(await json('inspect', file('ban.statement'))).toMatchObject({ of: 'ban', signed: true, says: { target: { of: 'lineage', cid }, lifted: false, reason: 'copied' } })
    await json('ban', ...of, '--lineage', cid, '--lift')
    expect(await json('inspect', file('ban.statement'))).toMatchObject({ says: { lifted: true } })
    expect(await fault('ban', ...of)).toContain('one of --cid, --lineage or --author')
    expect(await fault('ban', ...of, '--cid', 'nonsense')).toContain('must be the CID')
    expect(await fault('ban', '--realm', file('lab.realm'), '--key', file('fork.realm.key'), '--cid', cid, '--out', file('x'))).toContain('neither the owner')
  })

  test('a bad file or option is one line, and leaves nothing behind', async () => {
    await writeFile(file('noise'), 'noise')
    expect(await fault()).toContain('realm is followed by')
    expect(await fault('inspect', file('noise'))).toContain('no realm document')
    expect(await fault('inspect', file('nowhere'))).toContain('does not exist')
    expect(await fault('create', '--name', 'No', '--task', 'xor', '--out', file('no.realm'))).toContain('a name has')
    expect(await fault('create', '--name', 'x', '--template', 'royal', '--out', file('no.realm'))).toContain('--template is one of')
    expect(await fault('create', '--name', 'x', '--task', 'xor', '--containment', '9', '--out', file('no.realm'))).toContain('--containment')
    expect(await fault('create', '--name', 'x', '--task', 'xor', '--key', file('noise'), '--out', file('no.realm'))).toContain('no Ed25519 key')
    await expect(stat(file('no.realm'))).rejects.toThrow()
    await expect(stat(file('no.realm.key'))).rejects.toThrow()
    expect(await fault('revise', file('lab.realm'), '--key', file('fork.realm.key'), '--out', file('x'))).toContain('not the key of the realm\'s owner')
  })
})
