// Five institutions in a private realm on one relay, all on this machine, each with a folder and an identity of its own. One publishes a
// reproducible experiment; the other four run it again and get the same genotype, to the bit. A stranger's claim is not taken.

import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { megabrain, startRelay } from '../programs.ts'

const NAMES = ['amber', 'basalt', 'cobalt', 'dolomite', 'emerald']
/** Five, or as many as the first word says. */
const INSTITUTIONS = NAMES.slice(0, Math.max(2, Number(process.argv[2] ?? NAMES.length)))
const TASK = 'double-pole'
const folder = mkdtempSync(join(tmpdir(), 'megabrain-laboratory-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const of = (institution: string, file = ''): string => join(folder, institution, file)
const say = (text: string): void => void process.stdout.write(`${text}\n`)

interface Run {
  readonly seed: number
  readonly champion: { readonly cid: string; readonly fitness: number }
}

/** Runs what `config` says under the institution's own keys. */
async function evolve(institution: string, config: object, out: string): Promise<Run> {
  const file = of(institution, `${out}.json`)
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`)
  const { json } = await megabrain('evolve', '--config', file, '--workers', '1', '--keys', of(institution, 'keys'), '--out', of(institution, out))
  const [run] = json['runs'] as readonly Run[]
  return run!
}

// Each has worked on its own before: that made its keys, and its first claim tells the public half.
const authors = new Map<string, string>()
await Promise.all([...INSTITUTIONS, 'stranger'].map(async (institution, i) => {
  mkdirSync(of(institution), { recursive: true })
  await evolve(institution, { task: 'xor', seed: 1 + i }, 'before')
  const { json } = await megabrain('verify', of(institution, `before/champion-${1 + i}.claim`))
  authors.set(institution, String(json['author']))
}))
say(`${INSTITUTIONS.length} institutions and a stranger have keys of their own`)

// The first founds the realm: it names the five who may publish, and what is found may leave only as a signed claim.
const relayData = join(folder, 'relay')
mkdirSync(join(relayData, 'realms'), { recursive: true, mode: 0o700 })
const listed = INSTITUTIONS.flatMap((institution) => ['--publisher', authors.get(institution)!])
const founded = await megabrain('realm', 'create', '--name', 'laboratory', '--task', TASK, '--publish', 'listed', ...listed, '--containment', '2',
  '--key', of('amber', 'laboratory.key'), '--out', join(relayData, 'realms', 'laboratory.realm'))
const relay = await startRelay(relayData, ['--webrtc-direct-port', 'off', '--stun-port', 'off'])
const there = ['--relay', relay, '--realm', 'laboratory']
say(`the realm ${String(founded.json['id']).slice(0, 12)}… is on ${relay}`)

// The experiment is a file of four lines; its result has a name that only these bytes can have.
const experiment = { task: TASK, algorithm: 'neat', seed: 7, settings: { size: 150 } }
const first = await evolve('amber', experiment, 'experiment')
const published = await megabrain('publish', of('amber', `experiment/champion-${experiment.seed}.claim`), ...there, '--keys', of('amber', 'keys'))
if (published.exit !== 0) throw new Error(`amber could not publish: ${String(published.json['why'])}`)
say(`amber published ${JSON.stringify(experiment)}: ${first.champion.cid}, fitness ${first.champion.fitness}`)

const again = await Promise.all(INSTITUTIONS.slice(1).map(async (institution) => {
  const got = await megabrain('get', first.champion.cid, ...there, '--out', of(institution, 'published.claim'))
  const verified = await megabrain('verify', of(institution, 'published.claim'))
  const own = await evolve(institution, experiment, 'again')
  const isByAmber = got.exit === 0 && verified.json['author'] === authors.get('amber') && verified.json['valid'] === true
  const bytes = (name: string): string => readFileSync(of(name, `${name === 'amber' ? 'experiment' : 'again'}/champion-${experiment.seed}.genotype`), 'hex')
  const isSame = own.champion.cid === first.champion.cid && bytes(institution) === bytes('amber')
  say(`${institution} fetched it, ${isByAmber ? 'verified it' : 'could not verify it'} and ran it again: ${isSame ? 'the same bits' : `another result, ${own.champion.cid}`}`)
  return { institution, verified: isByAmber, same: isSame, fitness: own.champion.fitness }
}))

// Anybody may run the experiment; only the five may publish here.
await evolve('stranger', { ...experiment, seed: 8 }, 'experiment')
const refused = await megabrain('publish', of('stranger', 'experiment/champion-8.claim'), ...there, '--keys', of('stranger', 'keys'), '--seconds', '4')
say(`the stranger's claim: ${refused.json['published'] === true ? 'taken' : `not taken (${String(refused.json['why'])})`}`)
// Outside of the mesh the realm gives nothing out: its genotypes leave with the claim that says whose they are, or not at all.
const outside = await fetch(`${relay}/genotypes/${first.champion.cid}`)

const result = { cid: first.champion.cid, fitness: first.champion.fitness, again, strangerPublished: refused.json['published'], outsideStatus: outside.status }
say(JSON.stringify(result))
const holds = again.every(({ verified, same }) => verified && same) && refused.json['published'] === false && outside.status === 404
process.exit(holds ? 0 : 1)
