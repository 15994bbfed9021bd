// The native QUIC and HTTP/3 stack (Rust's quinn as a Node addon), as far as it is used here. Apart, because it may not load: its
// Linux build needs glibc 2.38, and everything else must say so in one sentence and go on.

import { createRequire } from 'node:module'

export interface Binding {
  readonly NapiServer: {
    /** @param address of UDP, `127.0.0.1:4433` @throws Error when it cannot be had */
    bind(address: string, certificatePem: Buffer, keyPem: Buffer): NativeServer
  }
  readonly NapiClient: {
    /** @param hashes sha-256 over the DER of acceptable certificates */
    withCertificateHashes(hashes: Buffer[]): NativeClient
    disableVerify(): NativeClient
  }
}

export interface NativeServer {
  /** `null` once closed. */
  accept(): Promise<NativeRequest | null>
  /** Ends all sessions. Blocks the thread for as long as an `accept` is under way. */
  close(): void
}

export interface NativeClient {
  connect(url: string): Promise<NativeSession>
}

export interface NativeRequest {
  readonly url: Promise<string>
  ok(): Promise<NativeSession>
  reject(status: number): Promise<void>
}

export interface NativeSession {
  acceptBi(): Promise<NativeStream>
  openBi(): Promise<NativeStream>
  close(code: number, reason: string): void
  closed(): Promise<unknown>
}

export interface NativeStream {
  takeSend(): NativeSender
  takeRecv(): NativeReceiver
}

export interface NativeSender {
  write(bytes: Buffer): Promise<void>
  finish(): Promise<void>
  reset(code: number): Promise<void>
}

export interface NativeReceiver {
  /** `null` at the end. */
  read(maxBytes: number): Promise<Buffer | null>
  stop(code: number): Promise<void>
}

/** WebTransport cannot be had on this machine; the message says why. */
export class BindingUnavailableError extends Error {
  override readonly name = 'BindingUnavailableError'
}

const packages: Readonly<Record<string, string>> = {
  'darwin-arm64': '@moq/web-transport-darwin-arm64',
  'darwin-x64': '@moq/web-transport-darwin-x64',
  'linux-arm64': '@moq/web-transport-linux-arm64-gnu',
  'linux-x64': '@moq/web-transport-linux-x64-gnu',
  'win32-x64': '@moq/web-transport-win32-x64-msvc',
}

let loaded: Binding | undefined

/** @throws BindingUnavailableError */
export function loadBinding(): Binding {
  loaded ??= load()
  return loaded
}

function load(): Binding {
  const machine = `${process.platform}-${process.arch}`
  const name = packages[machine]
  if (name === undefined) throw new BindingUnavailableError(`There is no WebTransport for ${machine}`)
  try {
    return createRequire(import.meta.url)(name) as Binding
  } catch (cause) {
    const { message } = cause as Error
    const glibc = /GLIBC_(\d+\.\d+)' not found/.exec(message)?.[1]
    const why = glibc === undefined ? message.split('\n')[0] : `it needs glibc ${glibc} (Debian 13, Ubuntu 24.04 or newer)`
    throw new BindingUnavailableError(`WebTransport cannot be loaded: ${why}`, { cause })
  }
}
