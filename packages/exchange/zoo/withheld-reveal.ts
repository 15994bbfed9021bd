// What a relay that signs for a realm can do for an author it colludes with: look at the other signers' secrets and reveal its
// own only when that is better for the author. Real beacons, a random audit for each; how much does the rank gain?

import { createRandom, episodeRandom } from '@megabrain/evolve'
import { beaconDeclaration, beaconKind, beaconOf, beaconSecret, commitmentOf, sightOf, type BeaconStatement } from '../src/audit/beacon.ts'
import { RANK_EPOCHS } from '../src/audit/rank.ts'
import type { Held } from '../src/registry/statement-kind.ts'
import type { SignedStatement } from '../src/registry/statement.ts'

export interface WithholdingOptions {
  readonly signers: number
  /** Of them, those who collude with the author. */
  readonly colluding: number
  readonly epochs: number
  readonly seed: number
}

export interface WithholdingReport {
  /** Mean rank − mean audit, in standard deviations of one audit. */
  readonly gain: number
  /** Reveals withheld, of all that the colluders owed. */
  readonly withheld: number
}

const REALM = 'f'.repeat(64)

export function simulateWithholding({ signers: count, colluding, epochs, seed }: WithholdingOptions): WithholdingReport {
  const random = createRandom(seed)
  const signers = Array.from({ length: count }, (_, i) => i.toString(16).padStart(64, '0'))
  const realm = { beaconSigners: signers }
  const seeds = signers.map(() => Uint8Array.from({ length: 32 }, () => random.integer(256)))
  let held: readonly Held<BeaconStatement>[] = []
  const ranks: number[] = []
  const audits: number[] = []
  let owed = 0
  let withheld = 0

  const said = (signer: string, statement: BeaconStatement): Held<BeaconStatement> => {
    const { subject, content } = beaconDeclaration(statement)
    const value = beaconKind.decode({ subject, content, signer, author: signer, realm: REALM })!
    return { statement: { signer } as SignedStatement, value }
  }
  for (let epoch = RANK_EPOCHS; epoch < epochs + RANK_EPOCHS; epoch++) {
    const secrets = seeds.map((one) => beaconSecret(one, REALM, epoch))
    const commits = signers.map((signer, i) => said(signer, { epoch, phase: 'commit', value: commitmentOf(secrets[i]!), seen: [] }))
    const seen = secrets.map((secret) => sightOf(commitmentOf(secret)))
    const reveals = signers.map((signer, i) => said(signer, { epoch, phase: 'reveal', value: secrets[i]!, seen }))
    const honest = reveals.slice(colluding)
    let best: { readonly reveals: readonly Held<BeaconStatement>[]; readonly audit: number } | undefined
    for (let subset = 0; subset < 1 << colluding; subset++) {
      const chosen = [...reveals.slice(0, colluding).filter((_, i) => (subset >> i) & 1), ...honest]
      const beacon = beaconOf([...held, ...commits, ...chosen], realm, REALM, epoch)
      if (beacon === undefined) continue
      // An audit is as good as random: standard normal by the beacon.
      const audit = episodeRandom(beacon.value, 0).normal()
      // Silence costs eight epochs of say: worth it only for a gain that those would not bring.
      const price = chosen.length < reveals.length ? PRICE : 0
      if (best === undefined || audit - price > best.audit - (best.reveals.length < reveals.length ? PRICE : 0)) best = { reveals: chosen, audit }
    }
    owed += colluding
    withheld += reveals.length - best!.reveals.length
    held = [...held.filter(({ value }) => value.epoch > epoch - 2 * RANK_EPOCHS), ...commits, ...best!.reveals]
    audits.push(best!.audit)
    if (audits.length >= RANK_EPOCHS) ranks.push(audits.slice(-RANK_EPOCHS).reduce((a, b) => a + b, 0) / RANK_EPOCHS)
  }
  return { gain: ranks.reduce((a, b) => a + b, 0) / ranks.length, withheld: owed === 0 ? 0 : withheld / owed }
}

/** What a colluder asks of a withheld reveal, in standard deviations: found to gain most. */
const PRICE = 0.8
