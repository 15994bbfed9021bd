// What an attacker knows about a relay: what the relay tells everybody.

export interface Target {
  readonly host: string
  /** TCP: HTTP and WebSocket. */
  readonly port: number
  readonly peer: string
  /** The WebSocket multiaddr. */
  readonly address: string
  /** Realm id. */
  readonly realm: string
  /** UDP ports of webrtc-direct, WebTransport and STUN, as far as there are any. */
  readonly udp: Readonly<Record<string, number>>
}

/** @param origin such as `http://127.0.0.1:8787` */
export async function readTarget(origin: string): Promise<Target> {
  const { hostname, port } = new URL(origin)
  const document = await (await fetch(`${origin}/.well-known/megabrain.json`)).json() as {
    readonly peer: string
    readonly addresses: readonly string[]
    readonly stun?: number
    readonly realms: readonly { readonly id: string }[]
  }
  const udpOf = (protocol: string): Record<string, number> => {
    const address = document.addresses.find((each) => each.includes(`/${protocol}/`))
    const found = /\/udp\/(\d+)\//.exec(address ?? '')?.[1]
    return found === undefined ? {} : { [protocol]: Number(found) }
  }
  return {
    host: hostname,
    port: Number(port),
    peer: document.peer,
    address: document.addresses.find((each) => each.includes('/ws/'))!,
    realm: document.realms[0]!.id,
    udp: { ...udpOf('webrtc-direct'), ...udpOf('webtransport'), ...(document.stun === undefined ? {} : { stun: document.stun }) },
  }
}
