// Storage in a browser: window or worker.

export { openArchive, openLeadingArchive } from './archive.ts'
export type { LeadingArchive } from './archive.ts'
export { openLastingArchive } from './lasting-archive.ts'
export { forgetEntropy, linkKeys, openKeys, ownerEntropy } from './keys.ts'
export { ArchiveClosedError, ArchiveFullError, ArchiveUnavailableError, OwnerElsewhereError } from '../errors.ts'
