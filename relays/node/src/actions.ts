// What the relay's program does beside running: each ends with one answer, in words and as JSON that says the same.

import { existsSync, renameSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Configuration } from './configuration.ts'
import { openDataFolder, readIfThere, writeDurably } from './data-folder.ts'
import { RelayStartError } from './errors.ts'
import { configurationHelp, firstFile } from './help.ts'
import type { Action } from './read-configuration.ts'

export interface RelayAnswer {
  readonly json: unknown
  readonly text: string
  /** 1 when the answer is no. */
  readonly exit: 0 | 1
}

/** @throws RelayStartError in words when it cannot be done */
export async function performAction(action: Exclude<Action, { kind: 'run' }>, configuration: Configuration): Promise<RelayAnswer> {
  switch (action.kind) {
    case 'help':
      return done({ help: configurationHelp() }, configurationHelp())
    case 'init':
      return init(action.file)
    case 'check': {
      const { checkRelay } = await import('./check/check.ts')
      return await checkRelay(configuration, action.of)
    }
    case 'backup': {
      const { backUp } = await import('./backup.ts')
      const report = await backUp(configuration, action.file)
      const { file, bytes, rows, files } = report
      return done(report, `${file} holds the relay: ${rows} rows of its archive and ${files.length} files, ${bytes} bytes.\nWhoever has this file has the relay's keys.`)
    }
    case 'restore': {
      const { restore } = await import('./backup.ts')
      const report = restore(action.file, configuration.data)
      return done(report, `${configuration.data} holds the relay of ${action.file}: ${report.rows} rows of its archive and ${report.files.length} files.\n`
        + 'The settings that it ran with are in restored-settings.json there. Never run it beside the first one: they are the same relay.')
    }
    case 'rotate-identity':
      return await rotateIdentity(configuration)
  }
}

function init(file: string): RelayAnswer {
  if (existsSync(file)) throw new RelayStartError(`--init does not overwrite ${file}`)
  writeDurably(file, Buffer.from(firstFile()))
  const named = relative(process.cwd(), file)
  const commands = [`megabrain relay --config ${named} --check`, `megabrain relay --config ${named}`, `megabrain relay --config ${named} --backup relay.backup`]
  const [check, run, backup] = commands
  return done({ file, next: commands }, `${named} is written: a relay for everybody who can reach this machine. Next:
  ${check}     tries every address and says what does not work
  ${run}             starts it
  ${backup}     copies it while it runs
All settings: megabrain relay --help. In a clone of the project, "npm run -s megabrain -- relay …" is this command.`)
}

/** The peer id changes, the realm and everything in the archive stay. */
async function rotateIdentity(configuration: Configuration): Promise<RelayAnswer> {
  const { openPeerKey } = await import('./identity.ts')
  const { peerIdOfKey } = await import('@megabrain/mesh/node')
  const folder = openDataFolder(configuration.data)
  try {
    const keys = join(folder.path, 'keys')
    const old = readIfThere(join(keys, 'peer.key'))
    if (old === undefined) throw new RelayStartError(`There is no identity in ${folder.path} to replace. Set MEGABRAIN_DATA or --data.`)
    const before = peerIdOfKey(await openPeerKey(folder.path))
    const retired = join(keys, `peer-${before}.retired.key`)
    renameSync(join(keys, 'peer.key'), retired)
    const after = peerIdOfKey(await openPeerKey(folder.path))
    return done({ before, after, retired }, `This relay was ${before} and is ${after} now. The old key is ${retired}.
Addresses and links that end in the old peer id lead nowhere from the next start on: hand out new ones, and tell other relays that join this one.
The realm, its owner key and the archive are as they were. To go back, stop the relay and move the old key over ${join(keys, 'peer.key')}.`)
  } finally {
    folder.close()
  }
}

function done(json: unknown, text: string): RelayAnswer {
  return { json, text, exit: 0 }
}
