// Two browsers of one owner and a stranger: linked by twelve words, listed, paused together, gone on alone; and what leaves a
// machine, by kind.

import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { playwrightTab } from './chromium.ts'
import { openScene } from './scene.ts'
import { Visitor } from './visitor.ts'

const scene = openScene()

async function open(name: string, url: string): Promise<{ readonly visitor: Visitor; readonly page: Page }> {
  const page = await (await scene.profile()).newPage()
  const visitor = new Visitor(name, playwrightTab(page))
  await visitor.tab.goto(url)
  return { visitor, page }
}

const nameIt = async ({ visitor, page }: { readonly visitor: Visitor; readonly page: Page }, name: string): Promise<void> => {
  await visitor.until('can name this machine', () => visitor.shows('machine-name'))
  const input = page.getByTestId('machine-name')
  await input.fill(name)
  await input.blur()
}

test('twelve words link a second browser; both are listed, pause together and go on; a stranger is not touched', async () => {
  const relay = await scene.relay()
  const [desk, phone] = [await open('desk', relay.url), await open('phone', relay.url)]
  const carol = await scene.visitor('carol', relay.url)
  await Promise.all([desk.visitor.begin(), phone.visitor.begin(), carol.begin()])
  await nameIt(desk, 'Desk')
  await desk.visitor.press('show-words')
  const { text: words } = await desk.visitor.until('shows the words', async () => (await desk.visitor.see('owner-words'))[0])
  expect(words.split(' ')).toHaveLength(12)
  expect(await desk.page.getByTestId('qr').count()).toBeGreaterThanOrEqual(1)

  const before = await phone.visitor.author()
  await phone.visitor.press('link-machine')
  await phone.page.getByTestId('link-words').fill(`${words.split(' ').slice(0, 11).join(' ')} zoo`)
  await phone.visitor.press('link-now')
  await phone.visitor.until('says that a word is wrong', async () => (await phone.visitor.words()).includes('one of them is mistyped'))
  await phone.page.getByTestId('link-words').fill(` ${words.toUpperCase()} `)
  await phone.visitor.press('link-now')
  const owner = await desk.visitor.author()
  await phone.visitor.until('works for the same owner', async () => (await phone.visitor.author()) === owner && owner !== before)
  await phone.visitor.untilPhase('running')
  await nameIt(phone, 'Phone')

  const listed = async (visitor: Visitor) => (await visitor.see('machine')).map(({ data }) => `${data['here']}:${data['phase']}`).join()
  for (const { visitor } of [desk, phone]) await visitor.until('sees both run', async () => (await listed(visitor)) === 'true:running,false:running', { timeoutMs: 30_000 })
  await desk.visitor.until('reads the other’s name', async () => (await desk.visitor.see('machine'))[1]?.text.startsWith('Phone'), { timeoutMs: 30_000 })
  await desk.visitor.keepPicture('machines')

  await phone.visitor.press('ask-machines')
  await desk.visitor.untilPhase('paused: by-owner', { timeoutMs: 10_000, everyMs: 50 })
  await phone.visitor.untilPhase('paused: by-owner')
  expect(await carol.phase()).toBe('running')
  await desk.visitor.press('resume')
  await desk.visitor.untilPhase('running')
  await phone.visitor.press('ask-machines')
  await phone.visitor.untilPhase('running')
  await desk.visitor.press('forget-words')
  await desk.visitor.until('has forgotten the words', async () => (await desk.visitor.see('owner-words')).length === 0)
})

test('the bytes that leave are counted by kind, and a page that saves data joins the mesh anew with fewer neighbours', async () => {
  const relay = await scene.relay()
  const alice = await scene.visitor('alice', relay.url)
  const bob = await scene.visitor('bob', relay.url)
  await Promise.all([alice.begin(), bob.begin()])
  const sent = async (): Promise<Record<string, number>> => Object.fromEntries((await alice.see('traffic')).map(({ data }) => [data['kind'], Number(data['sent'])]))
  await alice.until('counts', async () => {
    const { gossip = 0, heartbeats = 0, introductions = 0, circuits = 0 } = await sent()
    return gossip > 0 && heartbeats > 0 && introductions > 0 && circuits > 0
  }, { timeoutMs: 60_000 })
  const kinds = await sent()
  const together = Number((await alice.one('leaving')).data['sent'])
  expect(together).toBeGreaterThanOrEqual(Object.values(kinds).reduce((sum, bytes) => sum + bytes, 0))
  const peer = await alice.peer()
  await alice.press('low-data')
  await alice.until('is in the mesh anew and counts from zero', async () => {
    const self = (await alice.see('mesh'))[0]?.data['self'] ?? ''
    return self !== '' && self !== peer && Number((await alice.one('leaving')).data['sent']) < together
  }, { timeoutMs: 30_000 })
  await alice.until('meets bob again', () => alice.meets(), { timeoutMs: 60_000 })
  await alice.keepPicture('leaving')
})
