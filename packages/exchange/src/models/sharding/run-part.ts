// A part in the ordinary kernel: each sample is a lane, from rest. Lanes never change a bit, so neither does the size of a batch.

import { compileLanes } from '@megabrain/evolve'
import type { OpenPart } from './shard-donor.ts'

export const openPart: OpenPart = (genotype, lanes) => {
  const network = compileLanes(genotype, lanes)
  return {
    run(given) {
      network.reset()
      return network.activate(given)
    },
  }
}
