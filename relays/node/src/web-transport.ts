// WebTransport for this relay, where the machine can have it. Its certificates are in the data folder like the other keys, so that
// addresses learned before a restart stay good.

import { join } from 'node:path'
import { BindingUnavailableError, loadBinding, webTransport } from '@megabrain/webtransport-listener'
import type { RelayMeshOptions } from '@megabrain/mesh/node'
import { portAfter } from './configuration.ts'
import type { Configuration } from './configuration.ts'
import { readIfThere, writeDurably } from './data-folder.ts'

interface WebTransportChoice {
  /** For `openRelayMesh`. */
  readonly options: Pick<RelayMeshOptions, 'webTransport'>
  /** Why there is none although it was wanted, in words. */
  readonly why?: string
}

export function webTransportOf({ port, webtransportPort }: Pick<Configuration, 'port' | 'webtransportPort'>, folder: string): WebTransportChoice {
  if (webtransportPort === 'off') return { options: {} }
  try {
    loadBinding()
  } catch (error) {
    if (error instanceof BindingUnavailableError) return { options: {}, why: error.message }
    throw error
  }
  const file = join(folder, 'keys', 'webtransport.json')
  const store = {
    load: async () => readIfThere(file),
    save: async (bytes: Uint8Array) => writeDurably(file, bytes),
  }
  return { options: { webTransport: { transport: webTransport({ store }), port: webtransportPort === 'next' ? portAfter(port, 1) : webtransportPort } } }
}
