// Storage in Node.

export { openArchive } from './archive.ts'
export type { SqliteArchive } from './archive.ts'
export { linkKeys, openKeys, ownerEntropy } from './keys.ts'
export { ArchiveClosedError, ArchiveFullError, ArchiveUnavailableError, OwnerElsewhereError } from '../errors.ts'
