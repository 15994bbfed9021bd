// A member in Node: the mesh of a tab, and nothing of it left in the process after closing.

import type { Mesh, MeshOptions } from '../mesh.ts'
import { openMesh } from '../open-mesh.ts'
import { holdNativeThreads } from './native-threads.ts'

/**
 * `openMesh` for Node.
 * @throws as `openMesh`
 */
export async function openNodeMesh(options: MeshOptions): Promise<Mesh> {
  const mesh = await openMesh(options)
  const release = holdNativeThreads()
  let closing: Promise<void> | undefined
  return { ...mesh, close: () => closing ??= mesh.close().then(release) }
}
