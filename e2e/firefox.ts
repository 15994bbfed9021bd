// A stock Firefox, or the program in FIREFOX, over WebDriver BiDi: no patched build and no preference that a visitor
// would not have, except where a comment says so.

import puppeteer, { type Browser } from 'puppeteer-core'

export function launchFirefox(): Promise<Browser> {
  return puppeteer.launch({ browser: 'firefox', executablePath: process.env['FIREFOX'] ?? '/usr/bin/firefox-esr', headless: true })
}
