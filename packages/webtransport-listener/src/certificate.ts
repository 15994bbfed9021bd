// Short-lived certificates that browsers accept by hash: ECDSA on P-256 and valid for at most 14 days (W3C WebTransport, "custom
// certificate requirements"; libp2p's specification of WebTransport). Making one and writing it down; when to use which is
// `rolling.ts`.

import { createHash, randomBytes } from 'node:crypto'
import 'reflect-metadata' // wanted by the next one
import { X509CertificateGenerator } from '@peculiar/x509'

export interface Certificate {
  readonly certificatePem: string
  readonly keyPem: string
  /** From when to when it is valid, ms since 1970. */
  readonly notBefore: number
  readonly notAfter: number
  /** The sha2-256 multihash of the DER, 34 bytes. */
  readonly multihash: Uint8Array
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const MAX_VALID_MS = 14 * 86_400_000
/** Multihash prefix: sha2-256, 32 bytes. */
const SHA2_256 = Uint8Array.of(0x12, 0x20)

/** @throws RangeError when it would be valid for more than 14 days */
export async function createCertificate(notBefore: number, notAfter: number): Promise<Certificate> {
  if (!(notAfter > notBefore && notAfter - notBefore <= MAX_VALID_MS)) {
    throw new RangeError(`A certificate must be valid for at most 14 days, got ${(notAfter - notBefore) / 86_400_000}`)
  }
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  // Named, since another user of the library in this process may have set another one for all.
  const made = await X509CertificateGenerator.createSelfSigned({
    // A serial number must be positive, so its first bit is 0 (RFC 5280, 4.1.2.2).
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    name: 'CN=libp2p',
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    signingAlgorithm: ALGORITHM,
    keys,
  }, crypto)
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  const keyPem = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END PRIVATE KEY-----\n`
  return { certificatePem: made.toString('pem'), keyPem, notBefore, notAfter, multihash: multihashOf(new Uint8Array(made.rawData)) }
}

function multihashOf(der: Uint8Array): Uint8Array {
  return Uint8Array.from([...SHA2_256, ...createHash('sha256').update(der).digest()])
}

/** A secret text. */
export function encodeCertificates(certificates: readonly Certificate[]): Uint8Array {
  const rows = certificates.map(({ multihash, ...rest }) => ({ ...rest, multihash: Buffer.from(multihash).toString('hex') }))
  return new TextEncoder().encode(JSON.stringify({ version: 1, certificates: rows }))
}

/** Undefined when `bytes` are no certificates: new ones are made then. */
export function decodeCertificates(bytes: Uint8Array): readonly Certificate[] | undefined {
  try {
    const json = JSON.parse(new TextDecoder().decode(bytes)) as { version?: unknown; certificates?: unknown }
    if (json.version !== 1 || !Array.isArray(json.certificates)) return undefined
    return json.certificates.map((row: Readonly<Record<keyof Certificate, unknown>>) => {
      const { certificatePem, keyPem, notBefore, notAfter, multihash } = row
      if (typeof certificatePem !== 'string' || typeof keyPem !== 'string' || typeof multihash !== 'string') throw new TypeError('no certificate')
      if (typeof notBefore !== 'number' || typeof notAfter !== 'number' || multihash.length !== 68) throw new TypeError('no certificate')
      return { certificatePem, keyPem, notBefore, notAfter, multihash: Uint8Array.from(Buffer.from(multihash, 'hex')) }
    })
  } catch {
    return undefined
  }
}
