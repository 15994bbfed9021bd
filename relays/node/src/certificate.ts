// The operator's own TLS certificate: read, judged in words that name the setting, and read again when its files change, since
// whoever renews certificates replaces files and tells nobody.

import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { TlsCertificate } from '@megabrain/mesh/node'
import { RelayStartError } from './errors.ts'
import type { Log } from './log.ts'

interface Paths {
  readonly tlsCert: string
  readonly tlsKey: string
}

export type CertificateResult =
  | { readonly ok: true; readonly value: TlsCertificate; readonly endsAt: number }
  | { readonly ok: false; readonly reason: string }

export interface OpenCertificate {
  readonly value: TlsCertificate
  /**
   * @param onChange gets each later pair that is good; of a bad one the log tells, and the last good one stays
   * @returns what ends it
   */
  watch(onChange: (certificate: TlsCertificate) => void): () => void
}

const LOOK_MS = 2_000
const DAY_MS = 86_400_000
/** Those who renew by program do it 30 days before the end: with fewer left something is wrong. */
const SOON_DAYS = 14

/** @param now milliseconds since 1970 */
export function readCertificate({ tlsCert, tlsKey }: Paths, now: number): CertificateResult {
  const cert = readPem('--tls-cert', tlsCert)
  if (!cert.ok) return cert
  const key = readPem('--tls-key', tlsKey)
  if (!key.ok) return key
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(cert.value)
  } catch {
    return { ok: false, reason: `--tls-cert: ${tlsCert} is not a certificate in PEM` }
  }
  let privateKey: KeyObject
  try {
    privateKey = createPrivateKey(key.value)
  } catch (error) {
    const isLocked = (error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE'
    return { ok: false, reason: `--tls-key: ${tlsKey} ${isLocked ? 'has a passphrase; store it without one, readable by the relay only' : 'is not a private key in PEM'}` }
  }
  if (!certificate.checkPrivateKey(privateKey)) return { ok: false, reason: `--tls-key: ${tlsKey} is not the key of the certificate ${tlsCert}` }
  const [startsAt, endsAt] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]
  if (endsAt <= now) return { ok: false, reason: `--tls-cert: ${tlsCert} expired on ${new Date(endsAt).toISOString().slice(0, 10)}; renew it` }
  if (startsAt > now) return { ok: false, reason: `--tls-cert: ${tlsCert} is not valid before ${new Date(startsAt).toISOString()}; is this machine's clock right?` }
  try {
    createSecureContext({ cert: cert.value, key: key.value })
  } catch (error) {
    return { ok: false, reason: `--tls-cert: ${tlsCert} cannot be used for TLS: ${(error as Error).message}` }
  }
  return { ok: true, value: { cert: cert.value, key: key.value }, endsAt }
}

/**
 * @returns undefined when neither is set
 * @throws RelayStartError for a pair that cannot be used
 */
export function openCertificate(paths: Paths, log: Log): OpenCertificate | undefined {
  if (paths.tlsCert === '' && paths.tlsKey === '') return undefined
  if (paths.tlsKey === '') throw new RelayStartError('--tls-cert needs --tls-key: the certificate\'s private key')
  if (paths.tlsCert === '') throw new RelayStartError('--tls-key needs --tls-cert: the certificate of this key')
  const first = readCertificate(paths, Date.now())
  if (!first.ok) throw new RelayStartError(first.reason)
  let { endsAt } = first
  let stamp = stampOf(paths)
  let warnedAt = 0

  const look = (onChange: (certificate: TlsCertificate) => void): void => {
    if (endsAt - Date.now() < SOON_DAYS * DAY_MS && Date.now() - warnedAt > DAY_MS) {
      warnedAt = Date.now()
      log.write('warn', 'certificate-ends-soon', { ends: new Date(endsAt).toISOString(), file: paths.tlsCert })
    }
    const found = stampOf(paths)
    if (found === stamp) return
    stamp = found
    const read = readCertificate(paths, Date.now())
    // Between the two files of a renewal the pair does not fit; the second file is another change.
    if (!read.ok) return log.write('warn', 'certificate-not-taken', { why: read.reason })
    endsAt = read.endsAt
    onChange(read.value)
    log.write('info', 'certificate-changed', { ends: new Date(endsAt).toISOString() })
  }
  return {
    value: first.value,
    watch(onChange) {
      look(onChange)
      const timer = setInterval(() => look(onChange), LOOK_MS)
      return () => clearInterval(timer)
    },
  }
}

function readPem(setting: string, file: string): { readonly ok: true; readonly value: string } | { readonly ok: false; readonly reason: string } {
  try {
    return { ok: true, value: readFileSync(file, 'utf8') }
  } catch (error) {
    return { ok: false, reason: `${setting}: cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? String(error)}` }
  }
}

/** Follows links, by which certbot and Kubernetes replace files. */
function stampOf({ tlsCert, tlsKey }: Paths): string {
  return [tlsCert, tlsKey].map((file) => {
    const found = statSync(file, { throwIfNoEntry: false })
    return `${found?.ino} ${found?.size} ${found?.mtimeMs}`
  }).join('\n')
}
