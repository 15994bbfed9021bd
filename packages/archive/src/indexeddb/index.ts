// Storage in a browser: window or worker.

export { openArchive } from './archive.ts'
export { forgetEntropy, linkKeys, openKeys, ownerEntropy } from './keys.ts'
export { ArchiveClosedError, ArchiveFullError, ArchiveUnavailableError, OwnerElsewhereError } from '../errors.ts'
