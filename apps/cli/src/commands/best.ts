// `megabrain best`: the fittest genotype of each task in a realm, re-evaluated here before it is believed.

import type { Entry } from '@megabrain/exchange'
import type { Command } from '../command.ts'
import { findMeshPlace } from '../mesh/relay-address.ts'
import { visitRealm } from '../mesh/visit.ts'
import { readCount, readOptions, required } from '../usage.ts'

const SECONDS = '30'

export const bestCommand: Command = {
  usage: 'best --relay ADDR [--realm R] [--task ID] [--seconds N]',
  async run(args, { stop }) {
    const names = { relay: { type: 'string' }, realm: { type: 'string' }, task: { type: 'string' }, seconds: { type: 'string', default: SECONDS } } as const
    const { values } = readOptions(args, names)
    const seconds = readCount(values.seconds, '--seconds')
    const place = await findMeshPlace(required(values.relay, '--relay'), values.realm)
    const visit = await visitRealm(place)
    try {
      await visit.settle(seconds, stop)
      const tasks = new Set(visit.member.entries(place.realmId).map(({ claim }) => claim.task))
      const wanted = [...tasks].filter((task) => values.task === undefined || task === values.task).sort()
      const best = wanted.flatMap((task) => visit.member.best(place.realmId, task) ?? [])
      return {
        json: { realm: place.realmId, name: place.name, best: best.map(described) },
        text: best.length === 0 ? 'Nothing is known here yet.' : best.map(row).join('\n'),
        exit: best.length === 0 ? 1 : 0,
      }
    } finally {
      await visit.close()
    }
  },
}

function described({ claim, links }: Entry) {
  const { task, genotype, fitness, author, generation, parents, license, time } = claim
  return { task, cid: genotype, fitness, links, author, generation, parents, license, time }
}

function row({ claim: { task, genotype, fitness, author }, links }: Entry): string {
  return `${task.padEnd(28)} ${String(fitness).padStart(7)}  ${String(links).padStart(4)} links  ${genotype}  by ${author.slice(0, 8)}`
}
