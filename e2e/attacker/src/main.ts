// Carol, who lies: joins a relay's realm like any island and sends good or forged claims as told on stdin, one command a
// line. A program of its own, so that no product code knows how to attack. Prints one JSON object a line.
//
//   node e2e/attacker/src/main.ts RELAY-URL TASK

import { createInterface } from 'node:readline'
import { decodeRealm } from '@megabrain/exchange'
import { openNodeMesh } from '@megabrain/mesh/node'
import { findTask } from '@megabrain/tasks'
import { breedFinds } from './finds.ts'
import { createForger, isLie, lies, type Lie } from './forger.ts'
import { createIdentity } from './identity.ts'

const [relay, taskId] = process.argv.slice(2)
const task = findTask(taskId ?? '')
if (relay === undefined || task === undefined) {
  process.stderr.write('Usage: node e2e/attacker/src/main.ts RELAY-URL TASK\n')
  process.exit(2)
}

const document = (await (await fetch(new URL('/.well-known/megabrain.json', relay))).json()) as {
  readonly addresses: readonly string[]
  readonly realms: readonly { readonly policy: string }[]
}
const decoded = decodeRealm(Buffer.from(document.realms[0]?.policy ?? '', 'base64'))
if (!decoded.ok) throw new Error(`The relay's realm is ${decoded.reason}`)
const { realm, id } = decoded.value

const finds = breedFinds(task)
const identity = createIdentity()
const websockets = document.addresses.filter((address) => address.includes('/ws'))
const mesh = await openNodeMesh({ realm: id, relays: websockets, iceServers: [] })
const forger = createForger({ mesh, realm, identity, task })
tell({ kind: 'joined', peer: mesh.self, author: identity.author })
for await (const line of createInterface({ input: process.stdin })) await obey(line.trim())
await mesh.close()

async function obey(command: string): Promise<void> {
  if (command === 'good') {
    const made = []
    for (const find of finds.good) made.push(await forger.publish(find))
    return tell({ kind: command, cids: made.map(({ cid }) => cid).join(' ') })
  }
  if (!isLie(command)) return tell({ kind: 'unknown', commands: ['good', ...lies].join(' ') })
  const { cid } = await forger.lie(command satisfies Lie, finds.another())
  tell({ kind: command, cid })
}

function tell(words: Readonly<Record<string, string>>): void {
  process.stdout.write(`${JSON.stringify(words)}\n`)
}
