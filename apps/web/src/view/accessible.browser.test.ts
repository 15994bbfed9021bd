// Every view, in both themes, by the rules of axe (WCAG 2.2 A and AA and best practices).

import axe from 'axe-core'
import { createElement } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pageOf } from '../example/page.ts'
import { running } from '../example/snapshots.ts'
import '../style/index.css'
import { KeySheet } from './key-sheet.tsx'
import { Palette } from './palette.tsx'
import { shownViews } from './views.ts'
import { Welcome } from './welcome/welcome.tsx'

let root: Root

beforeEach(() => {
  document.documentElement.lang = 'en'
  document.title = 'Megabrain'
  document.body.innerHTML = '<div id="page"></div>'
  root = createRoot(document.getElementById('page')!)
})
afterEach(() => {
  root.unmount()
  document.documentElement.style.colorScheme = ''
})

const faults = async (): Promise<string[]> => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] })
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(' ')}`)
}

const themes = ['light', 'dark'] as const
const cases = shownViews.flatMap((view) => themes.map((theme) => ({ view, theme })))

test.each(cases)('$view, $theme', async ({ view, theme }) => {
  document.documentElement.style.colorScheme = theme
  root.render(pageOf(view, running, () => undefined))
  await expect.poll(() => document.querySelector('main .panel')).not.toBeNull()
  expect(await faults()).toEqual([])
})

test.each(themes)('the page before the click, %s', async (theme) => {
  document.documentElement.style.colorScheme = theme
  root.render(createElement(Welcome, { needsConsent: true, kept: undefined, onStart: () => undefined }))
  await expect.poll(() => document.querySelector('main')).not.toBeNull()
  expect(await faults()).toEqual([])
})

test('the palette and the sheet of keys', async () => {
  root.render(createElement('main', {}, createElement('h1', {}, 'Megabrain'), createElement(Palette, { snapshot: running, command: () => undefined, onClose: () => undefined })))
  await expect.poll(() => document.querySelector('dialog')?.open).toBe(true)
  expect(await faults()).toEqual([])
  root.render(createElement('main', {}, createElement('h1', {}, 'Megabrain'), createElement(KeySheet, { onClose: () => undefined })))
  await expect.poll(() => document.querySelector('dialog .keys')).not.toBeNull()
  expect(await faults()).toEqual([])
})
