// `megabrain verify`: whether a claim holds: signatures, content id, and the fitness measured again on this machine.

import { verifyClaim } from '../claim-file.ts'
import type { Command } from '../command.ts'
import { readBytes } from '../genotype-file.ts'
import { readOptions } from '../usage.ts'

export const verifyCommand: Command = {
  usage: 'verify FILE',
  async run(args) {
    const { positionals } = readOptions(args, {}, ['FILE'])
    const verdict = await verifyClaim(await readBytes(positionals[0]!))
    const { valid, claim, measured } = verdict
    const json = {
      valid,
      ...(verdict.valid ? {} : { reason: verdict.reason }),
      cid: claim?.genotype ?? null,
      author: claim?.author ?? null,
      claimed: claim?.fitness ?? null,
      measured: measured ?? null,
    }
    const about = claim === undefined ? '' : ` ${claim.task} ${claim.genotype} claimed ${claim.fitness}, measured ${measured ?? 'nothing'}`
    const outcome = verdict.valid ? 'valid' : `not valid (${verdict.reason})`
    return { json, text: `${outcome}:${about || ' no readable claim'}`, exit: valid ? 0 : 1 }
  },
}
