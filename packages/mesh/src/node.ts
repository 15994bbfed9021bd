// The mesh for Node: islands without a browser, and relays.

export { openNodeMesh } from './node/open-node-mesh.ts'
export { ListenError } from './node/listen-error.ts'
export { createRelayKey, openRelayMesh, type RelayMesh } from './node/open-relay-mesh.ts'
export { DEFAULT_RELAY_LIMITS, type RelayCounters, type RelayLimits, type RelayMeshOptions } from './node/relay-options.ts'
export type { Mesh, MeshOptions, MeshView, NeighbourView, RelayView } from './mesh.ts'
