// Light, dark or as the system has it: remembered, and in force before the page is drawn.

import type { Drawer } from './remembered.ts'

export const appearances = ['system', 'light', 'dark'] as const
export type Appearance = (typeof appearances)[number]

const KEY = 'megabrain.appearance'

export function rememberedAppearance(drawer: Drawer): Appearance {
  try {
    return appearances.find((known) => known === drawer.getItem(KEY)) ?? 'system'
  } catch {
    return 'system'
  }
}

/** Puts it in force; the colours are `light-dark()` pairs and follow. */
export function appear(page: Document, appearance: Appearance): void {
  page.documentElement.style.colorScheme = appearance === 'system' ? '' : appearance
}

export function chooseAppearance(page: Window, appearance: Appearance): void {
  appear(page.document, appearance)
  try {
    page.localStorage.setItem(KEY, appearance)
  } catch {
    // It holds until the page is closed.
  }
}
