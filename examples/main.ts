// One example by its name: `npm run -s example -- plain-page`. Each is a folder with a README and a `run.ts`.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [name = '', ...words] = process.argv.slice(2)
const names = readdirSync(import.meta.dirname).filter((folder) => existsSync(join(import.meta.dirname, folder, 'run.ts')))
if (!names.includes(name)) {
  process.stderr.write(`The examples are ${names.join(', ')}; there is none called ${JSON.stringify(name)}\n`)
  process.exit(2)
}
process.argv.splice(2, process.argv.length, ...words)
await import(pathToFileURL(join(import.meta.dirname, name, 'run.ts')).href)
