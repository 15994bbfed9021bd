// The body of a request, within a size and a time: what a client says about its length is not believed.

import type { IncomingMessage } from 'node:http'

const BODY_MS = 5_000

/** @returns undefined when it is larger than `most` bytes, comes too slowly or breaks off */
export async function readBody(request: IncomingMessage, most: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  const timer = setTimeout(() => request.destroy(), BODY_MS)
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > most) return undefined
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
