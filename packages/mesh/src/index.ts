// The mesh for tabs. Node programs import `@megabrain/mesh/node`.

export { openMesh } from './open-mesh.ts'
export type { TrafficKind, TrafficView } from './traffic.ts'
export type { Mesh, MeshOptions, MeshView, NeighbourView, RelayView } from './mesh.ts'
