// Tells tabs under which address the outside sees them (STUN binding, RFC 8489), so that two behind routers find each other without
// anybody else's server. Answers only what is a binding request, at most twice its size, and keeps nothing about who asked.

import { createSocket, type RemoteInfo } from 'node:dgram'
import { isIPv6 } from 'node:net'

export interface StunServer {
  readonly port: number
  counters(): { readonly stun_answered: number; readonly stun_ignored: number }
  close(): Promise<void>
}

const HEADER_BYTES = 20
const BINDING_REQUEST = 0x0001
const BINDING_SUCCESS = 0x0101
const MAGIC_COOKIE = 0x2112a442
const XOR_MAPPED_ADDRESS = 0x0020
/** Ours are 20 bytes; others add attributes that do not matter here. */
const MAX_REQUEST_BYTES = 256
/** Answers to one address within a minute, and addresses remembered for it. A visit asks a few times for each neighbour. */
const MAX_PER_MINUTE = 600
const MAX_ADDRESSES = 16_384
const MINUTE_MS = 60_000

/** @throws Error when the port cannot be had */
export async function openStunServer(host: string, port: number): Promise<StunServer> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(port, host, resolve)
  })
  let answered = 0
  let ignored = 0
  const recent = new Map<string, number>()
  const forget = setInterval(() => recent.clear(), MINUTE_MS)
  forget.unref()

  function mayAnswer(address: string): boolean {
    const times = (recent.get(address) ?? 0) + 1
    if (times > MAX_PER_MINUTE || (times === 1 && recent.size >= MAX_ADDRESSES)) return false
    recent.set(address, times)
    return true
  }

  socket.on('message', (request, remote) => {
    const answer = mayAnswer(remote.address) ? bindingAnswer(request, remote) : undefined
    if (answer === undefined) ignored++
    else {
      answered++
      socket.send(answer, remote.port, remote.address)
    }
  })
  socket.on('error', () => undefined)
  return {
    port: socket.address().port,
    counters: () => ({ stun_answered: answered, stun_ignored: ignored }),
    async close() {
      clearInterval(forget)
      await new Promise<void>((resolve) => socket.close(() => resolve()))
    },
  }
}

/** The answer to a binding request from `remote`; undefined for any other bytes. */
export function bindingAnswer(request: Uint8Array, { address, port }: Pick<RemoteInfo, 'address' | 'port'>): Uint8Array | undefined {
  if (request.length < HEADER_BYTES || request.length > MAX_REQUEST_BYTES) return undefined
  const view = new DataView(request.buffer, request.byteOffset, request.length)
  if (view.getUint16(0) !== BINDING_REQUEST || view.getUint32(4) !== MAGIC_COOKIE || view.getUint16(2) !== request.length - HEADER_BYTES) return undefined
  const seen = addressBytes(address)
  const answer = new Uint8Array(HEADER_BYTES + 8 + seen.length)
  const written = new DataView(answer.buffer)
  written.setUint16(0, BINDING_SUCCESS)
  written.setUint16(2, 8 + seen.length)
  answer.set(request.subarray(4, HEADER_BYTES), 4)
  written.setUint16(HEADER_BYTES, XOR_MAPPED_ADDRESS)
  written.setUint16(HEADER_BYTES + 2, 4 + seen.length)
  answer[HEADER_BYTES + 5] = seen.length === 4 ? 1 : 2
  written.setUint16(HEADER_BYTES + 6, port ^ (MAGIC_COOKIE >>> 16))
  // Cookie and transaction id, by which routers that rewrite addresses in payloads are kept from rewriting this one.
  for (const [index, byte] of seen.entries()) answer[HEADER_BYTES + 8 + index] = byte ^ request[4 + index]!
  return answer
}

/** 4 or 16 bytes; an IPv4 address in IPv6 clothes is an IPv4 address. */
function addressBytes(address: string): readonly number[] {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
  if (!isIPv6(plain)) return plain.split('.').map(Number)
  const [head = '', tail] = plain.replace(/%.*$/, '').split('::')
  const groups = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)))
  const [before, after] = [groups(head), tail === undefined ? [] : groups(tail)]
  const middle = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => 0)
  return [...before, ...middle, ...after].flatMap((group) => [group >> 8, group & 255])
}
