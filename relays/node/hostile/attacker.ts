// The attacker as a process of its own, so that neither its work nor its memory is the relay's or the watcher's: told the
// name of an attack on each line of stdin, it answers with one JSON line about what the relay did to it.
//
//   node relays/node/hostile/attacker.ts ORIGIN

import { createInterface } from 'node:readline'
import { protocolAttacks } from './protocol-attacks.ts'
import { socketAttacks } from './socket-attacks.ts'
import { streamAttacks } from './stream-attacks.ts'
import { readTarget } from './target.ts'

const attacks = { ...socketAttacks, ...streamAttacks, ...protocolAttacks }
const target = await readTarget(process.argv[2] ?? '')
// A connection that the relay ends may reject a promise that libp2p itself holds.
process.on('unhandledRejection', () => undefined)
process.stdout.write(`${JSON.stringify({ attacks: Object.keys(attacks) })}\n`)
for await (const name of createInterface({ input: process.stdin })) {
  const outcome = await Promise.resolve(target).then(attacks[name]).catch((error: unknown) => `failed: ${String(error)}`)
  process.stdout.write(`${JSON.stringify({ name, outcome })}\n`)
}
process.exit(0)
