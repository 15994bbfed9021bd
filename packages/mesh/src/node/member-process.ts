// A member in a process of its own, for the tests that stop one: says its peer id, and lives until it is killed.

import { openNodeMesh } from './open-node-mesh.ts'

const [realm = '', relay = ''] = process.argv.slice(2)
const mesh = await openNodeMesh({ realm, relays: [relay] })
process.send?.(mesh.self)
