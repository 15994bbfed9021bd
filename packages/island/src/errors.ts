// How an island fails to open, as named errors.

/** The realm document is damaged, forged, too new, or names no task that this program knows. Fetch it again. */
export class RealmInvalidError extends Error {
  static override readonly name = 'RealmInvalidError'
  override readonly name: string = RealmInvalidError.name
}

/** What was thrown, as words for people. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
