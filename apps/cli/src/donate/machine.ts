// What a machine without a page says of itself: how busy others keep it, whether somebody sits at it, whether it runs on its
// battery. Read from the system once every few seconds; what is decided from it is the donation engine's business.

import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { cpus } from 'node:os'
import { promisify } from 'node:util'

export interface MachineReading {
  /** Share of all cores that others use, per cent; undefined on the first reading. A container sees the whole machine here. */
  readonly otherLoadPercent: number | undefined
  readonly inUse: boolean
  readonly onBattery: boolean
}

export interface Machine {
  read(): Promise<MachineReading>
}

interface Ticks {
  readonly busyMs: number
  readonly allMs: number
  readonly ownMs: number
}

/** As BOINC: a machine is in use until nothing was typed for three minutes. */
const IDLE_MS = 3 * 60_000
const SUPPLIES = '/sys/class/power_supply'
const run = promisify(execFile)

export function openMachine(): Machine {
  let before: Ticks | undefined
  let ownTerminal: Promise<number | undefined> | undefined
  let hasLogind = true

  /** Whether a desktop says that it is in use. One that never says so counts as in use while somebody is logged in. */
  async function isDesktopInUse(): Promise<boolean> {
    if (!hasLogind || process.platform !== 'linux') return false
    try {
      const question = ['show-seat', 'seat0', '--property=IdleHint', '--property=ActiveSession']
      const { stdout } = await run('loginctl', question, { timeout: 2_000 })
      return /^IdleHint=no$/m.test(stdout) && /^ActiveSession=.+$/m.test(stdout)
    } catch {
      hasLogind = false
      return false
    }
  }

  return {
    async read() {
      const now = ticks()
      const otherLoadPercent = before === undefined ? undefined : otherLoad(before, now)
      before = now
      ownTerminal ??= controllingTerminal()
      const [isTyped, isDesktop, onBattery] = await Promise.all([isTerminalInUse(await ownTerminal), isDesktopInUse(), isOnBattery()])
      return { otherLoadPercent, inUse: isTyped || isDesktop, onBattery }
    },
  }
}

function ticks(): Ticks {
  const { user, system } = process.cpuUsage()
  let [busyMs, allMs] = [0, 0]
  for (const { times } of cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq
    busyMs += busy
    allMs += busy + times.idle
  }
  return { busyMs, allMs, ownMs: (user + system) / 1_000 }
}

/** Clocks tick in steps of 10 ms: a difference may come out a little below nothing. */
function otherLoad(before: Ticks, now: Ticks): number | undefined {
  const all = now.allMs - before.allMs
  if (all <= 0) return undefined
  const others = now.busyMs - before.busyMs - (now.ownMs - before.ownMs)
  return Math.min(100, Math.max(0, others * 100 / all))
}

/** Whoever types at a console or over SSH touches the terminal. The one that started the donor does not count. */
async function isTerminalInUse(own: number | undefined): Promise<boolean> {
  const consoles = (await readdir('/dev').catch(() => [])).filter((name) => /^tty(\d+|S\d+)$/.test(name)).map((name) => `/dev/${name}`)
  const remote = (await readdir('/dev/pts').catch(() => [])).filter((name) => /^\d+$/.test(name)).map((name) => `/dev/pts/${name}`)
  const touched = await Promise.all([...consoles, ...remote].map(async (path) => {
    const { atimeMs, rdev } = await stat(path).catch(() => ({ atimeMs: 0, rdev: undefined }))
    return rdev === own ? 0 : atimeMs
  }))
  return touched.some((at) => Date.now() - at < IDLE_MS)
}

/** Field 7 of /proc/self/stat; the name in field 2 may hold blanks. */
async function controllingTerminal(): Promise<number | undefined> {
  const text = await readFile('/proc/self/stat', 'utf8').catch(() => '')
  const number = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[4])
  return number > 0 ? number : undefined
}

async function isOnBattery(): Promise<boolean> {
  const names = await readdir(SUPPLIES).catch(() => [])
  const states = await Promise.all(names.map(async (name) => {
    const read = (field: string): Promise<string> => readFile(`${SUPPLIES}/${name}/${field}`, 'utf8').then((text) => text.trim(), () => '')
    // A mouse has a battery too; its scope is `Device`.
    return await read('type') === 'Battery' && await read('scope') !== 'Device' && await read('status') === 'Discharging'
  }))
  return states.includes(true)
}
