// Whether the archive takes writes, found out by writing: a full disk looks healthy until then. Asked for by `/readyz`,
// which anybody may request, so the answer is kept for a while and only one probe runs at a time.

import type { Archive } from '@megabrain/exchange'

const KEY = 'relay/probe'
const KEPT_MS = 5_000
/** A disk that takes longer than this for one row cannot be worked with. */
const PATIENCE_MS = 3_000

/** @param now milliseconds of any clock that does not go back */
export function createArchiveProbe(archive: Pick<Archive, 'write'>, now: () => number): () => Promise<boolean> {
  let last: { readonly at: number; readonly writable: Promise<boolean> } | undefined
  return () => {
    if (last === undefined || now() - last.at >= KEPT_MS) last = { at: now(), writable: writable(archive) }
    return last.writable
  }
}

function writable(archive: Pick<Archive, 'write'>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), PATIENCE_MS)
    const settle = (held: boolean) => {
      clearTimeout(timer)
      resolve(held)
    }
    archive.write([{ key: KEY, value: new Uint8Array(1) }]).then(() => settle(true), () => settle(false))
  })
}
