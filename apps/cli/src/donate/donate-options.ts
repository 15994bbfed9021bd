// What somebody typed after `megabrain donate`, checked before anything is opened.

import { homedir } from 'node:os'
import { join } from 'node:path'
import { algorithmNames } from '@megabrain/evolve'
import type { AlgorithmName } from '@megabrain/evolve'
import { modelKinds } from '@megabrain/exchange'
import type { ModelKind } from '@megabrain/exchange'
import { alwaysAllowed, changeDonation, defaultDonation } from '@megabrain/island/node'
import type { DonationSettings } from '@megabrain/island/node'
import { readCount, readOptions, UsageError } from '../usage.ts'
import { readHours } from './hours.ts'

export interface DonateOptions {
  /** Web addresses or multiaddrs, in the order given; empty: those of the last time. */
  readonly relays: readonly string[]
  readonly realm: string | undefined
  /** An id, or the path of a module. */
  readonly task: string | undefined
  readonly algorithm: AlgorithmName | undefined
  /** The distribution model that the realm must have; undefined: any. */
  readonly model: ModelKind | undefined
  readonly donation: DonationSettings
  /** Whether it goes on while somebody is at the machine. */
  readonly isOftenUsed: boolean
  /** Whether it evaluates what others in the realm bred: work units. */
  readonly takesUnits: boolean
  /** 0 to 19. */
  readonly nice: number
  /** Bytes of a local day, sent and received; undefined: no limit. */
  readonly dailyBytes: number | undefined
  /** Folder of keys, archive and memory. */
  readonly data: string
  /** Key file of the owner that all machines of a rack work for. */
  readonly key: string | undefined
  /** Folder of readings for `sensor-fusion`. */
  readonly sensors: string | undefined
  /** Port of the status on loopback; undefined: none. */
  readonly status: number | undefined
  /** Ends by itself after so long; undefined: never. */
  readonly minutes: number | undefined
}

export const DONATE_USAGE = 'donate --relay ADDR… [--realm R] [--task ID|FILE] [--algorithm A] [--model distributed|federated] [--workers W] [--duty PCT] [--nice N] '
  + '[--hours H] [--even-when in-use,busy,battery] [--data-cap MB] [--sensors DIR] [--status PORT] [--data DIR] [--key FILE] [--minutes M] [--refuse-units]'

const MAX_WORKERS = 64
const MAX_NICE = 19
const MAX_PORT = 65_535
const OBSTACLES = ['in-use', 'busy', 'battery']

/** @throws UsageError naming the option that is wrong */
export function readDonateOptions(args: readonly string[]): DonateOptions {
  const { values } = readOptions(args, {
    relay: { type: 'string', multiple: true, default: [] }, realm: { type: 'string' }, task: { type: 'string' }, algorithm: { type: 'string' }, model: { type: 'string' },
    workers: { type: 'string', default: '1' }, duty: { type: 'string', default: '25' }, nice: { type: 'string', default: '10' },
    hours: { type: 'string' }, 'even-when': { type: 'string', default: '' }, 'data-cap': { type: 'string' }, minutes: { type: 'string' },
    'refuse-units': { type: 'boolean', default: false }, sensors: { type: 'string' }, status: { type: 'string' }, key: { type: 'string' },
    data: { type: 'string', default: join(homedir(), '.megabrain') },
  })
  const { realm, task, data, sensors, key } = values
  const algorithm = algorithmNames.find((name) => name === values.algorithm)
  if (values.algorithm !== undefined && algorithm === undefined) {
    throw new UsageError(`--algorithm must be one of ${algorithmNames.join(', ')}, got ${values.algorithm}`)
  }
  const model = modelKinds.find((name) => name === values.model)
  if (values.model !== undefined && model !== 'distributed' && model !== 'federated') {
    throw new UsageError(`--model must be one of distributed, federated, got ${values.model}`)
  }
  const isOther = task !== undefined && task !== 'sensor-fusion'
  if (sensors !== undefined && isOther) throw new UsageError(`--sensors is for the task sensor-fusion, not ${task}`)
  const evenWhen = values['even-when'].split(',').map((word) => word.trim()).filter((word) => word !== '')
  const unknown = evenWhen.find((word) => !OBSTACLES.includes(word))
  if (unknown !== undefined) throw new UsageError(`--even-when takes ${OBSTACLES.join(', ')}, got ${unknown}`)
  const count = (text: string | undefined, option: string): number | undefined => text === undefined ? undefined : readCount(text, option)
  const megabytes = count(values['data-cap'], '--data-cap')
  return {
    relays: values.relay, realm, algorithm, model, data, sensors, key,
    task: sensors === undefined ? task : 'sensor-fusion',
    donation: changeDonation(defaultDonation, {
      dutyPercent: within(readCount(values.duty, '--duty'), 100, '--duty', 'per cent of one core for each worker'),
      workers: within(readCount(values.workers, '--workers'), MAX_WORKERS, '--workers'),
      runOnBattery: evenWhen.includes('battery'),
      giveWay: !evenWhen.includes('busy'),
      schedule: values.hours === undefined ? alwaysAllowed : readHours(values.hours),
    }),
    isOftenUsed: evenWhen.includes('in-use'),
    takesUnits: !values['refuse-units'],
    nice: within(readCount(values.nice, '--nice', 0), MAX_NICE, '--nice'),
    dailyBytes: megabytes === undefined ? undefined : megabytes * 1_000_000,
    status: values.status === undefined ? undefined : within(readCount(values.status, '--status', 0), MAX_PORT, '--status'),
    minutes: count(values.minutes, '--minutes'),
  }
}

function within(value: number, most: number, option: string, unit?: string): number {
  if (value <= most) return value
  throw new UsageError(`${option} must be ${unit === undefined ? '' : `${unit}, `}at most ${most}, got ${value}`)
}
