// Asks a STUN server how it sees us (a binding request, RFC 8489), to see whether it answers.

import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'

const PATIENCE_MS = 3_000
const BINDING_REQUEST = [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]
const TRANSACTION_BYTES = 12

/** @returns undefined when it answers, else why not, in words */
export async function stunAnswers(host: string, port: number): Promise<string | undefined> {
  let address: string
  let family: number
  try {
    ({ address, family } = await lookup(host))
  } catch {
    return `The name ${host} does not resolve.`
  }
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
  const transaction = randomBytes(TRANSACTION_BYTES)
  try {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(`No answer on UDP port ${port} within ${PATIENCE_MS / 1000} s: a firewall drops it, or nothing listens there.`), PATIENCE_MS)
      const settle = (why: string | undefined): void => {
        clearTimeout(timer)
        resolve(why)
      }
      socket.on('error', (error) => settle(`It cannot be asked: ${(error as NodeJS.ErrnoException).code ?? error.message}`))
      socket.on('message', (bytes) => {
        if (bytes.subarray(8, 8 + TRANSACTION_BYTES).equals(transaction)) settle(undefined)
      })
      socket.send(Buffer.concat([Buffer.from(BINDING_REQUEST), transaction]), port, address)
    })
  } finally {
    socket.close()
  }
}
