// Loads what a donor loads and runs none of it, so that Node keeps it compiled: see lean-node.mjs. The entries of threads refuse to
// run outside a thread; by then they are loaded.

const entries = ['apps/cli/src/main.ts', 'apps/cli/src/donate/donor.ts', 'packages/island/src/node/compute-thread.ts', 'packages/archive/src/sqlite/database-thread.ts']
for (const entry of entries.slice(1)) await import(new URL(`../${entry}`, import.meta.url).href).catch(() => undefined)
process.argv[2] = 'help'
process.stdout.write = () => true
await import(new URL(`../${entries[0]}`, import.meta.url).href)
process.exit(0)
