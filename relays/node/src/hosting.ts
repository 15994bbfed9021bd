// Which realms the relay serves while it runs: its own, and those in its folder that the operator's lists let in. A file that comes,
// changes or goes takes effect within seconds; so does a ban.

import { unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Verifier } from '@megabrain/island/node'
import type { RelayMesh } from '@megabrain/mesh/node'
import type { Access } from './admin/access.ts'
import { writeDurably } from './data-folder.ts'
import { folderStamp, MAX_HOSTED, readRealmFile, readRealmFolder } from './hosted-realms.ts'
import type { HostedRealm, RealmFolder } from './hosted-realms.ts'
import type { Log } from './log.ts'

export interface Hosting {
  /** Those that are served beside the own one. */
  realms(): readonly HostedRealm[]
  /** Whether one more fits. */
  hasRoom(): boolean
  /** Looks at the folder and the lists again, now. */
  look(): Promise<void>
  /** Puts a signed document into the folder and serves it if the lists let it in. @returns its id, or what is wrong with it */
  add(document: Uint8Array): Promise<{ readonly id: string } | { readonly fault: string }>
  /** Takes the files of a realm out of the folder. */
  remove(id: string): Promise<boolean>
  /** Waits for what is being changed. */
  close(): Promise<void>
}

export interface HostingOptions {
  readonly data: string
  readonly own: string
  readonly mesh: Pick<RelayMesh, 'host' | 'unhost'>
  readonly verifier: Pick<Verifier, 'join' | 'leave' | 'revise' | 'tell'>
  /** What was served at the start. */
  readonly first: readonly HostedRealm[]
  readonly access: () => Access
  readonly log: Log
}

/** How often the folder of realms is looked at. */
const FOLDER_INTERVAL_MS = 2_000
/** Statements handed over at a time: fewer than a member has under check. */
const TOLD_AT_ONCE = 128

/** What of a folder the lists let in. */
export function admitted(realms: readonly HostedRealm[], { banned, realmAdmission }: Access): readonly HostedRealm[] {
  return realmAdmission === 'own' ? [] : realms.filter(({ id }) => !banned.realms.includes(id))
}

export function openHosting(options: HostingOptions): Hosting {
  const { data, own, mesh, verifier, access, log } = options
  const served = new Map(options.first.map((realm) => [realm.id, realm]))
  const told = new Set<string>()
  let waiting: RealmFolder['statements'] = []
  let stamp = ''
  let looking: Promise<void> = Promise.resolve()

  const nameOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
  const tellSome = (): void => {
    for (const { realm, bytes } of waiting.slice(0, TOLD_AT_ONCE)) {
      verifier.tell(realm, bytes)
      told.add(nameOf(bytes))
    }
    waiting = waiting.slice(TOLD_AT_ONCE)
  }

  async function serve(realm: HostedRealm): Promise<void> {
    try {
      await verifier.join({ document: realm.document, mesh: await mesh.host(realm.id) })
      served.set(realm.id, realm)
      log.write('info', 'realm-hosted', { realm: realm.id, name: realm.realm.name })
    } catch (error) {
      await mesh.unhost(realm.id)
      log.write('error', 'realm-not-hosted', { realm: realm.id, why: String(error) })
    }
  }

  async function drop(id: string): Promise<void> {
    served.delete(id)
    await mesh.unhost(id)
    await verifier.leave(id)
    log.write('info', 'realm-dropped', { realm: id })
  }

  async function compare(isFirst: boolean): Promise<void> {
    const { realms, statements, faults } = readRealmFolder(data, own)
    const wanted = admitted(realms, access())
    for (const id of [...served.keys()]) if (!wanted.some((realm) => realm.id === id)) await drop(id)
    for (const realm of wanted) {
      if (served.has(realm.id)) verifier.revise(realm.id, realm.document)
      else await serve(realm)
    }
    waiting = statements.filter(({ bytes }) => !told.has(nameOf(bytes)))
    tellSome()
    if (isFirst) return
    for (const { file, fault } of faults) log.write('warn', 'realm-file-ignored', { file, fault })
  }

  /** One at a time: hosting takes a while, and files change meanwhile. */
  function look(isForced: boolean): Promise<void> {
    looking = looking.then(async () => {
      tellSome()
      const now = folderStamp(data)
      if (now === stamp && !isForced) return
      const isFirst = stamp === ''
      stamp = now
      await compare(isFirst)
    }).catch((error: unknown) => log.write('error', 'realm-folder-failed', { message: String(error) }))
    return looking
  }

  void look(true)
  const timer = setInterval(() => void look(false), FOLDER_INTERVAL_MS)
  return {
    realms: () => [...served.values()],
    hasRoom: () => readRealmFolder(data, own).realms.length < MAX_HOSTED,
    look: () => look(true),
    async add(document) {
      const read = readRealmFile(document)
      if (typeof read === 'string') return { fault: read }
      if (read.id === own) return { fault: 'it is this relay\'s own realm' }
      writeDurably(join(data, 'realms', `${read.id}.realm`), document)
      await look(true)
      return served.has(read.id) ? { id: read.id } : { fault: 'it is in the folder, but the lists or the number of realms keep it out' }
    },
    async remove(id) {
      const files = readRealmFolder(data, own).realms.filter((realm) => realm.id === id).flatMap(({ files: names }) => names)
      for (const file of files) unlinkSync(join(data, 'realms', file))
      await look(true)
      return files.length > 0
    },
    async close() {
      clearInterval(timer)
      await looking
    },
  }
}
