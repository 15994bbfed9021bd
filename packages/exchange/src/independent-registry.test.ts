// The second reader, on statements and the registry: from docs/protocol.md alone, held against the golden vectors.

import { describe, expect, test } from 'vitest'
import {
  buffer, buffers, bytesOf, cidText, fieldsOf, isSignedBy, number, openEnvelope, sha256, text, vectors, type Hex,
} from '../fixtures/page-reader.ts'

interface StoredStatement {
  readonly statement: Record<string, unknown>
  readonly place: string
  readonly says: unknown
  readonly envelope: Hex
}

interface Stored {
  readonly statements: readonly StoredStatement[]
  readonly registry: { readonly of: readonly number[]; readonly heads: readonly string[]; readonly root: string; readonly buckets: Hex }
}

interface StoredMessage {
  readonly message: Record<string, unknown>
  readonly bytes: Hex
}

const stored = vectors<Stored>('exchange/vectors/statement')
const hex = (bytes: Uint8Array): { hex: string } => ({ hex: Buffer.from(bytes).toString('hex') })

function readStatement(envelope: Buffer): Record<string, unknown> {
  const { key, payload } = openEnvelope(envelope, 'megabrain-statement', '8380c001')
  const author = buffer(payload, 7)
  if (author.length > 0) {
    const delegation = Buffer.concat([Buffer.from('megabrain-device/1:'), key])
    expect(isSignedBy(author, delegation, buffer(payload, 8)), 'the owner delegates').toBe(true)
  }
  return {
    id: sha256(envelope).toString('hex'),
    kind: text(payload, 3),
    realm: buffer(payload, 2).toString('hex'),
    subject: hex(buffer(payload, 4)),
    content: hex(buffer(payload, 9)),
    revision: number(payload, 5),
    time: number(payload, 6),
    author: (author.length > 0 ? author : key).toString('hex'),
    signer: key.toString('hex'),
  }
}

describe('an implementation from the pages alone', () => {
  test('reads every statement of statement.json, and where it has its place', () => {
    expect(stored.statements.length).toBeGreaterThan(2)
    for (const { statement, place, envelope } of stored.statements) {
      const read = readStatement(bytesOf(envelope))
      // Newer kinds may keep more beside it; what the page has must be there.
      expect(statement).toMatchObject(read)
      expect(place).toBe(`${read['kind'] as string}/${read['signer'] as string}/${(read['subject'] as Hex).hex}`)
    }
  })

  test('understands bans', () => {
    const bans = stored.statements.filter(({ statement }) => statement['kind'] === 'ban')
    expect(bans.length).toBeGreaterThan(0)
    for (const { statement, says } of bans) {
      const [subject, content] = [bytesOf(statement['subject'] as Hex), fieldsOf(bytesOf(statement['content'] as Hex))]
      const of = ['', 'genotype', 'lineage', 'author'][subject[0]!]!
      const named = subject.subarray(1)
      const target = of === 'author' ? { of, author: named.toString('hex') } : { of, cid: cidText(named) }
      expect(says).toMatchObject({ target, lifted: number(content, 1) === 1, reason: text(content, 2) })
    }
  })

  test('comes to the same heads, root and buckets of a registry', () => {
    const { of, heads, root, buckets } = stored.registry
    const ids = of.map((i) => stored.statements[i]!.statement['id'] as string).sort()
    expect(ids.map((id) => id.slice(0, 16))).toEqual(heads)
    const parts = Array.from({ length: 64 }, (_, bucket) => {
      const inside = ids.filter((id) => Number.parseInt(id.slice(0, 2), 16) >> 2 === bucket)
      return inside.length === 0 ? Buffer.alloc(32) : sha256(...inside.map((id) => Buffer.from(id, 'hex')))
    })
    expect(sha256(...parts).toString('hex')).toBe(root)
    expect(Buffer.concat(parts.map((part) => part.subarray(0, 8))).toString('hex')).toBe(buckets.hex)
  })

  test('reads the messages of wire-statements.json', () => {
    const { requests, answers } = vectors<Record<'requests' | 'answers', StoredMessage[]>>('exchange/vectors/wire-statements')
    const heads = (bytes: Buffer): string[] => bytes.toString('hex').match(/.{16}/g) ?? []
    for (const { message, bytes } of requests) {
      const fields = fieldsOf(bytesOf(bytes))
      expect(number(fields, 1)).toBe(2)
      if (message['kind'] === 'compare') {
        const [root, registry] = [3, 4].map((field) => buffer(fields, field).toString('hex'))
        expect([number(fields, 2), root, registry]).toEqual([2, message['root'], message['registry']])
      }
      if (message['kind'] !== 'statements') continue
      expect(number(fields, 2)).toBe(4)
      expect(message).toMatchObject({
        statements: buffers(fields, 3).map(hex), from: buffer(fields, 4).toString('hex'), to: buffer(fields, 5).toString('hex'),
        heads: heads(buffer(fields, 6)),
      })
    }
    for (const { message, bytes } of answers) {
      const fields = fieldsOf(bytesOf(bytes))
      if (message['kind'] === 'statements') {
        expect(message).toMatchObject({ statements: buffers(fields, 3).map(hex), wants: heads(buffer(fields, 4)) })
      }
      if (message['kind'] !== 'compare') continue
      expect([buffer(fields, 3).toString('hex'), buffer(fields, 5).toString('hex')]).toEqual([message['root'], message['registry']])
      if (message['buckets'] !== undefined) expect(hex(buffer(fields, 6))).toEqual(message['buckets'])
    }
  })

  test('reads invites and holds their issuers to them', () => {
    for (const { invite, bytes } of vectors<{ invite: Record<string, unknown>; bytes: Hex }[]>('exchange/vectors/invite')) {
      const whole = bytesOf(bytes)
      const fields = fieldsOf(whole)
      const signature = buffer(fields, 6)
      const [realm, issuer] = [1, 5].map((field) => buffer(fields, field).toString('hex'))
      expect([realm, issuer, hex(signature)]).toEqual([invite['realm'], invite['issuer'], invite['signature']])
      const uses = number(fields, 3)
      const key = buffer(fields, 2).toString('hex')
      expect(Object.values(invite['to'] as object)).toContain(key)
      if (uses > 0) expect(Object.values(invite['to'] as object)).toContain(uses)
      expect(number(fields, 4)).toBe(invite['expires'])
      const signed = Buffer.concat([Buffer.from('megabrain-invite/1:'), whole.subarray(0, whole.length - signature.length - 2)])
      expect(isSignedBy(buffer(fields, 5), signed, signature)).toBe(true)
    }
  })
})
