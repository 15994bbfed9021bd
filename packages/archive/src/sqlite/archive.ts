// The Archive port on SQLite, this side of the thread border. `node:sqlite` is synchronous and a commit waits for the
// disk, so the database has a thread of its own (`database-thread.ts`).

import { Worker } from 'node:worker_threads'
import type { Archive } from '@megabrain/exchange'
import { ArchiveClosedError, ArchiveFullError, ArchiveUnavailableError } from '../errors.ts'
import type { Answer, Call } from './messages.ts'

type CallBody = Call extends infer C ? (C extends Call ? Omit<C, 'id'> : never) : never

interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** An archive that can be copied while it is used. */
export interface SqliteArchive extends Archive {
  /**
   * Writes all rows into another database. Everything whose write had resolved before the call is in it; writes go on meanwhile.
   * @param file missing or empty; written on the machine that holds the archive
   * @throws ArchiveFullError when there is no room for it; others when it cannot be written, or the archive is closed meanwhile
   */
  snapshot(file: string): Promise<void>
}

/**
 * Opens (or creates) the database in `file` for this process alone. A write is on disk when it resolves; writes that
 * arrive together share one commit.
 * @throws ArchiveUnavailableError when another process has it open or the file is no database; `write` rejects with
 * ArchiveFullError when the disk is full
 */
export async function openArchive(file: string): Promise<SqliteArchive> {
  const worker = new Worker(new URL('./database-thread.ts', import.meta.url))
  const pending = new Map<number, Pending>()
  let lastId = 0
  let closing: Promise<void> | undefined
  let ended: Error | undefined

  const end = (error: Error): void => {
    ended ??= error
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
  }
  worker.on('error', (error) => end(new ArchiveUnavailableError(`The archive's thread failed: ${String(error)}`, { cause: error })))
  worker.on('exit', () => end(new ArchiveClosedError()))
  worker.on('message', (answer: Answer) => {
    const call = pending.get(answer.id)
    pending.delete(answer.id)
    if (answer.ok) call?.resolve(answer.value)
    else call?.reject(errorOf(answer))
  })

  const send = (call: CallBody): Promise<unknown> => new Promise((resolve, reject) => {
    if (ended !== undefined) return reject(ended)
    lastId += 1
    pending.set(lastId, { resolve, reject })
    worker.postMessage({ ...call, id: lastId })
  })
  const call = (body: CallBody): Promise<unknown> => closing === undefined ? send(body) : Promise.reject(new ArchiveClosedError())

  try {
    await send({ kind: 'open', file })
  } catch (error) {
    await worker.terminate()
    throw error
  }
  return {
    read: async (key) => await call({ kind: 'read', key }) as Uint8Array | undefined,
    list: async (prefix) => await call({ kind: 'list', prefix }) as { key: string; value: Uint8Array }[],
    async write(changes) {
      // Cloning a view would carry all the memory behind it across.
      await call({ kind: 'write', changes: changes.map(({ key, value }) => ({ key, value: value?.slice() })) })
    },
    async erase() {
      await call({ kind: 'erase' })
    },
    async snapshot(to) {
      await call({ kind: 'snapshot', file: to })
    },
    close() {
      closing ??= send({ kind: 'close' }).then(async () => { await worker.terminate() })
      return closing
    },
  }
}

function errorOf(answer: Answer & { readonly ok: false }): Error {
  if (answer.failure === 'full') return new ArchiveFullError({ cause: answer.message })
  return answer.failure === 'unavailable' ? new ArchiveUnavailableError(answer.message) : new Error(answer.message)
}
