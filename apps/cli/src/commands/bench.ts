// `megabrain bench SUITE`: what we measure of ourselves beside others, in one run and as ratios with n and spread.

import { archiveSuite } from '../bench/archive-suite.ts'
import { meshSuite } from '../bench/mesh-suite.ts'
import { engineSuite } from '../bench/engine-suite.ts'
import type { Command } from '../command.ts'
import { UsageError } from '../usage.ts'

const suites: Readonly<Record<string, Command>> = { engine: engineSuite, archive: archiveSuite, mesh: meshSuite }

export const benchCommand: Command = {
  usage: Object.values(suites).map(({ usage }) => `bench ${usage}`).join('\n  '),
  async run(args, surroundings) {
    const [name = '', ...rest] = args
    const suite = Object.hasOwn(suites, name) ? suites[name] : undefined
    const known = Object.keys(suites).join(', ')
    if (suite === undefined) throw new UsageError(name === '' ? `SUITE is missing; there are ${known}` : `unknown suite ${name}; there are ${known}`)
    return suite.run(rest, surroundings)
  },
}
