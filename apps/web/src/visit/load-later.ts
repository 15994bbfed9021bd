// Fetches code that comes only after consent: networking, which is large, and panels that nobody needs in the first second. The
// host that served the page may be gone by then: it is asked again until it answers, and the island evolves alone meanwhile.

const RETRY_MS = 5_000

interface LoadOptions {
  /** Called with the reason in words each time the host did not answer. */
  readonly onFailure: (reason: string) => void
  /** False once nobody wants it any more. */
  readonly isWanted: () => boolean
}

/**
 * @param load a dynamic import, written where the bundler sees it
 * @throws Error when it is no longer wanted
 */
export async function loadLater<T>(load: () => Promise<T>, { onFailure, isWanted }: LoadOptions): Promise<T> {
  while (isWanted()) {
    // Engines may remember that an import failed and never try again, so the host is asked before the import.
    if (await hostAnswers()) {
      try {
        return await load()
      } catch {
        onFailure('A part of the page could not be loaded.')
      }
    } else {
      onFailure('The host of this page does not answer.')
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
  throw new Error('It was not loaded because the island was stopped first.')
}

async function hostAnswers(): Promise<boolean> {
  try {
    const answer = await fetch(new URL('favicon.svg', document.baseURI), { cache: 'no-store' })
    await answer.arrayBuffer()
    return true
  } catch {
    return false
  }
}
