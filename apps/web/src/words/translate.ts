// The catalogue of everything the page says, and the language it says it in. English comes with the page; another language is fetched
// when it is wanted. Components call `t` while they draw, and the whole page is drawn anew when the language changes.

import { createInstance } from 'i18next'
import { createSignal, type Source } from '../visit/source.ts'
import type donate from './languages/en/donate.json'
import type evolution from './languages/en/evolution.json'
import type genotypes from './languages/en/genotypes.json'
import type help from './languages/en/help.json'
import type laboratory from './languages/en/laboratory.json'
import type lineage from './languages/en/lineage.json'
import type mesh from './languages/en/mesh.json'
import type play from './languages/en/play.json'
import type realms from './languages/en/realms.json'
import type relay from './languages/en/relay.json'
import type settings from './languages/en/settings.json'
import shell from './languages/en/shell.json' with { type: 'json' }
import state from './languages/en/state.json' with { type: 'json' }
import welcome from './languages/en/welcome.json' with { type: 'json' }

/** What the page says before the first click and around every view. */
const first = { shell, state, welcome }

interface English extends Readonly<typeof first> {
  readonly donate: typeof donate
  readonly evolution: typeof evolution
  readonly genotypes: typeof genotypes
  readonly help: typeof help
  readonly laboratory: typeof laboratory
  readonly lineage: typeof lineage
  readonly mesh: typeof mesh
  readonly play: typeof play
  readonly realms: typeof realms
  readonly relay: typeof relay
  readonly settings: typeof settings
}
/** A part of the catalogue: one file in each language's folder. */
export type Area = keyof English

/** Their own names, as a visitor looks for them. */
export const languages = { en: 'English', zh: '中文', es: 'Español', de: 'Deutsch', fr: 'Français' } as const
export type Language = keyof typeof languages

type Paths<Node> = { [Key in keyof Node & string]: Node[Key] extends string ? Key : `${Key}.${Paths<Node[Key]>}` }[keyof Node & string]
type WithoutPlural<Key> = Key extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : Key
/** `shell.view.mesh`; a message with `_one` and `_other` forms is named without them and takes `count`. */
export type MessageName = WithoutPlural<Paths<English>>

const files = import.meta.glob<Record<string, unknown>>('./languages/*/*.json', { import: 'default' })

const catalogue = createInstance()
void catalogue.init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: first } },
  interpolation: { escapeValue: false },
  initAsync: false,
})
const spoken = createSignal<Language>('en')
export const language: Source<Language> = spoken
const opened = new Set<Area>(Object.keys(first) as Area[])

/** One message in the language of the page. Values are text, never markup: React writes them. */
export function t(name: MessageName, values?: Readonly<Record<string, string | number>>): string {
  return values === undefined ? catalogue.t(name) : catalogue.t(name, values)
}

/** Fetches what a view says, before it is drawn. What a language lacks is said in English. */
export async function openArea(area: Area): Promise<void> {
  opened.add(area)
  await Promise.all([load('en', area), load(spoken.current(), area)])
}

/** Speaks it once everything that is open is here. */
export async function speak(wanted: Language): Promise<void> {
  await Promise.all([...opened].map((area) => load(wanted, area)))
  await catalogue.changeLanguage(wanted)
  globalThis.document?.documentElement.setAttribute('lang', wanted)
  spoken.set(wanted)
}

async function load(wanted: Language, area: Area): Promise<void> {
  if (catalogue.getResource(wanted, 'translation', area) !== undefined) return
  const messages = await files[`./languages/${wanted}/${area}.json`]?.()
  catalogue.addResourceBundle(wanted, 'translation', { [area]: messages ?? {} }, true)
}

/** The first of these that the page speaks. @param wanted language tags by preference */
export function bestLanguage(wanted: readonly string[]): Language {
  const known = Object.keys(languages) as Language[]
  for (const tag of wanted) {
    const found = known.find((name) => tag.toLowerCase().split('-')[0] === name)
    if (found !== undefined) return found
  }
  return 'en'
}
