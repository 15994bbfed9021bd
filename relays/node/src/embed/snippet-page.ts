// The page on which a site's owner gets the lines to copy: `/embed/` of the relay's page. It names the loader with its hash, and
// shows the element as the site would have it.

import { isIP } from 'node:net'
import type { Answer } from '../http/answer.ts'
import { withDocument } from '../http/app.ts'
import { text } from '../http/answer.ts'
import { page } from '../http/headers.ts'
import type { StaticFile } from '../http/static-files.ts'
import type { Loader } from './kept-loaders.ts'

/** `snippet.html` carries this where loader and place go. */
const LOADER_PLACE = '<!--megabrain-loader-->'
const HOST_NAME = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]{1,253})(:\d{1,5})?$/i

interface SnippetParts {
  readonly files: ReadonlyMap<string, StaticFile>
  readonly loader: Loader
  readonly place: number | string
  /** Header `Host` of the request. */
  readonly host: string | undefined
  readonly scheme: 'http' | 'https'
}

export function snippetAnswer(path: string, parts: SnippetParts): Answer {
  if (path === '/embed') return { ...text(301, ''), headers: { Location: '/embed/' } }
  const { files, loader } = parts
  const file = files.get(path === '/embed/' ? '/snippet.html' : path.slice('/embed'.length))
  if (file === undefined || path === '/embed/frame.html') return text(404, 'Not found.\n')
  const origin = originOf(parts)
  const headers = { ...page, 'Content-Security-Policy': policyFor(origin) }
  const document = { origin, path: loader.path, integrity: loader.integrity }
  if (path === '/embed/') return withDocument(file, { place: LOADER_PLACE, id: 'megabrain-loader', document }, headers)
  return { status: 200, headers: { ...headers, 'Content-Type': file.contentType, 'Cache-Control': 'no-cache', ETag: file.etag }, body: file.bytes }
}

/** The origin by which this visitor reaches the frame; a `Host` that is none counts as the page on this machine. */
function originOf({ place, host = '', scheme }: SnippetParts): string {
  if (typeof place === 'string') return place
  const name = HOST_NAME.exec(host)?.[1] ?? 'localhost'
  const isBareV6 = isIP(name) === 6
  return `${scheme}://${isBareV6 ? `[${name}]` : name}:${place}`
}

function policyFor(origin: string): string {
  return page['Content-Security-Policy']!.replace("script-src 'self'", `script-src 'self' ${origin}`).concat(`; frame-src ${origin}`)
}
