import { createSocket } from 'node:dgram'
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { bindingAnswer, openStunServer } from './stun.ts'

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'))
const TRANSACTION = 'b7e7a701bc34d686fa87dfae'
const request = bytes(`0001 0000 2112a442 ${TRANSACTION}`)

describe('a binding request', () => {
  // The XOR-MAPPED-ADDRESS values of RFC 5769, sections 2.2 and 2.3, for its transaction id.
  test.each([
    ['192.0.2.1', `0101 000c 2112a442 ${TRANSACTION} 0020 0008 0001 a147 e112a643`],
    ['2001:db8:1234:5678:11:2233:4455:6677', `0101 0018 2112a442 ${TRANSACTION} 0020 0014 0002 a147 0113a9faa5d3f179bc25f4b5bed2b9d9`],
    ['::ffff:192.0.2.1', `0101 000c 2112a442 ${TRANSACTION} 0020 0008 0001 a147 e112a643`],
  ])('from %s is answered as RFC 5769 has it', (address, answer) => {
    expect(bindingAnswer(request, { address, port: 32_853 })).toEqual(bytes(answer))
  })

  test('is all that is answered, with at most three times its bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
      expect(bindingAnswer(noise, { address: '192.0.2.1', port: 1 })?.length ?? 0).toBeLessThanOrEqual(3 * noise.length)
    }))
    for (const other of ['0101', '0003', '0011']) expect(bindingAnswer(bytes(`${other} 0000 2112a442 ${TRANSACTION}`), { address: '1.2.3.4', port: 1 })).toBeUndefined()
    expect(bindingAnswer(request.subarray(0, 19), { address: '1.2.3.4', port: 1 })).toBeUndefined()
    expect(bindingAnswer(bytes(`0001 0004 2112a442 ${TRANSACTION}`), { address: '1.2.3.4', port: 1 })).toBeUndefined()
  })
})

test('a server tells who asks under which port it is seen, and tires of who asks too often', async () => {
  const server = await openStunServer('127.0.0.1', 0)
  const client = createSocket('udp4')
  const ports: number[] = []
  client.on('message', (answer) => ports.push(answer.readUInt16BE(26) ^ 0x2112))
  await new Promise<void>((resolve) => client.bind(0, '127.0.0.1', resolve))
  for (let asked = 0; asked < 650; asked++) {
    client.send(Buffer.concat([bytes('0001 0000 2112a442'), randomBytes(12)]), server.port, '127.0.0.1')
    if (asked % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await vi.waitFor(() => expect(server.counters()).toEqual({ stun_answered: 600, stun_ignored: 50 }))
  expect(new Set(ports)).toEqual(new Set([client.address().port]))
  client.close()
  await server.close()
})
