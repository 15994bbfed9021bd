// Fetches the networking code, which is large and therefore comes only after consent. The host that served the page
// may be gone by then: it is asked again until it answers, and the island evolves alone meanwhile.

const RETRY_MS = 5_000

interface LoadOptions {
  /** Called with the reason in words each time the host did not answer. */
  readonly onFailure: (reason: string) => void
  /** False once nobody wants the mesh any more. */
  readonly isWanted: () => boolean
}

/** @throws Error when the mesh is no longer wanted */
export async function loadMesh({ onFailure, isWanted }: LoadOptions): Promise<typeof import('@megabrain/mesh')> {
  while (isWanted()) {
    // Engines may remember that an import failed and never try again, so the host is asked before the import.
    if (await hostAnswers()) {
      try {
        return await import('@megabrain/mesh')
      } catch {
        onFailure('The part that connects could not be loaded.')
      }
    } else {
      onFailure('The host of this page does not answer.')
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
  throw new Error('The mesh was not opened because the island was stopped first.')
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
