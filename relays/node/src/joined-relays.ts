// The relays that the operator named with `--join`: asks each for its document, hosts its realms as files in the data folder, and tells the mesh
// where to dial. What they answer is strangers' data: realms count by their owner's signature, addresses by the network they are in.

import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { MAX_REALM_BYTES } from '@megabrain/exchange'
import { classOfAddress, classOfHost, mayDial } from '@megabrain/mesh/node'
import type { JoinedRelay } from '@megabrain/mesh/node'
import { readIfThere, writeDurably } from './data-folder.ts'
import { MAX_HOSTED, readRealmFile, readRealmFolder } from './hosted-realms.ts'
import { isRelayPeer } from './join-address.ts'
import type { JoinAddress } from './join-address.ts'
import type { Log } from './log.ts'
import { WELL_KNOWN_PATH } from './relay-document.ts'

interface Answer {
  readonly peer: string
  readonly addresses: readonly string[]
  /** Signed policies, unchecked. */
  readonly policies: readonly Uint8Array[]
}

const PATIENCE_MS = 5_000
/** A relay that has never met those it joins waits this long for them before it listens, ms: realms are hosted from the start on. */
const FIRST_MEETING_MS = 15_000
const RETRY_MS = 1_000
const MAX_DOCUMENT_BYTES = 1_048_576
/** Its own realm and those that it hosts. */
const MAX_REALMS = MAX_HOSTED + 1
const MAX_ADDRESSES = 8
/** Realms of a relay that did not host ours when it was joined come first on our page; see `listedRealms`. */
export const JOINED = 'joined-'
const SHARED = 'shared-'
const isOfJoin = (file: string): boolean => file.startsWith(JOINED) || file.startsWith(SHARED)

/**
 * Asks each relay once, and at the very first start for up to 15 s, so that their realms are in the folder when this resolves. A relay that
 * does not answer costs a line in the log.
 * @param ownId the own realm, which is never hosted as another's
 * @returns them for the mesh, which asks again before each dial
 */
export async function openJoinedRelays(named: readonly JoinAddress[], data: string, ownId: string, log: Log): Promise<readonly JoinedRelay[]> {
  const isFirst = !readRealmFolder(data, ownId).realms.some(({ files }) => files.some(isOfJoin))
  const until = performance.now() + (isFirst ? FIRST_MEETING_MS : 0)
  const relays = named.map((address) => follow(address, data, ownId, log))
  await Promise.all(relays.map(async ({ ask }) => {
    while (!(await ask()) && performance.now() < until) await pause(RETRY_MS)
  }))
  return relays.map(({ relay }) => relay)
}

function follow(address: JoinAddress, data: string, ownId: string, log: Log): { readonly relay: JoinedRelay; readonly ask: () => Promise<boolean> } {
  const { origin, host, webSocket } = address
  let known: readonly string[] = address.peer === undefined ? [] : [`${webSocket}/p2p/${address.peer}`]
  let trouble: string | undefined

  async function ask(): Promise<boolean> {
    const answer = await documentOf(address)
    const fault = typeof answer === 'string' ? answer : faultIn(() => hostRealms(answer, data, ownId))
    if (fault !== undefined && fault !== trouble) log.write('warn', 'join-failed', { relay: origin, why: fault })
    trouble = fault
    if (typeof answer === 'string') return false
    const isOfIts = (text: string): boolean => text.endsWith(`/p2p/${answer.peer}`) && mayDial(classOfAddress(text), classOfHost(host))
    known = [`${webSocket}/p2p/${answer.peer}`, ...answer.addresses.filter(isOfIts)]
    return true
  }

  return {
    ask,
    relay: {
      host,
      async find() {
        await ask()
        return known
      },
    },
  }
}

/** A newer policy replaces the file of the older one; files that the operator put there are left alone. Never more than a relay hosts. */
function hostRealms({ policies }: Answer, data: string, ownId: string): void {
  const read = policies.map(readRealmFile).filter((realm) => typeof realm !== 'string')
  const hosted = readRealmFolder(data, ownId).realms
  const prefix = read.some(({ id }) => id === ownId) ? SHARED : JOINED
  let room = MAX_HOSTED - hosted.length
  for (const { id, realm, document } of read) {
    const before = hosted.find((candidate) => candidate.id === id)
    if (id === ownId || (before === undefined && room-- <= 0) || (before !== undefined && before.realm.revision >= realm.revision)) continue
    writeDurably(join(data, 'realms', before?.files.find(isOfJoin) ?? `${prefix}${id.slice(0, 16)}.realm`), document)
  }
}

/** @returns what is wrong, in words, when it is no relay's document */
async function documentOf({ origin, peer }: JoinAddress): Promise<Answer | string> {
  let bytes: Uint8Array | undefined
  try {
    // Where a redirect leads is not what the operator named.
    const response = await fetch(`${origin}${WELL_KNOWN_PATH}`, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) })
    if (response.status >= 300 && response.status < 400) return `It answers with a redirect to ${response.headers.get('location')?.slice(0, 200)}: name that`
    if (!response.ok) return `It answers ${response.status}: it is no relay`
    bytes = await readAtMost(response, MAX_DOCUMENT_BYTES)
  } catch {
    return 'It does not answer'
  }
  const answer = bytes === undefined ? undefined : parse(new TextDecoder().decode(bytes))
  if (answer === undefined) return 'It is no relay: its document cannot be read'
  return peer === undefined || peer === answer.peer ? answer : `Another relay answers there: ${answer.peer.slice(0, 64)}`
}

async function readAtMost({ body }: Response, most: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of body ?? []) {
    length += part.length
    if (length > most) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function parse(text: string): Answer | undefined {
  try {
    const { version, peer, addresses, realms } = JSON.parse(text) as Partial<Record<'version' | 'peer' | 'addresses' | 'realms', unknown>>
    if (version !== 1 || !isRelayPeer(peer) || !Array.isArray(addresses) || !Array.isArray(realms)) return undefined
    const policies = realms.slice(0, MAX_REALMS).map((realm: { readonly policy?: unknown } | null) => realm?.policy)
    return {
      peer,
      addresses: addresses.slice(0, MAX_ADDRESSES).filter((address) => typeof address === 'string'),
      policies: policies.filter((policy) => typeof policy === 'string').map((policy) => Buffer.from(policy, 'base64')).filter(({ length }) => length <= MAX_REALM_BYTES),
    }
  } catch {
    return undefined
  }
}

/** Realms in the order in which pages offer them: a visitor of a relay that joined another begins where that one's visitors are. */
export function listedRealms<Own, Hosted extends { readonly files: readonly string[] }>(own: Own, hosted: readonly Hosted[]): readonly (Own | Hosted)[] {
  const isJoined = ({ files }: Hosted): boolean => files.some((file) => file.startsWith(JOINED))
  return [...hosted.filter(isJoined), own, ...hosted.filter((realm) => !isJoined(realm))]
}

/** Records of relays that these told of, in a file of the data folder. Signed, so a damaged one costs nothing but them. */
export function keptRecords(data: string, log: Log): { readonly kept: Uint8Array | undefined; readonly onKept: (records: Uint8Array) => void } {
  const file = join(data, 'relays.records')
  return {
    kept: readIfThere(file),
    onKept(records) {
      const why = faultIn(() => writeDurably(file, records))
      if (why !== undefined) log.write('warn', 'relays-not-kept', { why })
    },
  }
}

/** A full disk is said, and the relay goes on. */
function faultIn(write: () => void): string | undefined {
  try {
    write()
    return undefined
  } catch (error) {
    return `It cannot be written: ${(error as Error).message}`
  }
}
