// The built web app in memory, by URL path. A request can only name a file that was listed when the folder was read,
// so no path, however spelled, leads out of the folder.

import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { gzipSync } from 'node:zlib'

export interface StaticFile {
  readonly bytes: Uint8Array
  /** Present where it is worth it. */
  readonly gzipped: Uint8Array | undefined
  readonly contentType: string
  /** Weak, because the gzipped form has the same one. */
  readonly etag: string
  /** Its name holds a hash of its content, so it never changes. */
  readonly immutable: boolean
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}
const compressed = new Set(['.png', '.webp', '.woff2', '.ico'])
const MIN_GZIP_BYTES = 1024

/** Vite writes `assets/name-HASH.ext`. */
const hashedName = /^\/assets\/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/

/** Reads every regular file of the folder; symbolic links and dot files are left out. An absent folder has no files. */
export function readStaticFiles(folder: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>()
  for (const entry of entriesOf(folder)) {
    const file = join(entry.parentPath, entry.name)
    const inside = relative(folder, file).split(sep)
    if (!entry.isFile() || inside.some((part) => part.startsWith('.'))) continue
    const path = `/${inside.join('/')}`
    files.set(path, staticFile(path, readFileSync(file)))
  }
  return files
}

/** Changes whenever a build has written the app anew; undefined while there is none. */
export function buildStamp(folder: string): string | undefined {
  const stat = statSync(join(folder, 'index.html'), { throwIfNoEntry: false })
  return stat && `${stat.mtimeMs} ${stat.size} ${stat.ino}`
}

export function etagOf(bytes: Uint8Array | string): string {
  return `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
}

export function staticFile(path: string, bytes: Uint8Array): StaticFile {
  const extension = extname(path).toLowerCase()
  const gzipped = compressed.has(extension) || bytes.length < MIN_GZIP_BYTES ? undefined : gzipSync(bytes)
  return {
    bytes,
    gzipped,
    contentType: contentTypes[extension] ?? 'application/octet-stream',
    etag: etagOf(bytes),
    immutable: hashedName.test(path),
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}
