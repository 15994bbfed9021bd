// Certificate hashes for announced addresses: who names a public address cannot know them, since certificates change by
// themselves, and without them no browser can dial it.

const TRANSPORTS = ['/webtransport', '/webrtc-direct'] as const

/**
 * @param announced each with `/p2p/…`; those of WebTransport and webrtc-direct without hashes get those of the first of `listening`
 * that uses the same transport
 */
export function withCerthashes(announced: readonly string[], listening: readonly string[]): string[] {
  return announced.map((address) => {
    const transport = TRANSPORTS.find((name) => address.includes(`${name}/p2p/`))
    const own = transport === undefined ? undefined : listening.find((other) => other.includes(`${transport}/certhash/`))
    const hashes = own === undefined ? '' : /(\/certhash\/[^/]+)+/.exec(own)?.[0] ?? ''
    return transport === undefined ? address : address.replace(`${transport}/p2p/`, `${transport}${hashes}/p2p/`)
  })
}
