// A folder of a house's own sensor readings as the task `sensor-fusion`. Loaded by the thread that computes: the readings are in its
// memory and in no message, and what it reports is networks and their fitness.

import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createSensorFusionOf, sensorNames, type SensorReading } from '@megabrain/tasks'
import { UsageError } from '../usage.ts'

const COLUMNS = [...sensorNames, 'home']
/** The newest are used: more make each evaluation dearer and no better. */
const MAX_READINGS = 20_000
const MIN_READINGS = 20
const MAX_LINE_CHARACTERS = 4_096
const YES = ['1', 'true', 'yes']
const NO = ['0', 'false', 'no']

export interface SensorData {
  readonly readings: readonly SensorReading[]
  readonly files: number
  /** Of the files. */
  readonly bytes: number
}

/** The task of a folder: what a compute thread loads. */
export default async function sensorFusionOf(folder: string) {
  return createSensorFusionOf((await readSensorData(folder)).readings)
}

/**
 * All `.csv` and `.jsonl` files of a folder, in the order of their names.
 * @throws UsageError naming file and line
 */
export async function readSensorData(folder: string): Promise<SensorData> {
  const names = (await readdir(folder).catch(() => { throw new UsageError(`--sensors ${folder} is no folder that can be read`) }))
    .filter((name) => /\.(csv|jsonl)$/.test(name)).sort()
  if (names.length === 0) throw new UsageError(`--sensors ${folder} holds no .csv or .jsonl file`)
  let readings: SensorReading[] = []
  let bytes = 0
  for (const name of names) {
    const path = join(folder, name)
    bytes += (await stat(path)).size
    for await (const reading of readFileOf(path, name)) {
      readings.push(reading)
      if (readings.length > 2 * MAX_READINGS) readings = readings.slice(-MAX_READINGS)
    }
  }
  const fault = (why: string): UsageError => new UsageError(`--sensors ${folder} ${why}`)
  if (readings.length < MIN_READINGS) throw fault(`holds ${readings.length} readings; at least ${MIN_READINGS} are needed`)
  const [homes, all] = [readings.filter(({ home }) => home).length, readings.length]
  if (homes === 0 || homes === all) throw fault(`has "home" ${homes === 0 ? 'never' : 'always'} true, so there is nothing to tell apart`)
  return { readings: readings.slice(-MAX_READINGS), files: names.length, bytes }
}

async function* readFileOf(path: string, name: string): AsyncGenerator<SensorReading> {
  const isTable = name.endsWith('.csv')
  let columns: readonly string[] | undefined
  let line = 0
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })
  for await (const text of lines) {
    line += 1
    const fault = (why: string): UsageError => new UsageError(`${name}:${line}: ${why}`)
    if (text.trim() === '') continue
    if (text.length > MAX_LINE_CHARACTERS) throw fault(`the line is longer than ${MAX_LINE_CHARACTERS} characters`)
    if (isTable && columns === undefined) {
      columns = text.replace(/^\ufeff/, '').split(',').map((column) => column.trim().toLowerCase())
      const missing = COLUMNS.filter((column) => !columns!.includes(column))
      if (missing.length > 0) throw fault(`the head of the table lacks ${missing.join(', ')}; it must name ${COLUMNS.join(', ')}`)
      continue
    }
    const row = isTable ? tableRow(text, columns!, fault) : jsonRow(text, fault)
    yield { sensors: sensorNames.map((sensor) => readNumber(row[sensor], sensor, fault)), home: readHome(row['home'], fault) }
  }
}

type Fault = (why: string) => UsageError
type Row = Readonly<Record<string, unknown>>

function tableRow(text: string, columns: readonly string[], fault: Fault): Row {
  const cells = text.split(',').map((cell) => cell.trim())
  if (cells.length !== columns.length) throw fault(`${cells.length} cells, but the head of the table names ${columns.length}`)
  return Object.fromEntries(columns.map((column, i) => [column, cells[i]]))
}

function jsonRow(text: string, fault: Fault): Row {
  let row: unknown
  try {
    row = JSON.parse(text)
  } catch {
    throw fault('this is no JSON')
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw fault('this is no object such as {"daylight":1,…,"home":true}')
  return row as Row
}

/** A sensor that says nothing is left empty; it reads 0 to a network. */
function readNumber(value: unknown, sensor: string, fault: Fault): number {
  if (value === undefined || value === null || value === '') return 0
  const number = typeof value === 'string' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) throw fault(`"${sensor}" is ${JSON.stringify(value)}, which is no number`)
  return number
}

function readHome(value: unknown, fault: Fault): boolean {
  const text = String(value ?? '').toLowerCase()
  if (YES.includes(text)) return true
  if (NO.includes(text)) return false
  throw fault(`"home" is ${JSON.stringify(value ?? '')}; it must be 1 or 0, true or false`)
}
