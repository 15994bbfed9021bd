// Which line of a site's Content-Security-Policy keeps the frame out, and how it should read. Pure, because a policy is the one
// thing that a site's owner can only mend when told exactly.

/** The part of a `securitypolicyviolation` event that matters, https://www.w3.org/TR/CSP3/#violation-events */
export interface Violation {
  readonly effectiveDirective: string
  readonly blockedURI: string
  readonly originalPolicy: string
}

/** Most specific first: a policy without the first falls back to the next. */
const FALLBACKS = ['frame-src', 'child-src', 'default-src'] as const

/**
 * @param operator origin of the frame
 * @returns the directive as it should be in the policy, or undefined when the violation is about something else
 */
export function missingLine({ effectiveDirective, blockedURI, originalPolicy }: Violation, operator: string): string | undefined {
  const isFrame = FALLBACKS.some((name) => name === effectiveDirective)
  if (!isFrame || (blockedURI !== operator && !blockedURI.startsWith(`${operator}/`))) return undefined
  const directives = originalPolicy.split(';').map((text) => text.trim().split(/\s+/))
  const held = FALLBACKS.map((name) => directives.find(([first]) => first?.toLowerCase() === name)).find((found) => found !== undefined)
  const sources = (held?.slice(1) ?? []).filter((source) => source !== "'none'")
  return ['frame-src', ...sources, operator].join(' ')
}
