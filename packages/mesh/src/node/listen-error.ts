// Why a relay's port cannot be had, as something that a program can tell apart: operators get a sentence for each.

/** Nothing listens on the TCP port. `cause` is Node's own error. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
  /** Node's code, such as EADDRINUSE (taken), EACCES (not allowed) or EADDRNOTAVAIL (no address of this machine). */
  readonly code: string | undefined

  constructor({ host, port }: { readonly host: string; readonly port: number }, cause: unknown) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
    super(`Port ${port} of ${host} cannot be used${code === undefined ? '' : `: ${code}`}`, { cause })
    this.code = code
  }
}
