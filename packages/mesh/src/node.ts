// The mesh for Node: islands without a browser, and relays.

export { classOfAddress, classOfHost, mayDial } from './address-classes.ts'
export { openNodeMesh } from './node/open-node-mesh.ts'
export { ListenError } from './node/listen-error.ts'
export { createRelayKey, openRelayMesh, peerIdOfKey, type RelayMesh } from './node/open-relay-mesh.ts'
export { openProbe, type Probe } from './node/probe.ts'
export type { TlsCertificate } from './node/shared-port.ts'
export { createPrefixSet, isIpPrefix, prefixOf } from './node/ip-prefix.ts'
export { createRateBudget, type RateBudget } from './node/rate-budget.ts'
export { shedReasons, type AccessRules, type LoadLevel, type ShedReason } from './node/relay-guard.ts'
export type { ConnectionView } from './node/relay-members.ts'
export type { RelayCounters, RelayLimits, JoinedRelay, ListeningTransport, RelayMeshOptions } from './node/relay-options.ts'
export type { Mesh, MeshOptions, MeshView, NeighbourView, RelayView } from './mesh.ts'
