// The types that go with the built package: what its entries reach, with links between workspace packages made relative. Apart from the
// bundling because no bundler of declarations works with this compiler yet.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'

const ENTRIES = ['index', 'consent/index', 'runtime/index']
const LINK = /(from |import\()'([^']+)'/g

interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, string>>
}

/** Writes `types/` into `dist`. @throws Error with the compiler's words */
export function writeDeclarations(root: string, dist: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'megabrain-types-'))
  try {
    const config = join(folder, 'tsconfig.json')
    writeFileSync(config, JSON.stringify({
      extends: join(root, 'packages/megabrain/tsconfig.json'),
      compilerOptions: { noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: join(root, 'packages'), outDir: folder, paths: doors(root) },
      include: [join(root, 'packages/megabrain/src')],
      exclude: [join(root, 'packages/megabrain/src/**/*.test.ts')],
    }))
    const { status, stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`The declarations could not be written: ${stdout}`)
    const done = new Set<string>()
    const waiting = ENTRIES.map((name) => `megabrain/src/${name}.d.ts`)
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (done.has(file)) continue
      done.add(file)
      const own = file
      const text = readFileSync(join(folder, own), 'utf8').replace(LINK, (whole, before: string, link: string) => {
        const target = targetOf(root, own, link)
        if (target === undefined) return whole
        if (existsSync(join(folder, target))) waiting.push(target)
        const path = relative(dirname(own), target).replace(/\.d\.ts$/, '.js')
        return `${before}'${path.startsWith('.') ? path : `./${path}`}'`
      })
      const written = join(dist, 'types', own)
      mkdirSync(dirname(written), { recursive: true })
      writeFileSync(written, text)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Source by import, for every door of the workspace's packages: found below `node_modules`, the compiler takes a source for somebody else's. */
function doors(root: string): Record<string, readonly string[]> {
  const folders = readdirSync(join(root, 'packages'))
  return Object.fromEntries(folders.flatMap((folder) => {
    const { name, exports } = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')) as Manifest
    const sources = Object.entries(exports ?? {}).filter(([, source]) => typeof source === 'string' && source.endsWith('.ts'))
    return sources.map(([door, source]) => [name + door.slice(1), [join(root, 'packages', folder, source)]])
  }))
}

/** The declaration that `link` in `file` means, from the packages' folder; undefined for what is not ours. */
function targetOf(root: string, file: string, link: string): string | undefined {
  const source = link.startsWith('.') ? join(dirname(file), link) : doors(root)[link]?.map((path) => relative(join(root, 'packages'), path))[0]
  return source?.replace(/\.ts$/, '.d.ts')
}
