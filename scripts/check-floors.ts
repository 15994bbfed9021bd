// Holds the law of the house: a workspace package imports only from floors below its own, dev dependencies included.
// The floor stands in each manifest; `e2e` stands beside the house and may import no package at all.

import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

interface Manifest {
  readonly name: string
  readonly floor?: number
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** One sentence per import that goes sideways or up, and per version that is not from the catalog. */
export function floorFaults(root: string): string[] {
  const folders = ['packages', 'apps'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
  const manifests = [...folders, 'relays/node', 'examples', 'e2e', 'e2e/attacker']
    .map((folder) => join(root, folder, 'package.json'))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Manifest)
  const floorOf = new Map(manifests.map((manifest) => [manifest.name, manifest.floor]))
  return manifests.flatMap((manifest) => {
    const wanted = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies }
    return Object.entries(wanted).flatMap(([name, version]) => {
      if (!floorOf.has(name)) return version === 'catalog:' ? [] : [`${manifest.name} pins ${name} itself (${version}) instead of "catalog:"`]
      const floor = floorOf.get(name)
      if (floor !== undefined && floor < (manifest.floor ?? -1)) return []
      return [`${manifest.name} (floor ${manifest.floor ?? 'beside the house'}) may not import ${name} (floor ${floor ?? 'none'})`]
    })
  })
}
