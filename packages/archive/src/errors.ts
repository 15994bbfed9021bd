// How storage fails, as named errors that both adapters share. Compare `error.name` where a worker border lies between.

/** The disk or the origin's quota is full. Nothing of the write was kept; free space or prune, then write again. */
export class ArchiveFullError extends Error {
  static override readonly name = 'ArchiveFullError'
  override readonly name: string = ArchiveFullError.name

  constructor(options?: ErrorOptions) {
    super('The archive is full: nothing of this write was kept', options)
  }
}

/** The storage cannot be opened: another program holds it, a newer version of it is open elsewhere, or it is damaged. */
export class ArchiveUnavailableError extends Error {
  static override readonly name = 'ArchiveUnavailableError'
  override readonly name: string = ArchiveUnavailableError.name
}

/** The archive was used after `close`: a mistake of the caller. */
export class ArchiveClosedError extends Error {
  static override readonly name = 'ArchiveClosedError'
  override readonly name: string = ArchiveClosedError.name

  constructor() {
    super('The archive is closed')
  }
}

/** Something only the owner may sign was asked of a machine that does not hold the owner key. */
export class OwnerElsewhereError extends Error {
  static override readonly name = 'OwnerElsewhereError'
  override readonly name: string = OwnerElsewhereError.name

  constructor() {
    super('This machine works for its owner but does not hold the owner key: do this on the machine that has it, or link this one again by the words and keep the key')
  }
}

/** Another tab leads now: nothing of this write was kept, and nothing of this one will be any more. Stop. */
export class ArchiveTakenError extends Error {
  static override readonly name = 'ArchiveTakenError'
  override readonly name: string = ArchiveTakenError.name

  constructor() {
    super('Another tab of this browser has taken over')
  }
}

/** All rows but those of this write were deleted from outside: write again everything that should be there. */
export class ArchiveWipedError extends Error {
  static override readonly name = 'ArchiveWipedError'
  override readonly name: string = ArchiveWipedError.name

  constructor() {
    super('The rows of this archive were deleted from outside')
  }
}
