// What the relay answers over HTTP, before it becomes a response. Apart so that each part of the relay can answer its own paths.

import type { IncomingMessage } from 'node:http'
import { etagOf } from './static-files.ts'
import { inert } from './headers.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
}

/** Answers its own paths; undefined leaves the path to whoever comes next. */
export type Responder = (path: string, request: IncomingMessage) => Promise<Answer | undefined>

export function text(status: number, body: string, headers: Answer['headers'] = {}): Answer {
  return { status, headers: { ...inert, 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...headers }, body }
}

export function json(status: number, value: unknown, headers: Answer['headers']): Answer {
  const body = `${JSON.stringify(value)}\n`
  return { status, headers: { ...inert, 'Content-Type': 'application/json; charset=utf-8', ETag: etagOf(body), ...headers }, body }
}
