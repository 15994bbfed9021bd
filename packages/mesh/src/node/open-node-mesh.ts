// A member in Node: the mesh of a tab, and nothing of it left in the process after closing.

import type { MemberTransport } from '../member-node.ts'
import type { Mesh, MeshOptions } from '../mesh.ts'
import { openMember } from '../open-mesh.ts'
import { holdNativeThreads } from './native-threads.ts'

export interface NodeMeshOptions extends MeshOptions {
  /** One that can dial, such as `@megabrain/webtransport-listener`: Node has none of its own. @default no WebTransport */
  readonly webTransport?: MemberTransport
}

/**
 * `openMesh` for Node.
 * @throws as `openMesh`
 */
export async function openNodeMesh({ webTransport, ...options }: NodeMeshOptions): Promise<Mesh> {
  const { mesh } = await openMember(options, {}, webTransport)
  const release = holdNativeThreads()
  let closing: Promise<void> | undefined
  return { ...mesh, close: () => closing ??= mesh.close().then(release) }
}
