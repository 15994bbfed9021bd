import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { ask, cidOf, createPopulation, encodeGenotype, fingerprintOf } from '@megabrain/evolve'
import {
  acceptanceDeclaration, banDeclaration, claimMessage, createRealm, encodeClaim, encodeRealm, MAX_ANSWER_BYTES, realmId, realmMessage,
} from '@megabrain/exchange'
import type { Claim, Discovery, Keys, Notice, Realm } from '@megabrain/exchange'
import { createMemoryArchive, createMemoryKeys, createMemoryNetwork, memorySignature, portsOf } from '@megabrain/exchange/memory'
import { tasks } from '@megabrain/tasks'
import { claimableVersions } from '@megabrain/tasks/versions'
import { measureBody } from './measure-body.ts'
import { openMemberDriver, type MemberDriver } from './member-driver.ts'
import { verifiedRealm } from './realm-tasks.ts'

const xor = tasks['xor']!
const START = 1_800_000_000_000
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const owner = createMemoryKeys('owner')

async function signed(realm: Realm): Promise<Uint8Array> {
  return encodeRealm(realm, await owner.signAsOwner(realmMessage(realm)))
}

/** Genotypes that differ, with what xor measures of them. */
const discoveries: readonly Discovery[] = ask(createPopulation({ task: xor, settings: { size: 40 }, seed: 5 })).candidates.map(({ genotype }) => {
  const body = encodeGenotype(genotype)
  const measured = measureBody(xor, body, Number.MAX_SAFE_INTEGER)
  if (!measured.ok) throw new Error(measured.reason)
  return { task: xor.id, body, fitness: measured.fitness, fingerprint: fingerprintOf(genotype), generation: 1, parents: [], operators: [] }
})

/** A network on which everybody hears everybody, whatever the realm, and one storage: only the members keep realms apart. */
function createStage() {
  const network = createMemoryNetwork({ seed: 1, start: START })
  const archive = createMemoryArchive()
  const names: string[] = []
  const drivers: MemberDriver[] = []
  async function settle(): Promise<void> {
    for (let i = 0; i < 40; i++) {
      network.advance(25)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return {
    network, archive, settle,
    async join(name: string, document: Uint8Array, keys: Keys = createMemoryKeys(name)) {
      const node = network.join(name)
      for (const other of names) network.connect(name, other)
      names.push(name)
      const notices: Notice[] = []
      const { realm, realmId: id, document: newest } = await verifiedRealm(document, keys, archive)
      const driver = await openMemberDriver({
        role: 'island', realm, realmId: id, document: newest, archive, keys, seed: names.length, clock: { wall: network.now },
        measure: async ({ body, costLimit }) => measureBody(xor, body, costLimit),
        replay: async () => undefined,
        onNotice: (notice) => notices.push(notice),
        onImmigrant: () => undefined,
        onNeighbours: () => undefined,
        onStorageFailed: (detail) => { throw new Error(detail) },
      })
      driver.attach(portsOf(node))
      drivers.push(driver)
      await settle()
      return { driver, notices, node }
    },
    async beat(times: number) {
      for (let i = 0; i < times; i++) {
        for (const driver of drivers) driver.heartbeat()
        await settle()
      }
    },
  }
}

test('two realms over one network and one storage see nothing of each other, and what an author did in one is unknown in the other', async () => {
  const stage = createStage()
  const [red, blue] = ['red', 'blue'].map((name) => ({
    ...createRealm({ name, owner: hexOf(owner.owner), tasks: [xor.id] }), pledge: 'I shall be kind.',
  })) as [Realm, Realm]
  const documents = [await signed(red), await signed(blue)] as const
  const bobRed = await stage.join('bob-red', documents[0], createMemoryKeys('bob'))
  const bobBlue = await stage.join('bob-blue', documents[1], createMemoryKeys('bob'))
  const ownerRed = await stage.join('owner-red', documents[0], owner)
  const carolBlue = await stage.join('carol-blue', documents[1])

  bobRed.driver.declare(acceptanceDeclaration(red, { pledged: false }))
  carolBlue.driver.declare(acceptanceDeclaration(blue, { pledged: false }))
  await stage.beat(1)
  bobRed.driver.found(discoveries[0]!)
  ownerRed.driver.found(discoveries[1]!)
  carolBlue.driver.found(discoveries[2]!)
  ownerRed.driver.declare(banDeclaration({ target: { of: 'author', author: 'ab'.repeat(32) }, lifted: false, reason: 'spam' }))
  await stage.beat(20)

  const [, , ofBlue] = discoveries.map(({ body }) => cidOf(body))
  const cids = ({ driver }: { readonly driver: MemberDriver }): readonly string[] => driver.entries().map(({ claim: { genotype } }) => genotype).sort()
  expect(cids(bobRed)).not.toEqual([])
  expect(cids(bobRed)).not.toContain(ofBlue)
  expect(cids(ownerRed)).toEqual(cids(bobRed))
  expect([cids(bobBlue), cids(carolBlue)]).toEqual([[ofBlue], [ofBlue]])
  expect(bobRed.driver.bans()).toHaveLength(1)
  expect(bobBlue.driver.bans()).toEqual([])
  expect(bobRed.driver.signatories().map(({ author }) => author)).toEqual([hexOf(createMemoryKeys('bob').owner)])
  expect(bobBlue.driver.signatories().map(({ author }) => author)).toEqual([hexOf(createMemoryKeys('carol-blue').owner)])
  expect(bobRed.driver.policy()).toMatchObject({ realm: { name: 'red' }, barred: undefined, isOwner: false, isModerator: false })
  expect(ownerRed.driver.policy()).toMatchObject({ isOwner: true, isModerator: true })

  // What is stored names one realm each, and a start from all of it finds only its own.
  const rows = await stage.archive.list('')
  const ids = [realmId(red), realmId(blue)]
  expect(rows.length).toBeGreaterThan(4)
  for (const { key } of rows) expect(ids.filter((id) => key.includes(id)), key).toHaveLength(1)
  const again = await stage.join('bob-blue-again', documents[1], createMemoryKeys('bob'))
  expect(cids(again)).toEqual([ofBlue])
  expect(again.driver.bans()).toEqual([])

  // A body of one realm cannot be asked for in the other.
  const stranger = stage.network.join('stranger')
  stage.network.connect('stranger', 'bob-blue')
  stage.network.connect('stranger', 'bob-red')
  const { body: redBody } = bobRed.driver.entries()[0]!
  const pull = Buffer.concat([Buffer.from('080110011a20', 'hex'), createHash('sha256').update(redBody).digest()])
  const answers: string[] = []
  for (const to of ['bob-blue', 'bob-red']) {
    stranger.request(to, pull, { timeoutMs: 4_000, maxBytes: MAX_ANSWER_BYTES }, (result) => answers.push(`${to} ${result.ok ? 'gives' : result.reason}`))
  }
  await stage.beat(6)
  expect(answers.sort()).toEqual(['bob-blue refused', 'bob-red gives'])

  // Reputation: three lies in red ban mallory there, and blue still looks at what he says.
  const mallory = createMemoryKeys('mallory')
  for (const [at, { driver }] of [bobRed, bobBlue].entries()) {
    const { claim } = driver.entries()[0]!
    for (const lie of at === 0 ? [1, 2, 3, 0] : [0]) {
      stranger.publish(claimBy(mallory, claim.realm, claim.genotype, claim.fitness + lie, START / 1_000 + lie))
      await stage.settle()
    }
  }
  expect(bobRed.driver.counters().refused).toMatchObject({ 'not-reproduced': 3, banned: 1 })
  expect(bobBlue.driver.counters().refused['banned']).toBeUndefined()
  expect(bobBlue.driver.counters().refused['not-better']).toBe(1)
  for (const { driver } of [bobRed, bobBlue, ownerRed, carolBlue]) await driver.close()
})

test('a ban and a newer policy survive a restart on the same storage, and the older document that a page still has gives way', async () => {
  const stage = createStage()
  const realm = createRealm({ name: 'red', owner: hexOf(owner.owner), tasks: [xor.id] })
  const first = await signed(realm)
  const one = await stage.join('one', first, owner)
  one.driver.found(discoveries[0]!)
  await stage.beat(2)
  const cid = cidOf(discoveries[0]!.body)
  expect(one.driver.entries()).toHaveLength(1)
  one.driver.declare(banDeclaration({ target: { of: 'lineage', cid }, lifted: false, reason: '' }))
  one.driver.revise(await signed({ ...realm, revision: 2, terms: 'Be kind.' }))
  await stage.beat(2)
  expect(one.driver.entries()).toEqual([])
  await one.driver.close()
  // The claim stays as a find, so that lineage is still known; body and entry are gone.
  const kinds = new Set((await stage.archive.list('')).map(({ key }) => key.split('/')[0]))
  expect(['find', 'realm', 'statement', 'claim', 'body'].filter((kind) => kinds.has(kind))).toEqual(['find', 'realm', 'statement'])

  const again = await stage.join('again', first)
  expect(again.driver.policy()).toMatchObject({ realm: { revision: 2, terms: 'Be kind.' }, barred: 'terms-not-accepted', needsAcceptance: true })
  expect(again.driver.bans()).toMatchObject([{ target: { of: 'lineage', cid }, moderator: hexOf(owner.owner), stands: true }])
  again.driver.declare(acceptanceDeclaration(again.driver.policy().realm, { pledged: true }))
  await stage.beat(1)
  expect(again.driver.policy().barred).toBeUndefined()
  await again.driver.close()
})

function claimBy(keys: Keys, realm: string, genotype: string, fitness: number, sequence: number): Uint8Array {
  const statement: Omit<Claim, 'id'> = {
    genotype, realm, task: xor.id, evaluator: claimableVersions[xor.id]!, fitness, seedRule: 'public', parents: [], operators: [], generation: 1,
    license: 'Apache-2.0', author: hexOf(keys.owner), device: hexOf(keys.device), time: START, sequence,
  }
  return encodeClaim(statement, keys.delegation, memorySignature(keys.device, claimMessage(statement, keys.delegation)))
}
