// Every loader script that this relay has ever offered, kept in its data folder. Sites name a loader by its hash, so one that
// was offered once must be served for ever, also after the relay was updated; and it is never served changed.

import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { writeDurably } from '../data-folder.ts'
import { staticFile } from '../http/static-files.ts'
import type { StaticFile } from '../http/static-files.ts'

export interface Loader {
  /** URL path; holds the protocol's version and the content's hash. */
  readonly path: string
  /** For `<script integrity>`, https://www.w3.org/TR/SRI/ */
  readonly integrity: string
  readonly file: StaticFile
}

const PROTOCOL_FOLDER = 'v1'
const NAME = /^mega-brain-[A-Za-z0-9_-]{16}\.js$/
/** Bytes of a path's hash; the whole one is in `integrity`. */
const NAME_CHARACTERS = 16
/** Loaders beyond these are not read: somebody has put them there. */
const MAX_KEPT = 1_000

export function loaderOf(bytes: Uint8Array): Loader {
  const hash = createHash('sha384').update(bytes).digest('base64')
  const name = hash.replaceAll('+', '-').replaceAll('/', '_').slice(0, NAME_CHARACTERS)
  const path = `/${PROTOCOL_FOLDER}/mega-brain-${name}.js`
  return { path, integrity: `sha384-${hash}`, file: { ...staticFile(path, bytes), immutable: true } }
}

/**
 * Adds `current` to those in `folder`, which is made if it is not there. A file whose content is not what its name says is left out.
 * @returns all of them by path
 */
export function keepLoaders(folder: string, current: Loader): ReadonlyMap<string, Loader> {
  writeDurably(join(folder, fileOf(current)), current.file.bytes)
  const kept = readdirSync(folder).filter((name) => NAME.test(name)).slice(0, MAX_KEPT).flatMap((name) => {
    const loader = loaderOf(readFileSync(join(folder, name)))
    return fileOf(loader) === name ? [loader] : []
  })
  return new Map([...kept, current].map((loader) => [loader.path, loader]))
}

function fileOf({ path }: Loader): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
