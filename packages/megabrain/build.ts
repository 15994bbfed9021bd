// Builds the folder that is published: `node packages/megabrain/build.ts` makes `dist/`, and with a folder as argument packs it into one
// file there. Everything is bundled, since Node strips no types below `node_modules` and an install should bring nothing else; links are
// relative, because nobody knows from where it will be served.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'vite'
import { writeDeclarations } from './declarations.ts'

const here = import.meta.dirname
const root = join(here, '../..')
const dist = join(here, 'dist')
const entry = (name: string): string => join(here, 'src', `${name}.ts`)

/** @param input entries that may share chunks */
async function bundle(input: Readonly<Record<string, string>>): Promise<void> {
  await build({
    root: here,
    configFile: false,
    logLevel: 'warn',
    base: './',
    worker: { format: 'es' },
    build: {
      target: 'es2023',
      outDir: dist,
      emptyOutDir: false,
      assetsInlineLimit: 0,
      modulePreload: false,
      chunkSizeWarningLimit: 1_000,
      rolldownOptions: {
        input,
        preserveEntrySignatures: 'strict',
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  })
}

/** Whether nothing has changed since the last build; for those who want to run it, not to publish it. */
function isFresh(): boolean {
  const manifest = statSync(join(dist, 'package.json'), { throwIfNoEntry: false })
  if (manifest === undefined) return false
  const sources = readdirSync(join(root, 'packages'), { recursive: true, withFileTypes: true })
  return sources.every(({ name, parentPath }) => !/\.(ts|json)$/.test(name) || /\/(node_modules|dist)(\/|$)/.test(parentPath)
    || statSync(join(parentPath, name)).mtimeMs < manifest.mtimeMs)
}

const { positionals: [out], values } = parseArgs({ allowPositionals: true, options: { 'if-changed': { type: 'boolean' } } })
if (values['if-changed'] === true && isFresh()) process.exit(0)
rmSync(dist, { recursive: true, force: true })
mkdirSync(dist)
await bundle({ index: entry('index'), consent: entry('consent/index') })
// Apart, so that it shares no chunk and stays one small file.
await bundle({ runtime: entry('runtime/index') })
writeDeclarations(root, dist)

const { name, version, license, type } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')) as Record<string, string>
const door = (file: string, declarations: string) => ({ types: `./types/megabrain/src/${declarations}.d.ts`, default: `./${file}.js` })
const manifest = {
  name, version, license, type,
  description: 'Evolve neural networks together with others in a page of your own, and run them anywhere',
  sideEffects: false,
  exports: { '.': door('index', 'index'), './consent': door('consent', 'consent/index'), './runtime': door('runtime', 'runtime/index'), './package.json': './package.json' },
}
cpSync(join(root, 'LICENSE'), join(dist, 'LICENSE'))
cpSync(join(here, 'README.md'), join(dist, 'README.md'))
// Last: it says that the rest is there.
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)

if (out !== undefined) {
  mkdirSync(out, { recursive: true })
  const { status } = spawnSync('npm', ['pack', '--silent', '--pack-destination', out, dist], { stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(status ?? 1)
}
