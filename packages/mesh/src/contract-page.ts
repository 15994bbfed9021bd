// The page that `node/chromium.test.ts` opens: the exchange's contract cases in a real browser, between meshes of one page,
// with relays that the test runs for it.

import { channelCases, directoryCases, membersCases, requestsCases, streamsCases } from '@megabrain/exchange/contract'
import { membersOverWebrtc, strangersAtRelay, until, type Relays } from './contract-fixture.ts'
import { openMesh } from './index.ts'

export interface ContractPage {
  /** Runs the case of that name; rejects with its error. */
  check(name: string): Promise<void>
  /** Opens two meshes at the relay. @returns how long until both saw each other over WebRTC, ms, and by what they reach the relay */
  meet(realm: string, relay: string): Promise<{ readonly ms: number; readonly transport: string | undefined }>
}

declare global {
  interface Window {
    openRelay(realm: string): Promise<string>
    closeRelay(address: string): Promise<void>
    contract: ContractPage
  }
}

const relays: Relays = { open: (realm) => window.openRelay(realm), close: (address) => window.closeRelay(address) }
const cases = [...channelCases, ...requestsCases, ...streamsCases, ...membersCases, ...directoryCases]

window.contract = {
  async check(name) {
    const found = cases.find((one) => one.name === name)
    if (found === undefined) throw new RangeError(`There is no case "${name}"`)
    await found.check(directoryCases.includes(found) ? strangersAtRelay(relays) : membersOverWebrtc(relays))
  },
  async meet(realm, relay) {
    const since = performance.now()
    const [alice, bob] = await Promise.all([openMesh({ realm, relays: [relay] }), openMesh({ realm, relays: [relay] })])
    const sees = (from: typeof alice, to: typeof alice): boolean =>
      from.members.current().some(({ peer, transport }) => peer === to.self && transport === 'webrtc')
    await until(() => sees(alice, bob) && sees(bob, alice), 'alice and bob are linked over WebRTC')
    const ms = performance.now() - since
    const transport = alice.members.current().find(({ kind }) => kind === 'relay')?.transport
    await Promise.all([alice.close(), bob.close()])
    return { ms, transport }
  },
}
