// `megabrain machines`: an owner's machines from a terminal. Their words, linking this one by them, the list with each one's state,
// and one wish for all.

import { createInterface } from 'node:readline/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { linkKeys, openKeys, ownerEntropy } from '@megabrain/archive/sqlite'
import { encodeStatement, statementMessage } from '@megabrain/exchange'
import type { Declaration, Keys, StatementBody } from '@megabrain/exchange'
import type { MachinesView, MachineView } from '@megabrain/island/node'
import type { Answer, Command, Surroundings } from '../command.ts'
import { donorFolder } from '../donate/donor-folder.ts'
import { findMeshPlace } from '../mesh/relay-address.ts'
import type { MeshPlace } from '../mesh/relay-address.ts'
import { visitRealm } from '../mesh/visit.ts'
import type { Visit } from '../mesh/visit.ts'
import { readCount, readOptions, required, UsageError } from '../usage.ts'

const SECONDS = '30'
const AGREE_MS = 15_000
const LOOK_MS = 100
/** What the first comparison shows to be lacking is there after this. Claims go on coming, and are not what is asked for. */
const ANSWER_MS = 1_500

export const machinesCommand: Command = {
  usage: 'machines --relay ADDR [--realm R] [--data DIR] [--pause | --resume] | machines words | link [--data DIR] [--keep-owner]',
  async run(args, surroundings) {
    const names = {
      relay: { type: 'string' }, realm: { type: 'string' }, data: { type: 'string', default: join(homedir(), '.megabrain') },
      seconds: { type: 'string', default: SECONDS },
      pause: { type: 'boolean', default: false }, resume: { type: 'boolean', default: false }, 'keep-owner': { type: 'boolean', default: false },
    } as const
    const [verb] = args
    if (verb === 'words') return showWords(readOptions(args.slice(1), names).values.data)
    const { values } = readOptions(verb === 'link' ? args.slice(1) : args, names)
    if (verb === 'link') return link(values.data, values['keep-owner'], surroundings)
    if (values.pause && values.resume) throw new UsageError('--pause and --resume exclude each other')
    const wish = values.pause || values.resume ? values.pause : undefined
    const place = await findMeshPlace(required(values.relay, '--relay'), values.realm)
    return list(place, donorFolder(values.data), readCount(values.seconds, '--seconds'), wish, surroundings)
  },
}

async function showWords(data: string): Promise<Answer> {
  const folder = donorFolder(data)
  await openKeys(folder)
  const entropy = await ownerEntropy(folder)
  if (entropy === undefined) throw new UsageError(`${folder} holds no words: the machine was linked by them, or its keys are older than words`)
  const { wordsOfOwner } = await import('@megabrain/island/words')
  const words = wordsOfOwner(entropy)
  return { json: { words }, text: words }
}

async function link(data: string, keepOwner: boolean, { progress }: Surroundings): Promise<Answer> {
  progress('The twelve words, in one line:')
  const input = createInterface({ input: process.stdin })
  const { value: line } = await input[Symbol.asyncIterator]().next()
  input.close()
  const { ownerOfWords } = await import('@megabrain/island/words')
  const entropy = ownerOfWords(String(line ?? ''))
  if (entropy === undefined) throw new UsageError('these are not twelve words of an owner: one of them is mistyped or missing')
  const folder = donorFolder(data)
  await linkKeys(folder, entropy, { keepOwner }).catch((error: Error) => { throw new UsageError(error.message) })
  const keys = await openKeys(folder)
  const [owner, device] = [hex(keys.owner), hex(keys.device)]
  return { json: { owner, device }, text: `${data} works for owner ${owner.slice(0, 8)} now, with a device key of its own.` }
}

async function list(place: MeshPlace, folder: string, seconds: number, wish: boolean | undefined, { stop }: Surroundings): Promise<Answer> {
  const [{ openMachines }, { createMemoryArchive }] = await Promise.all([import('@megabrain/island/node'), import('@megabrain/exchange/memory')])
  const keys = await openKeys(folder)
  if (keys.machines === undefined) throw new UsageError(`the keys in ${folder} are older than words: move them away to have machines`)
  const visit = await visitRealm(place, { keys: folder })
  try {
    await reached(() => counters(visit).comparisons > 0, seconds * 1_000, stop)
    await new Promise((resolve) => setTimeout(resolve, ANSWER_MS))
    const { member } = visit
    let telling: Promise<void> = Promise.resolve()
    const machines = await openMachines({
      realmId: place.realmId, keys, archive: createMemoryArchive(), clock: { wall: () => Date.now() }, onChange: () => undefined,
      member: {
        statements: (kind) => member.statements(place.realmId, kind),
        entries: () => member.entries(place.realmId),
        declare: (declaration) => { telling = tell(visit, place, keys, declaration) },
      },
    })
    await machines.read()
    const told = wish === undefined ? undefined : await machines.ask(wish).then(() => telling).then(() => agreed(visit, stop))
    await machines.read()
    const view = machines.view()!
    return answerOf(view, told)
  } finally {
    await visit.close()
  }
}

async function tell({ member }: Visit, { realmId }: MeshPlace, keys: Keys, declaration: Declaration): Promise<void> {
  const { revision = 1 } = declaration
  const body: StatementBody = { ...declaration, revision, realm: realmId, author: hex(keys.owner), time: Date.now() }
  const signature = await keys.sign(statementMessage(body, keys.delegation))
  member.tell(realmId, encodeStatement(body, hex(keys.device), signature, keys.delegation))
}

/** Whether a neighbour has the same statements now, ours among them. */
function agreed(visit: Visit, stop: AbortSignal): Promise<boolean> {
  const enough = counters(visit).agreements + 1
  return reached(() => counters(visit).agreements >= enough, AGREE_MS, stop)
}

const counters = ({ member }: Visit) => member.view()[0]!.counters

/** Looks until it is so. @returns whether it was, in time */
async function reached(isSo: () => boolean, patienceMs: number, stop: AbortSignal): Promise<boolean> {
  const end = Date.now() + patienceMs
  while (!isSo() && Date.now() < end && !stop.aborted) await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  return isSo()
}

function answerOf({ machines, isPaused }: MachinesView, told: boolean | undefined): Answer {
  const rows = machines.map(rowOf)
  const asked = told === undefined ? [] : [told ? `Asked: ${isPaused ? 'all pause' : 'all go on'}.` : 'Nobody was there to be asked.']
  return {
    json: { paused: isPaused, ...(told === undefined ? {} : { told }), machines },
    text: [...asked, ...(rows.length === 0 ? ['No machine of this owner has been heard in this realm.'] : rows)].join('\n'),
    exit: told === false || (told === undefined && rows.length === 0) ? 1 : 0,
  }
}

function rowOf({ device, name, phase, reason, dutyPercent, evaluationsPerSecond, heardAt, isSilent, isRevoked }: MachineView): string {
  const state = isRevoked ? 'taken back' : isSilent ? 'silent' : reason === '' ? phase : `${phase} (${reason})`
  const heard = new Date(heardAt).toISOString()
  return `${device.slice(0, 8)}  ${name.padEnd(24)} ${state.padEnd(24)} ${dutyPercent} %  ${evaluationsPerSecond}/s  heard ${heard}`
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
