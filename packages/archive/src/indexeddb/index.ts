// Storage in a browser: window or worker.

export { openArchive } from './archive.ts'
export { openKeys } from './keys.ts'
export { ArchiveClosedError, ArchiveFullError, ArchiveUnavailableError } from '../errors.ts'
