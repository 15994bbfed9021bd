// Storage in Node.

export { openArchive } from './archive.ts'
export type { SqliteArchive } from './archive.ts'
export { openKeys } from './keys.ts'
export { ArchiveClosedError, ArchiveFullError, ArchiveUnavailableError } from '../errors.ts'
