import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cidOf } from '@megabrain/evolve'
import { afterEach, expect, test } from 'vitest'
import vectors from '../../../evolve/vectors/genotypes.json' with { type: 'json' }
import { fetchNetwork, readNetwork } from './index.ts'

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16))
const { hex, cid } = vectors.cases[1]!

let close = (): void => undefined
afterEach(() => close())

/** A relay that answers with `body`, endlessly if it is to be endless. */
async function relay(status: number, body: Uint8Array, endless = false): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    asked.push(request.url!)
    response.writeHead(status)
    if (!endless) return void response.end(body)
    const more = (): void => { while (response.write(body)); response.once('drain', more) }
    more()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/page`, asked }
}

test('a network is had by its name from a relay, and answers', async () => {
  const { url, asked } = await relay(200, bytesOf(hex))
  const fetched = await fetchNetwork(cid, { relay: url })
  if (!fetched.ok) throw new Error(fetched.reason)
  const read = readNetwork(bytesOf(hex))
  if (!read.ok) throw new Error(read.reason)
  expect(asked).toEqual([`/genotypes/${cid}`])
  expect(Array.from(fetched.network.activate([1, 0, 1]))).toEqual(Array.from(read.network.activate([1, 0, 1])))
})

test('a relay that answers with anything else is not believed', async () => {
  const other = bytesOf(vectors.cases[0]!.hex)
  expect(await fetchNetwork(cid, { relay: (await relay(200, other)).url })).toEqual({ ok: false, reason: 'other-bytes' })
  close()
  expect(await fetchNetwork(cid, { relay: (await relay(404, other)).url })).toEqual({ ok: false, reason: 'not-found' })
  close()
  expect(await fetchNetwork(cid, { relay: (await relay(200, new Uint8Array(50_000), true)).url })).toEqual({ ok: false, reason: 'too-large' })
  close()
  const noise = new TextEncoder().encode('no genotype')
  expect(await fetchNetwork(cidOf(noise), { relay: (await relay(200, noise)).url })).toEqual({ ok: false, reason: 'bad-magic' })
  const { url, asked } = await relay(200, other)
  expect(await fetchNetwork('../admin', { relay: url })).toEqual({ ok: false, reason: 'bad-cid' })
  expect(asked).toEqual([])
  close()
  expect(await fetchNetwork(cid, { relay: url })).toEqual({ ok: false, reason: 'unreachable' })
})
