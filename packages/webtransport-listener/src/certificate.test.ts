import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createCertificate, decodeCertificates, encodeCertificates } from './certificate.ts'
import { MARGIN_MS, rollingAt, SERVES_MS, servesUntil } from './rolling.ts'

const NOW = Date.UTC(2026, 10, 25)
const DAY_MS = 86_400_000

describe('a certificate', () => {
  test('is what browsers accept by hash: P-256, at most 14 days, named by the sha2-256 of its DER', async () => {
    const made = await createCertificate(NOW, NOW + 14 * DAY_MS)
    const read = new X509Certificate(made.certificatePem)
    expect(read.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
    expect([Date.parse(read.validFrom), Date.parse(read.validTo)]).toEqual([made.notBefore, made.notAfter])
    expect(Buffer.from(made.multihash).toString('hex')).toBe(`1220${read.fingerprint256.replaceAll(':', '').toLowerCase()}`)
    expect(read.verify(read.publicKey)).toBe(true)
  })

  test('for longer is a mistake', async () => {
    await expect(createCertificate(NOW, NOW + 14 * DAY_MS + 1)).rejects.toThrow(/at most 14 days, got 14\.00/)
    await expect(createCertificate(NOW, NOW)).rejects.toThrow(RangeError)
  })

  test('comes back from its bytes; other bytes give none', async () => {
    const made = [await createCertificate(NOW, NOW + DAY_MS)]
    const bytes = encodeCertificates(made)
    expect(decodeCertificates(bytes)).toEqual(made)
    for (const damaged of [bytes.subarray(1), new Uint8Array(), new TextEncoder().encode('{"version":1,"certificates":[{}]}')]) {
      expect(decodeCertificates(damaged)).toBeUndefined()
    }
  })
})

describe('rolling certificates', () => {
  test('whatever the time, one serves that clocks up to its margin away accept, and the next begins where it ends', async () => {
    let rolling = await rollingAt(NOW, [])
    for (let now = NOW; now < NOW + 60 * DAY_MS; now += 0.7 * DAY_MS) {
      const before = rolling
      rolling = await rollingAt(now, [before.previous, before.current, before.next].filter((one) => one !== undefined))
      const { previous, current, next } = rolling
      expect(now - MARGIN_MS).toBeGreaterThanOrEqual(current.notBefore - 1_000)
      expect(now + MARGIN_MS).toBeLessThanOrEqual(current.notAfter)
      expect(Math.abs(next.notBefore + MARGIN_MS - servesUntil(current))).toBeLessThan(1_001)
      if (current !== before.current) {
        expect(current).toBe(before.next)
        expect(previous).toBe(before.current)
      }
    }
  })

  test('after a long absence or under a clock that went back begin anew', async () => {
    const { current, next } = await rollingAt(NOW, [])
    for (const now of [NOW + 10 * SERVES_MS, NOW - 10 * SERVES_MS]) {
      const later = await rollingAt(now, [current, next])
      expect([current, next]).not.toContain(later.current)
      expect(later.previous).toBeUndefined()
    }
  })
})
