// What other sites get from this relay, on an origin of its own: the loader script, and the frame that it opens. The page's
// origin must never serve these, because whoever may be framed anywhere must not share storage with the page.

import type { IncomingMessage } from 'node:http'
import { fileAnswer } from '../http/app.ts'
import type { Answer } from '../http/answer.ts'
import { text } from '../http/answer.ts'
import { framed, forEverybody } from '../http/headers.ts'
import { etagOf } from '../http/static-files.ts'
import type { StaticFile } from '../http/static-files.ts'
import { escapedForScript } from '../relay-document.ts'
import type { RelayDocument } from '../relay-document.ts'
import type { Loader } from './kept-loaders.ts'

/** `frame.html` carries this where the relay's document goes. */
const DOCUMENT_PLACE = '<!--megabrain-relay-->'

export interface EmbedParts {
  readonly files: ReadonlyMap<string, StaticFile>
  readonly loaders: ReadonlyMap<string, Loader>
  readonly document: RelayDocument | undefined
  /** Port of the page and of WebSockets on the same host; undefined when the frame has a host of its own. */
  readonly pagePort: number | undefined
}

/** @param path decoded, without query */
export function embedAnswer(path: string, request: IncomingMessage, { files, loaders, document, pagePort }: EmbedParts): Answer {
  const loader = loaders.get(path)
  if (loader !== undefined) return fileAnswer(loader.file, request, forEverybody)
  if (path === '/frame.html') return frame(files.get(path), document, pagePort)
  const file = path.startsWith('/assets/') ? files.get(path) : undefined
  return file === undefined ? text(404, 'Not found.\n') : fileAnswer(file, request, framed)
}

function frame(file: StaticFile | undefined, document: RelayDocument | undefined, pagePort: number | undefined): Answer {
  if (file === undefined || document === undefined) return text(503, 'The relay is starting.\n')
  const port = pagePort === undefined ? '' : ` data-port="${pagePort}"`
  const block = `<script type="application/json" id="megabrain-relay"${port}>${escapedForScript(document)}</script>`
  const body = Buffer.from(file.bytes).toString('utf8').replace(DOCUMENT_PLACE, () => block)
  return { status: 200, headers: { ...framed, 'Content-Type': file.contentType, 'Cache-Control': 'no-cache', ETag: etagOf(body) }, body }
}
