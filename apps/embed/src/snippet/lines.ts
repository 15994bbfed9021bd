// The lines that a site's owner copies. Pure, so that what is shown is what is tested.

export interface LoaderPlace {
  /** Of the frame and the loader. */
  readonly origin: string
  readonly path: string
  readonly integrity: string
}

/** @param wishes attributes by name; empty ones are left out */
export function snippetOf({ origin, path, integrity }: LoaderPlace, wishes: readonly (readonly [string, string])[]): string {
  const attributes = wishes.filter(([, value]) => value !== '').map(([name, value]) => ` ${name}="${escaped(value)}"`).join('')
  return `<script src="${origin}${path}"\n  integrity="${integrity}"\n  crossorigin="anonymous" defer></script>\n<mega-brain${attributes}></mega-brain>`
}

/** What a strict policy must allow. */
export function policyOf({ origin }: LoaderPlace): string {
  return `script-src ${origin};\nframe-src ${origin};`
}

/** Undefined when the text is not what the relay writes. */
export function readLoaderPlace(text: string): LoaderPlace | undefined {
  try {
    const { origin, path, integrity } = JSON.parse(text) as Partial<Record<keyof LoaderPlace, unknown>>
    return typeof origin === 'string' && typeof path === 'string' && typeof integrity === 'string' ? { origin, path, integrity } : undefined
  } catch {
    return undefined
  }
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
