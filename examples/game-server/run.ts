// A game server whose opponent was evolved: the world runs here at ten steps a second, browsers draw it and steer the runner.

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fetchNetwork } from 'megabrain/runtime'
import { readHunter } from './hunter.ts'
import { createWorld, STEP_MS } from './world.ts'

const { PORT = '8080', CID, RELAY } = process.env
const hunter = CID === undefined ? readHunter(await readFile(join(import.meta.dirname, 'hunter.genotype'))) : await hunterCalled(CID, RELAY)
const world = createWorld(hunter, () => Math.random())
const watching = new Set<ServerResponse>()

setInterval(() => {
  world.step()
  const message = `data: ${JSON.stringify(world.seen())}\n\n`
  for (const watcher of watching) watcher.write(message)
}, STEP_MS)

/** Another champion, by its name from a relay that has it. */
async function hunterCalled(cid: string, relay: string | undefined) {
  if (relay === undefined) throw new Error('CID needs RELAY, the address of a relay that has the genotype')
  const fetched = await fetchNetwork(cid, { relay })
  if (!fetched.ok) throw new Error(`${cid} cannot be had from ${relay}: ${fetched.reason}`)
  return readHunter(fetched.bytes)
}

const files: Readonly<Record<string, readonly [string, string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'], '/game.js': ['game.js', 'text/javascript'], '/game.css': ['game.css', 'text/css'],
}

function watch(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  watching.add(response)
  request.on('close', () => watching.delete(response))
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://game')
  if (pathname === '/world') return watch(request, response)
  if (pathname === '/steer' && request.method === 'POST') {
    world.steer(Number(searchParams.get('to')))
    return void response.writeHead(204).end()
  }
  const file = files[pathname]
  if (file === undefined) return void response.writeHead(404).end()
  const headers = { 'Content-Type': file[1], 'Content-Security-Policy': "default-src 'self'; img-src data:" }
  response.writeHead(200, headers).end(await readFile(join(import.meta.dirname, 'site', file[0])))
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy())
})
server.listen(Number(PORT), '127.0.0.1', () => {
  process.stdout.write(`The page is at http://127.0.0.1:${(server.address() as AddressInfo).port}/, the hunter has ${hunter.inputs} senses\n`)
})
