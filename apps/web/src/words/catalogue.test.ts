// The catalogue is whole: every language says everything that English says, with the same values in it, and components say nothing of their own.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { bestLanguage, languages } from './translate.ts'

const folder = join(import.meta.dirname, 'languages')
const views = join(import.meta.dirname, '../view')
const areas = readdirSync(join(folder, 'en'))

/** Paths of all messages, each with the values that it has room for; plural forms count as one. */
function messages(node: unknown, path = ''): string[] {
  if (typeof node !== 'string') return Object.entries(node as object).flatMap(([key, value]) => messages(value, `${path}.${key}`))
  const values = [...node.matchAll(/\{\{\w+\}\}/g)].map(([value]) => value)
  return [`${path.replace(/_(one|other)$/, '')} ${path.includes('_') ? '' : values.toSorted().join(' ')}`]
}

const read = (language: string, area: string): string[] => [...new Set(messages(JSON.parse(readFileSync(join(folder, language, area), 'utf8'))))].toSorted()

describe.each(Object.keys(languages))('%s', (language) => {
  test.each(areas)('says all of %s', (area) => {
    expect(read(language, area)).toEqual(read('en', area))
  })
})

/** Components with words of their own; the list only shrinks. */
const stillToMove = [
  'donate/credit-panel.tsx', 'genotypes/feed-panel.tsx', 'genotypes/network-drawing.tsx', 'genotypes/network-table.tsx', 'laboratory/experiment-panel.tsx',
  'mesh/leaving-panel.tsx', 'qr-code.tsx', 'realms/governance-panel.tsx', 'realms/realms-panel.tsx', 'settings/keeping-panel.tsx', 'settings/machines-panel.tsx',
  'stage/cart-picture.tsx', 'stage/questions-stage.tsx', 'stage/stage-controls.tsx', 'welcome/obstacle-page.tsx',
]
/** The same in every language. */
const names = ['Megabrain', 'CSV', 'PNG', 'Space']

const said = ['aria-label', 'title', 'placeholder', 'alt', 'label', 'note', 'what', 'short']

function ownWords(path: string): string[] {
  const found: string[] = []
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node) && /\p{L}{2}/u.test(node.text) && !names.includes(node.text.trim())) found.push(node.text.trim())
    if (ts.isJsxAttribute(node) && said.includes(node.name.getText()) && node.initializer !== undefined && ts.isStringLiteral(node.initializer) && /\p{L}{2}/u.test(node.initializer.text) && !names.includes(node.initializer.text)) {
      found.push(node.initializer.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

test('components take their words from the catalogue', () => {
  const files = readdirSync(views, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx') && !name.includes('.test.'))
  const speaking = files.filter((name) => ownWords(join(views, name)).length > 0).map((name) => relative('.', name))
  expect(speaking.toSorted()).toEqual(stillToMove)
})

test.each([
  [['de-AT', 'en'], 'de'],
  [['pt-BR', 'fr-CA'], 'fr'],
  [['zh-Hant-TW'], 'zh'],
  [['ja'], 'en'],
  [[], 'en'],
] as const)('who prefers %j reads %s', (wanted, language) => {
  expect(bestLanguage(wanted)).toBe(language)
})
