// js-libp2p's own tests of a transport, run on this one by mocha, for which they are written. A program of its own: it may have to run
// under another libc than the rest of the tests. Exit 0: all passed.

import { registerHooks } from 'node:module'
import { identify } from '@libp2p/identify'
import { multiaddr } from '@multiformats/multiaddr'
import { WebTransport } from '@multiformats/multiaddr-matcher'
import Mocha from 'mocha'
import { webTransport } from '../src/index.ts'

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'aegir/chai' ? { url: new URL('./chai.js', import.meta.url).href, shortCircuit: true } : next(specifier, context),
})
const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', timeout: 60_000 })
mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, 'transport', mocha)
const { default: tests } = await import('@libp2p/interface-compliance-tests/transport')

tests({
  async setup() {
    const addresses = ['/ip4/127.0.0.1/udp/0/quic-v1/webtransport', '/ip4/127.0.0.1/udp/0/quic-v1/webtransport']
    const both = { transports: [webTransport()], connectionGater: { denyDialMultiaddr: () => false }, services: { identify: identify() } }
    return {
      dialer: both,
      listener: { ...both, addresses: { listen: addresses.map((address) => multiaddr(address).toString()) } },
      dialMultiaddrMatcher: WebTransport,
      listenMultiaddrMatcher: WebTransport,
    }
  },
  async teardown() {},
})
mocha.run((failures) => process.exit(failures === 0 ? 0 : 1))
