// The names that meet on the wire: one topic and two protocols per realm, and the relay's introduction protocol. Apart,
// since `docs/mesh.md` and other implementations quote them.

/** Version segment of every name: a peer that speaks another version is simply not a member. */
const PREFIX = '/megabrain'

/** Both sides of an introduction: a member asks, a relay answers. Who handles it is a relay. */
export const INTRODUCTION_PROTOCOL = `${PREFIX}/introduction/1`

/** Relays exchange what they know of each other. */
export const RELAYS_PROTOCOL = `${PREFIX}/relays/1`

/** kad-dht for the directory. Who handles it is a server. One for all realms: more servers know more, and keys name their realm. */
export const DIRECTORY_PROTOCOL = `${PREFIX}/kad/1`

/** @param realm realm id, 64 hex characters */
export function topicOf(realm: string): string {
  return `${PREFIX}/1/${realm}`
}

/** Requests of one realm. Handling it is how a peer says, in its identify message, that it is a member of the realm. */
export function exchangeProtocolOf(realm: string): string {
  return `${PREFIX}/exchange/1/${realm}`
}

/** Long-lived streams of one realm. */
export function streamProtocolOf(realm: string): string {
  return `${PREFIX}/stream/1/${realm}`
}

/** Who is alive, asked among the neighbours of one realm. */
export function membershipProtocolOf(realm: string): string {
  return `${PREFIX}/membership/1/${realm}`
}

export function assertRealm(realm: string): void {
  if (!/^[0-9a-f]{64}$/.test(realm)) throw new RangeError(`A realm id is 64 lower-case hex characters, got "${realm}"`)
}
