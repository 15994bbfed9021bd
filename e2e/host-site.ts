// Somebody else's site: a tiny web server that shows pages with the relay's element, under the policy that the test gives it. Its
// name is `localhost`, the relay's is 127.0.0.1, so that browsers see two sites.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SitePage {
  readonly html: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Loader {
  /** Origin of loader and frame. */
  readonly origin: string
  readonly script: string
  readonly integrity: string
}

export class HostSite {
  readonly #server: Server
  readonly #pages = new Map<string, SitePage>()

  constructor() {
    this.#server = createServer((request, response) => {
      const page = this.#pages.get(new URL(request.url ?? '/', 'http://localhost').pathname)
      response.writeHead(page === undefined ? 404 : 200, { 'Content-Type': 'text/html; charset=utf-8', ...page?.headers })
      response.end(page?.html ?? '')
    })
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return this
  }

  get origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  /** @returns the page's address */
  show(path: string, page: SitePage): string {
    this.#pages.set(path, page)
    return this.origin + path
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }
}

/** What the relay's page for site owners tells them to copy. */
export async function loaderOf(relayUrl: string): Promise<Loader> {
  const html = await (await fetch(`${relayUrl}/embed/`)).text()
  const [, text] = /id="megabrain-loader">([^<]*)</.exec(html) ?? []
  if (text === undefined) throw new Error(`The relay has no page for site owners: ${html.slice(0, 200)}`)
  const { origin, path, integrity } = JSON.parse(text) as { origin: string; path: string; integrity: string }
  return { origin, script: origin + path, integrity }
}

export function scriptTag({ script, integrity }: Loader): string {
  return `<script src="${script}" integrity="${integrity}" crossorigin="anonymous" defer></script>`
}

/** @param attributes of the element, as HTML */
export function pageWith(loader: Loader, attributes = '', more = ''): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>A site</title><h1>Somebody's site</h1>${scriptTag(loader)}<mega-brain ${attributes}></mega-brain>${more}`
}
