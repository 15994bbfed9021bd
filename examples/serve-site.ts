// A site of one's own, as its owner would serve it: static files under a strict content security policy. `{{relay}}` in its page becomes
// the relay's address.

import { readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, relative } from 'node:path'

const kinds: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const headers = {
  // The worker compiles its arithmetic from WebAssembly; the mesh opens sockets to relays that it learns of.
  'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; connect-src 'self' http: https: ws: wss:; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-cache',
}

/**
 * @param folders by the path that they are served under, such as `{ '/': 'site', '/megabrain/': 'dist' }`
 * @param port 0: any that is free
 * @returns the site's address
 */
export async function serveSite(folders: Readonly<Record<string, string>>, relay: string, port: number): Promise<string> {
  const files = new Map<string, Buffer>()
  for (const [prefix, folder] of Object.entries(folders)) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name)
      if (entry.isFile() && extname(file) in kinds) files.set(prefix + relative(folder, file), readFileSync(file))
    }
  }
  const server = createServer(({ url = '/' }, response) => {
    const path = new URL(url, 'http://site').pathname
    const name = path.endsWith('/') ? `${path}index.html` : path
    const bytes = files.get(name)
    if (bytes === undefined) return void response.writeHead(404, headers).end()
    const isPage = name.endsWith('.html')
    response.writeHead(200, { ...headers, 'Content-Type': kinds[extname(name)] }).end(isPage ? bytes.toString().replaceAll('{{relay}}', relay) : bytes)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}
