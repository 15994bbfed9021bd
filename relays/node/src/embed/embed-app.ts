// What other sites get from this relay, on an origin of its own: the loader script, and the frame that it opens. The page's
// origin must never serve these, because whoever may be framed anywhere must not share storage with the page.

import type { IncomingMessage } from 'node:http'
import { DOCUMENT_PLACE, fileAnswer, withDocument } from '../http/app.ts'
import type { Answer } from '../http/answer.ts'
import { text } from '../http/answer.ts'
import { framed, forEverybody } from '../http/headers.ts'
import type { StaticFile } from '../http/static-files.ts'
import type { RelayDocument } from '../relay-document.ts'
import type { Loader } from './kept-loaders.ts'

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
  const attributes = pagePort === undefined ? '' : ` data-port="${pagePort}"`
  return withDocument(file, { place: DOCUMENT_PLACE, id: 'megabrain-relay', document, attributes }, framed)
}
