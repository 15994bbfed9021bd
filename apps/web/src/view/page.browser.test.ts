// The components in real Chromium: what a visitor can see, read and press.

import { createElement, type ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { alwaysAllowed, withHour } from '@megabrain/island'
import type { Command, Snapshot } from '@megabrain/island'
import '../style/index.css'
import { company, idle, lonely, running } from '../example/snapshots.ts'
import type { MeshState } from '../visit/mesh-watch.ts'
import { pageOf } from '../example/page.ts'
import { keptSentence } from '../words/kept.ts'
import { parseRoute, type ViewName } from '../visit/route.ts'
import { ObstaclePage } from './welcome/obstacle-page.tsx'
import { shownViews } from './views.ts'
import { Welcome } from './welcome/welcome.tsx'

let root: Root
let sent: Command[]

beforeEach(() => {
  document.body.innerHTML = '<div id="page"></div>'
  root = createRoot(document.getElementById('page')!)
  sent = []
})
afterEach(() => root.unmount())

async function show(node: ReactNode): Promise<void> {
  root.render(node)
  await expect.poll(() => document.querySelector('main')).not.toBeNull()
}

const page = (view: ViewName, snapshot: Snapshot, mesh?: MeshState): ReactNode => pageOf(view, snapshot, (command) => void sent.push(command), mesh)

const all = (id: string): readonly HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)]
const one = (id: string): HTMLElement => {
  const [element] = all(id)
  if (element === undefined) throw new Error(`Nothing on the page has the test id "${id}"`)
  return element
}

describe('before the click', () => {
  test('Start asks first; Not now and Escape start nothing', async () => {
    let starts = 0
    await show(createElement(Welcome, { needsConsent: true, kept: undefined, onStart: () => void starts++ }))
    for (const leave of [
      () => [...document.querySelectorAll('button')].find((button) => button.textContent === 'Not now')?.click(),
      () => (one('consent') as HTMLDialogElement).close(),
    ]) {
      one('start').click()
      await expect.poll(() => all('consent').length).toBe(1)
      expect(one('consent').matches(':modal')).toBe(true)
      leave()
      await expect.poll(() => all('consent').length).toBe(0)
    }
    expect(starts).toBe(0)
  })

  test('agreeing starts once', async () => {
    let starts = 0
    await show(createElement(Welcome, { needsConsent: true, kept: undefined, onStart: () => void starts++ }))
    one('start').click()
    await expect.poll(() => all('consent-accept').length).toBe(1)
    one('consent-accept').click()
    await expect.poll(() => starts).toBe(1)
    await expect.poll(() => (one('start') as HTMLButtonElement).disabled).toBe(true)
    expect(all('consent')).toEqual([])
  })

  test('who agreed before reads what was kept and starts with one click', async () => {
    let starts = 0
    await show(createElement(Welcome, { needsConsent: false, kept: keptSentence(running), onStart: () => void starts++ }))
    expect(one('kept').textContent).toContain('generation 118')
    one('start').click()
    await expect.poll(() => starts).toBe(1)
  })

  test('a page that cannot run says why and what would help', async () => {
    await show(
      createElement(ObstaclePage, { obstacle: { kind: 'insecure', host: '192.0.2.7:8787', localAddress: 'http://localhost:8787/' } }),
    )
    expect(one('insecure').textContent).toContain('https')
    expect(one('insecure').querySelector('a')?.href).toBe('http://localhost:8787/')
    root.render(createElement(ObstaclePage, { obstacle: { kind: 'missing', features: ['Web Locks', 'WebRTC'] } }))
    await expect.poll(() => document.body.textContent).toContain('Web Locks and WebRTC')
  })
})

describe('after the click', () => {
  test('home tells the numbers, the state and what happened', async () => {
    await show(page('donate', running))
    expect(one('phase').dataset['phase']).toBe('running')
    await expect.poll(() => all('best-here').map(({ textContent }) => textContent)).toEqual(['972,410'])
    expect(one('best-mesh').textContent).toBe('991,200')
    expect(one('duty').dataset['measured']).toBe('24.6')
    expect(one('champion').dataset['cid']).toBe(running.champion?.cid)
    expect(all('adoption')[0]?.dataset['parent']).toBe(running.adoptions[0]?.parent)
    expect(all('log-entry').map((row) => row.dataset['kind'])).toEqual(running.log.map((entry) => entry.kind).toReversed())
    expect(document.title).toBe('Evolving · Donate · Megabrain')
  })

  test('the mesh view tells the company and what was refused', async () => {
    await show(page('mesh', running))
    await expect.poll(() => all('mesh').map(({ dataset }) => dataset['self'])).toEqual([company.self])
    expect(all('mesh-neighbour').map((row) => row.dataset['transport'])).toEqual(['websocket', 'webrtc', 'webrtc', 'circuit'])
    expect(all('refusal').find((row) => row.dataset['reason'] === 'not-reproduced')?.dataset['count']).toBe('2')
  })

  test('the champion plays, can be held and then goes step by step', async () => {
    await show(page('donate', running))
    await expect.poll(() => all('champion-stage').length).toBe(1)
    const step = (): number => Number(one('champion-stage').dataset['step'])
    await expect.poll(step).toBeGreaterThan(3)
    const press = (name: string): void => document.querySelector<HTMLElement>(`button[aria-label="${name}"]`)?.click()
    press('Hold the picture')
    await expect.poll(() => document.querySelector('button[aria-label="One step on"]')).not.toBeNull()
    const held = step()
    press('One step on')
    await expect.poll(step).toBe(held + 1)
  })

  test('buttons, task and settings become commands', async () => {
    await show(page('donate', running))
    await expect.poll(() => all('task').length).toBe(1)
    one('pause').click()
    one('stop').click()
    const select = one('task') as HTMLSelectElement
    select.value = 'xor'
    select.dispatchEvent(new Event('change', { bubbles: true }))
    root.render(page('settings', running))
    await expect.poll(() => all('hidden').length).toBe(1)
    one('hidden').click()
    document.querySelector<HTMLElement>('[aria-label="Wednesday 5:00"]')?.click()
    expect(sent).toEqual([
      { kind: 'pause' },
      { kind: 'stop' },
      { kind: 'configure', settings: { task: 'xor' } },
      { kind: 'configure', settings: { runWhenHidden: true } },
      { kind: 'configure', settings: { schedule: withHour(alwaysAllowed, 2, 5, false) } },
    ])
    root.render(page('donate', { ...running, phase: 'paused', reason: 'battery' }))
    await expect.poll(() => all('resume').length).toBe(1)
    await expect.poll(() => document.body.textContent).toContain('runs on battery')
  })

  test('keys: pause, the list of keys, and everything by name', async () => {
    await show(page('donate', running))
    const press = (key: string): unknown => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
    press(' ')
    expect(sent).toEqual([{ kind: 'pause' }])
    press('?')
    await expect.poll(() => document.querySelector('dialog')?.matches(':modal')).toBe(true)
    document.querySelector<HTMLElement>('dialog button')?.click()
    await expect.poll(() => document.querySelector('dialog')).toBeNull()
    press('/')
    await expect.poll(() => document.activeElement?.getAttribute('role')).toBe('combobox')
    press('ArrowDown')
    await expect.poll(() => document.querySelector('[aria-selected="true"]')?.textContent).toBe('Evolution')
    press('Enter')
    await expect.poll(() => parseRoute(location.hash).view).toBe('evolution')
  })

  test('a watching tab says so, and a lone island too', async () => {
    await show(page('donate', { ...running, watching: true }, { kind: 'open', view: lonely }))
    await expect.poll(() => all('watching').length).toBe(1)
    expect(one('company').dataset['alone']).toBe('true')
    root.render(page('mesh', running, { kind: 'open', view: lonely }))
    await expect.poll(() => all('relay').map(({ dataset }) => dataset['state'])).toEqual(['waiting'])
  })

  test('an island without any result yet is drawn too', async () => {
    const starting = { ...idle, phase: 'starting', reason: undefined } as const
    await show(page('donate', starting, { kind: 'loading', reason: undefined }))
    await expect.poll(() => all('champion').map(({ dataset }) => dataset['cid'])).toEqual([''])
    root.render(page('evolution', starting))
    await expect.poll(() => all('fitness-chart').length).toBe(1)
    expect(one('fitness-chart').querySelector('svg')).toBeNull()
  })

  test('text from strangers stays text', async () => {
    const evil = '<img src=x onerror="document.title=1">'
    const adoption = { ...running.adoptions[0]!, via: evil, author: evil, task: evil }
    await show(page('donate', { ...running, adoptions: [adoption], log: [{ id: 1, time: 0, kind: 'adopted', adoption }] }))
    await expect.poll(() => all('adoption').length).toBe(1)
    expect(document.querySelector('main img')).toBeNull()
  })

  test('evolution is drawn, counted by another axis when asked, and told as a table', async () => {
    await show(page('evolution', running))
    await expect.poll(() => document.querySelectorAll('canvas').length).toBe(4)
    expect(document.querySelectorAll('[role="img"][aria-label]').length).toBeGreaterThanOrEqual(4)
    expect(document.querySelectorAll('details tbody tr').length).toBe(Math.min(40, running.history.length))
    const axis = document.querySelector<HTMLSelectElement>('.evolution-tools select')!
    axis.value = 'generation'
    axis.dispatchEvent(new Event('change', { bubbles: true }))
    await expect.poll(() => parseRoute(location.hash).words.get('x')).toBe('generation')
  })

  test.each(shownViews)('nothing in %s is wider than a small phone', async (view) => {
    const phone = document.getElementById('page')!
    phone.style.width = '360px'
    await show(page(view, running))
    await expect.poll(() => document.querySelector('main .panel')).not.toBeNull()
    expect(phone.scrollWidth).toBeLessThanOrEqual(360)
  })
})
