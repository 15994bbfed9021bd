import { deviceStatement } from '@megabrain/exchange'
import { archiveCases, keysCases } from '@megabrain/exchange/contract'
import { openDB } from 'idb'
import { describe, expect, test } from 'vitest'
import { forgetEntropy, linkKeys, openArchive, openKeys, ownerEntropy } from './index.ts'

const unique = (name: string): string => `${name}-${crypto.randomUUID()}`

describe('the archive contract in a browser', () => {
  const run = crypto.randomUUID()
  for (const { name, check } of archiveCases) test(name, () => check((archive) => openArchive(`${archive}-${run}`)))
})

describe('the keys contract in a browser', () => {
  const run = crypto.randomUUID()
  for (const { name, check } of keysCases) test(name, () => check((keys) => openKeys(`${keys}-${run}`)))
})

describe('an owner with several machines', () => {
  test('gives the words away until they are put aside, and a machine that has them becomes another device of the owner', async () => {
    const [desk, phone] = [unique('desk'), unique('phone')]
    const keys = await openKeys(desk)
    const words = (await ownerEntropy(desk))!
    expect(words).toHaveLength(16)
    const before = await openKeys(phone)
    await linkKeys(phone, words, { keepOwner: false })
    const linked = await openKeys(phone)
    expect(linked.owner).toEqual(keys.owner)
    expect(linked.machines).toEqual({ secret: keys.machines!.secret, isLinked: true, holdsOwner: false })
    expect(linked.device).not.toEqual(before.device)
    expect(await keys.verify(keys.owner, deviceStatement(linked.device), linked.delegation)).toBe(true)
    await expect(linked.signAsOwner(new Uint8Array(1))).rejects.toMatchObject({ name: 'OwnerElsewhereError' })
    await forgetEntropy(desk)
    expect([await ownerEntropy(desk), await ownerEntropy(phone)]).toEqual([undefined, undefined])
    expect((await openKeys(desk)).owner).toEqual(keys.owner)
  })
})

describe('what browsers do to databases', () => {
  test('a newer version opened elsewhere is not blocked, and our next use fails by name', async () => {
    const name = unique('versions')
    const archive = await openArchive(name)
    const newer = await openDB(name, 2)
    await expect(archive.read('a')).rejects.toMatchObject({ name: 'ArchiveUnavailableError' })
    newer.close()
    await archive.close()
  })

  test('a database deleted underneath is opened again', async () => {
    const name = unique('deleted')
    const archive = await openArchive(name)
    await archive.write([{ key: 'a', value: Uint8Array.of(1) }])
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name)
      request.onsuccess = () => resolve()
      request.onerror = () => reject(request.error)
    })
    expect(await archive.read('a')).toBeUndefined()
    await archive.write([{ key: 'b', value: Uint8Array.of(2) }])
    expect(await archive.read('b')).toEqual(Uint8Array.of(2))
    await archive.close()
  })

  test('a used-up quota is a named error and the row from before stays', async () => {
    const name = unique('quota')
    const archive = await openArchive(name)
    await archive.write([{ key: 'a', value: Uint8Array.of(1) }])
    const put = IDBObjectStore.prototype.put
    IDBObjectStore.prototype.put = function () {
      throw new DOMException('full', 'QuotaExceededError')
    }
    try {
      await expect(archive.write([{ key: 'a', value: Uint8Array.of(2) }])).rejects.toMatchObject({ name: 'ArchiveFullError' })
    } finally {
      IDBObjectStore.prototype.put = put
    }
    expect(await archive.read('a')).toEqual(Uint8Array.of(1))
    await archive.close()
  })

  test('two tabs that meet an empty database at once become one author', async () => {
    const name = unique('race')
    const [alice, again] = await Promise.all([openKeys(name), openKeys(name)])
    expect(again.owner).toEqual(alice.owner)
    expect(again.device).toEqual(alice.device)
  })

  test('private keys cannot be read out of the database', async () => {
    const name = unique('private')
    await openKeys(name)
    const database = await openDB(name)
    const { owner, device } = await database.get('keys', 'author') as { owner: CryptoKeyPair; device: CryptoKeyPair }
    for (const { privateKey } of [owner, device]) await expect(crypto.subtle.exportKey('pkcs8', privateKey)).rejects.toThrow()
    database.close()
  })
})
