// One round of the proof that storage trouble costs nobody who they are nor what they keep: a quota of 20 MB that is used up, a database
// that is deleted under the island, a renderer that is killed. After each the page is opened again and must have all of it.

import type { BrowserContext } from 'playwright'
import { until } from '../until.ts'
import { openTab, runnerProcess, type BrowserTab } from './browser-tabs.ts'

export const faults = ['quota', 'delete', 'kill'] as const
export type Fault = (typeof faults)[number]

export interface Round {
  readonly fault: Fault
  readonly sameAuthor: boolean
  readonly pinnedKept: boolean
  /** Fitness of the best champion before and after. */
  readonly before: number
  readonly after: number
  /** From opening the page anew until it evolves, ms. */
  readonly startMs: number
}

const QUOTA_BYTES = 20_000_000
const FILLER = 'filler'

/** @param tab runs and has something pinned. @returns also the tab that runs afterwards */
export async function storageRound(profile: BrowserContext, url: string, tab: BrowserTab, fault: Fault): Promise<{ readonly round: Round; readonly tab: BrowserTab }> {
  const [author, pinned, before] = [await tab.visitor.author(), await pinnedOf(tab), (await tab.visitor.champion()).fitness]
  const session = await profile.newCDPSession(tab.page)
  if (fault === 'quota') {
    await session.send('Storage.overrideQuotaForOrigin', { origin: url, quotaSize: QUOTA_BYTES })
    // The browser counts what is stored with some delay.
    await until('the quota is used up', async () => (await tab.page.evaluate(fillStorage, FILLER)) === 'QuotaExceededError', { timeoutMs: 60_000 })
    await until('it goes on without room', async () => (await tab.visitor.phase()) === 'running')
  } else if (fault === 'delete') {
    await tab.page.evaluate(deleteDatabase, 'megabrain')
    await until('it is stored again', () => tab.page.evaluate(hasRows, 'megabrain'), { timeoutMs: 6_000 })
  } else process.kill(await runnerProcess(profile), 'SIGKILL')

  await tab.page.close().catch(() => undefined)
  const since = performance.now()
  const next = await openTab(profile, url, 'again')
  await next.visitor.begin()
  const startMs = performance.now() - since
  const after = await until('it has its champion', async () => (await next.visitor.champion()).fitness || undefined, { timeoutMs: 20_000 })
  const now = await until('it lists what is kept', async () => {
    const kept = await pinnedOf(next)
    return kept.length >= pinned.length ? kept : undefined
  }, { timeoutMs: 10_000 }).catch((): string[] => [])
  if (fault === 'quota') {
    const again = await profile.newCDPSession(next.page)
    await next.page.evaluate(deleteDatabase, FILLER)
    await again.send('Storage.overrideQuotaForOrigin', { origin: url })
  }
  const round = { fault, sameAuthor: await next.visitor.author() === author, pinnedKept: pinned.every((cid) => now.includes(cid)), before, after, startMs }
  return { round, tab: next }
}

/** Keeps the best verified result of the list for good. */
export async function pinBest({ visitor }: BrowserTab): Promise<void> {
  await visitor.until('sees a verified result', () => visitor.shows('pin'), { timeoutMs: 60_000 })
  await visitor.one('pin')
  await visitor.tab.click('[data-testid="pin"]')
}

/** CIDs that the list shows as kept. */
async function pinnedOf({ page, visitor }: BrowserTab): Promise<string[]> {
  await visitor.see('feed-entry')
  return page.evaluate(() => [...document.querySelectorAll<HTMLElement>('[data-testid="feed-entry"]')]
    .filter((entry) => entry.querySelector<HTMLInputElement>('[data-testid="pin"]')?.checked === true).map(({ dataset }) => dataset['cid'] ?? ''))
}

/** @returns the name of the error that ended it */
async function fillStorage(name: string): Promise<string | undefined> {
  const opening = indexedDB.open(name, 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore('rows')
  await new Promise((resolve) => { opening.onsuccess = opening.onerror = resolve })
  if (opening.error !== null) return opening.error.name
  let met: string | undefined
  // Ever smaller pieces, until not even a row of ours fits.
  for (const size of [1_048_576, 65_536, 4_096, 512]) {
    const bytes = new Uint8Array(size)
    let fault: string | undefined
    for (let row = 0; row < 64 && fault === undefined; row++) {
      for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65_536)))
      const writing = opening.result.transaction('rows', 'readwrite')
      writing.objectStore('rows').put(bytes, `${size}/${row}`)
      fault = await new Promise((resolve) => {
        writing.onabort = () => resolve(writing.error?.name)
        writing.oncomplete = () => resolve(undefined)
      })
    }
    met ??= fault
  }
  opening.result.close()
  return met
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = () => resolve()
    request.onerror = () => reject(request.error ?? new Error('It could not be deleted'))
  })
}

async function hasRows(name: string): Promise<boolean> {
  if (!(await indexedDB.databases()).some((database) => database.name === name)) return false
  const opening = indexedDB.open(name)
  await new Promise((resolve) => { opening.onsuccess = opening.onerror = resolve })
  if (opening.error !== null) return false
  const database = opening.result
  try {
    if (!database.objectStoreNames.contains('rows')) return false
    const counting = database.transaction('rows').objectStore('rows').count(IDBKeyRange.bound('pin/', 'pin/\uffff'))
    await new Promise((resolve) => { counting.onsuccess = counting.onerror = resolve })
    return counting.result > 0
  } finally {
    database.close()
  }
}
