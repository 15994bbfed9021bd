// Security headers: what a browser may do with each kind of answer. One place, because a page that computes for
// strangers must be able to show all of its permissions at once.

type Headers = Readonly<Record<string, string>>

/** For every answer. */
export const everywhere: Headers = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** For answers that are not the page: they run nothing and nobody frames them. */
export const inert: Headers = { 'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'" }

/** For the page. Its tabs talk to any relay that they learn of, so sockets may go anywhere; code comes only from here. */
export const page: Headers = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "manifest-src 'self'",
    "connect-src 'self' ws: wss: https:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
}

/**
 * For the frame that other sites show, and what it loads: as the page, but framed by anybody, and also by pages that are isolated
 * (`Cross-Origin-Embedder-Policy`), which take only frames that are so themselves.
 */
export const framed: Headers = {
  'Content-Security-Policy': page['Content-Security-Policy']!.replace("frame-ancestors 'none'", 'frame-ancestors *'),
  'Permissions-Policy': page['Permissions-Policy']!,
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
}

/** For answers that pages from anywhere may read. */
export const forEverybody: Headers = { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' }
