import { describe, expect, test } from 'vitest'
import { createCompany } from '../../fixtures/company.ts'
import { createTestKeys, type TestKeys } from '../../fixtures/ed25519.ts'
import { alice, bob, carol, createWorld, signClaim, START, statementFor } from '../../fixtures/world.ts'
import { sampleGenotype } from '../../fixtures/xor.ts'
import { hexBytes, hexText } from '../bytes/text.ts'
import { decodeStatement, encodeStatement, statementMessage } from '../registry/statement-codec.ts'
import type { Declaration } from '../registry/statement.ts'
import { realmId } from '../realm/realm.ts'
import { testRealm } from '../../fixtures/world.ts'
import { revocationDeclaration } from './revocation.ts'
import { formatOpenTeam, parseOpenTeam } from './open-team.ts'
import { expulsionDeclaration, membershipDeclaration, openTeamMessage, teamId, teamInviteMessage, teamKind, teamsOf, type TeamName } from './team.ts'

/** A phone of the same owner. */
const phone = createTestKeys('bob-phone')
function ownedBy(owner: TestKeys, device: TestKeys): TestKeys {
  const delegation = owner.signAsOwnerNow(new Uint8Array([...new TextEncoder().encode('megabrain-device/1:'), ...device.device]))
  return { ...device, owner: owner.owner, delegation, signAsOwner: owner.signAsOwner, signAsOwnerNow: owner.signAsOwnerNow }
}
const bobsPhone = ownedBy(bob, phone)

function say(keys: TestKeys, declaration: Declaration, revision = 1): Uint8Array {
  const author = hexText(keys.owner)
  const body = { ...declaration, revision, realm: realmId(testRealm()), author, time: START }
  return encodeStatement(body, author, keys.signAsOwnerNow(statementMessage(body)))
}

describe('a device', () => {
  const samples = [1, 2, 3, 4, 5, 6].map((number) => sampleGenotype(number))

  test('counts its own sequence: the number that another device of the owner used is no replay', () => {
    const world = createWorld({ identity: alice })
    for (const { cid, body } of samples) world.bodies.set(cid, body)
    expect(world.deliver(signClaim(statementFor(samples[0]!, bob, world.now, { sequence: 500 }), bob))).toBe('forward')
    expect(world.deliver(signClaim(statementFor(samples[1]!, bobsPhone, world.now, { sequence: 500 }), bobsPhone))).toBe('forward')
    expect(world.deliver(signClaim(statementFor(samples[2]!, bob, world.now, { sequence: 500 }), bob))).toBe('ignore')
    expect(world.refusals().filter((reason) => reason === 'replayed')).toHaveLength(1)
  })

  test('that its owner revokes is refused from that sequence on, on the channel and by synchronising, and what it has goes', () => {
    const world = createWorld({ identity: alice })
    for (const { cid, body } of samples) world.bodies.set(cid, body)
    world.deliver(signClaim(statementFor(samples[0]!, bobsPhone, world.now, { sequence: 10 }), bobsPhone))
    world.deliver(signClaim(statementFor(samples[1]!, bobsPhone, world.now, { sequence: 20 }), bobsPhone))
    const held = [...world.state.niches.values()].filter(({ claim }) => claim.device === hexText(phone.device)).map(({ claim }) => claim.sequence)
    expect(held).toContain(20)
    expect(world.deliver(say(bob, revocationDeclaration({ device: hexText(phone.device), from: 15 })))).toBe('forward')
    world.beat()
    world.refusals()
    expect(world.deliver(signClaim(statementFor(samples[2]!, bobsPhone, world.now, { sequence: 30 }), bobsPhone))).toBe('ignore')
    expect(world.refusals()).toEqual(['revoked'])
    const left = [...world.state.niches.values()].filter(({ claim }) => claim.device === hexText(phone.device)).map(({ claim }) => claim.sequence)
    expect(left).not.toContain(20)
    // Another device of the owner, and what this one claimed before, are as good as ever.
    expect(world.deliver(signClaim(statementFor(samples[3]!, bob, world.now), bob))).toBe('forward')
    expect(world.deliver(signClaim(statementFor(samples[4]!, bobsPhone, world.now, { sequence: 12 }), bobsPhone))).toBe('forward')
  })

  test('cannot be revoked by anybody but its owner, whatever they say', () => {
    const world = createWorld({ identity: alice })
    for (const { cid, body } of samples) world.bodies.set(cid, body)
    world.deliver(say(carol, revocationDeclaration({ device: hexText(phone.device), from: 0 })))
    expect(world.deliver(signClaim(statementFor(samples[5]!, bobsPhone, world.now), bobsPhone))).toBe('forward')
  })
})

describe('a team', () => {
  const team: TeamName = { owner: hexText(alice.owner), name: 'night-shift' }
  const invite = (member: TestKeys, by = alice): Uint8Array => by.signAsOwnerNow(teamInviteMessage(team, hexText(member.owner)))

  test('has its owner and whom it invited and who said yes, until one of them ends it', () => {
    const company = createCompany({ alice, bob, carol })
    const teams = () => teamsOf(company.person('carol').state.registry)
    company.person('alice').happen({ kind: 'declare', declaration: membershipDeclaration(team) })
    company.person('bob').happen({ kind: 'declare', declaration: membershipDeclaration(team, { invite: invite(bob) }) })
    expect(teams()).toEqual([{ id: teamId(team), ...team, members: [hexText(alice.owner), hexText(bob.owner)].sort() }])
    company.person('alice').happen({ kind: 'declare', declaration: expulsionDeclaration(team, hexText(bob.owner)) })
    expect(teams()[0]!.members).toEqual([hexText(alice.owner)])
    company.person('alice').happen({ kind: 'declare', declaration: expulsionDeclaration(team, hexText(bob.owner), false) })
    expect(teams()[0]!.members).toHaveLength(2)
    company.person('bob').happen({ kind: 'declare', declaration: membershipDeclaration(team, { invite: invite(bob), hasLeft: true }) })
    expect(teams()[0]!.members).toEqual([hexText(alice.owner)])
  })

  test('takes nobody whose invite is missing, for somebody else, or signed by another', () => {
    const world = createWorld({ identity: alice })
    world.deliver(say(carol, membershipDeclaration(team, { invite: invite(bob) })))
    world.deliver(say(carol, membershipDeclaration(team, { invite: invite(carol, carol) })))
    world.deliver(say(carol, membershipDeclaration(team)))
    expect(world.refusals()).toEqual(['bad-signature', 'bad-signature', 'malformed'])
    // Carol's word on Alice's team is no expulsion.
    world.deliver(say(bob, membershipDeclaration(team, { invite: invite(bob) })))
    world.deliver(say(carol, expulsionDeclaration(team, hexText(bob.owner))))
    expect(teamsOf(world.state.registry)[0]!.members).toEqual([hexText(bob.owner)])
  })

  test('that its owner opened to everybody takes whoever says yes, and its word on one is no word on all', () => {
    const world = createWorld({ identity: alice })
    const open = alice.signAsOwnerNow(openTeamMessage(team))
    const text = formatOpenTeam({ ...team, invite: open })
    expect(parseOpenTeam(text)).toEqual({ ...team, invite: open })
    for (const wrong of [`${text}0`, text.toUpperCase(), text.slice(1).replace('.', ''), '', '..']) expect(parseOpenTeam(wrong)).toBeUndefined()
    world.deliver(say(bob, membershipDeclaration(team, { invite: open, isOpen: true })))
    expect(teamsOf(world.state.registry)[0]!.members).toEqual([hexText(bob.owner)])
    world.deliver(say(carol, membershipDeclaration(team, { invite: invite(carol), isOpen: true })))
    world.deliver(say(carol, membershipDeclaration(team, { invite: open })))
    world.deliver(say(carol, membershipDeclaration(team, { invite: carol.signAsOwnerNow(openTeamMessage(team)), isOpen: true })))
    expect(world.refusals()).toEqual(['bad-signature', 'bad-signature', 'bad-signature'])
    expect(teamsOf(world.state.registry)[0]!.members).toEqual([hexText(bob.owner)])
  })

  test('reads the same from the bytes of every statement', () => {
    for (const declaration of [membershipDeclaration(team, { invite: invite(bob) }), expulsionDeclaration(team, hexText(carol.owner))]) {
      const decoded = decodeStatement(say(bob, declaration))
      if (!decoded.ok) throw new Error(decoded.reason)
      expect(teamKind.decode(decoded.value.statement)).toBeDefined()
      expect(teamKind.decode({ ...decoded.value.statement, content: hexBytes('0a00') })).toBeUndefined()
    }
  })
})
