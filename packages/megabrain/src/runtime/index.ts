// Runs an evolved network anywhere: in a page, a game server, Node. A door of its own and at most 5 kB gzipped, since most who want
// a network's answers want neither evolution nor a mesh. The same bits as the reference interpreter, because it is that one.

export { fetchNetwork } from './fetch-network.ts'
export type { Fetched, FetchOptions, FetchRefusal } from './fetch-network.ts'
export { readNetwork } from './read-network.ts'
export type { Network, NetworkRefusal, Read } from './read-network.ts'
