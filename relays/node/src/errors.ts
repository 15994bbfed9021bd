// The one way in which starting a relay fails for reasons that an operator can mend.

/** The port, the data folder or a file in it prevents the start. The message is one line that says which and what to do. */
export class RelayStartError extends Error {
  static override readonly name = 'RelayStartError'
  override readonly name = 'RelayStartError'
}
