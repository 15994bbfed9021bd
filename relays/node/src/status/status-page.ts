// What anybody may know of this relay, without a token: as JSON and as a page without a script. Nobody's address, name or key is in it.

import { createHash } from 'node:crypto'
import { forEverybody, inert } from '../http/headers.ts'
import { json } from '../http/answer.ts'
import type { Responder } from '../http/answer.ts'

export interface Status {
  readonly version: 1
  readonly software: string
  /** Seconds since the start. */
  readonly uptime: number
  /** 0: takes everybody; 1: no new members; 2: no new connections; 3: ends some. */
  readonly load: number
  /** Other relays that it is connected to. */
  readonly relays: number
  readonly realms: readonly { readonly name: string; readonly id: string; readonly members: number; readonly archived: number }[]
  readonly claimsPerHour: number
  /** Bytes on disk. */
  readonly archiveBytes: number
  /** Claims refused since the start, by reason. */
  readonly refused: Readonly<Record<string, number>>
  /** Connections and messages turned away since the start, by reason. */
  readonly shed: Readonly<Record<string, number>>
  /** Evaluator versions by task: who has others measures something else. */
  readonly evaluators: Readonly<Record<string, string>>
}

const style = `
:root{color-scheme:light dark;--ink:#1c2327;--soft:#5b666d;--line:#d9dfe2;--paper:#fbfcfc;--card:#fff;--good:#0b7a53;--bad:#a8480a}
@media(prefers-color-scheme:dark){:root{--ink:#e7ecee;--soft:#98a4ab;--line:#2d363b;--paper:#12171a;--card:#191f23;--good:#4cc596;--bad:#f0a267}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1rem;margin:2.25rem 0 .5rem}
p{margin:.25rem 0 0;color:var(--soft)}.good{color:var(--good)}.bad{color:var(--bad)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:1.75rem 0 0}
dl div{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.7rem .9rem}
dt{color:var(--soft);font-size:.85rem}dd{margin:0;font-size:1.35rem;font-variant-numeric:tabular-nums}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:0 2rem}
table{width:100%;border-collapse:collapse;font-size:.95rem}
th,td{text-align:left;padding:.35rem .5rem .35rem 0;border-bottom:1px solid var(--line);font-weight:400;overflow-wrap:anywhere}
thead th{color:var(--soft);font-size:.85rem}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;padding-right:0}
code{font-size:.85em;color:var(--soft)}
`
const styleHash = createHash('sha256').update(style).digest('base64')
const pageHeaders = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
}
const REFRESH_S = 10

export function createStatusPage(read: () => Status): Responder {
  return async (path, request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
    if (path === '/status.json') return json(200, read(), { ...inert, ...forEverybody, 'Cache-Control': 'no-store' })
    return path === '/status' ? { status: 200, headers: pageHeaders, body: pageOf(read()) } : undefined
  }
}

export function pageOf(status: Status): string {
  const { software, uptime, load, relays, realms, claimsPerHour, archiveBytes, refused, shed, evaluators } = status
  const members = realms.reduce((sum, realm) => sum + realm.members, 0)
  const archived = realms.reduce((sum, realm) => sum + realm.archived, 0)
  const state = load === 0 ? '<p class="good">Running, and takes new members.</p>' : '<p class="bad">Running under load: it turns some away for now.</p>'
  const facts = [
    ['Members', count(members)], ['Other relays', count(relays)], ['Claims, last hour', count(claimsPerHour)],
    ['Genotypes kept', count(archived)], ['Archive', bytesText(archiveBytes)], ['Up for', duration(uptime)],
  ].map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')
  const realmRows = realms.map(({ name, id, members: here, archived: kept }) =>
    `<tr><td>${escaped(name)} <code>${escaped(id.slice(0, 12))}…</code></td><td class="n">${count(here)}</td><td class="n">${count(kept)}</td></tr>`).join('')
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${REFRESH_S}"><title>Megabrain relay: status</title><style>${style}</style></head><body><main>
<h1>Megabrain relay</h1>${state}<dl>${facts}</dl>
<h2>Realms</h2><table><thead><tr><th>Realm</th><th class="n">Members</th><th class="n">Genotypes</th></tr></thead><tbody>${realmRows}</tbody></table>
<div class="two"><section><h2>Claims refused, by reason</h2>${countTable(refused, 'Nothing was refused since the start.')}</section>
<section><h2>Turned away, by reason</h2>${countTable(shed, 'Nobody was turned away since the start.')}</section></div>
<h2>Versions</h2><p>${escaped(software)}</p>
<table><thead><tr><th>Task</th><th class="n">Evaluator</th></tr></thead><tbody>${Object.entries(evaluators).map(([task, version]) => `<tr><td>${escaped(task)}</td><td class="n"><code>${escaped(version.slice(0, 16))}</code></td></tr>`).join('')}</tbody></table>
</main></body></html>
`
}

function countTable(counts: Readonly<Record<string, number>>, otherwise: string): string {
  const rows = Object.entries(counts).filter(([, number]) => number > 0).sort((left, right) => right[1] - left[1])
  if (rows.length === 0) return `<p>${otherwise}</p>`
  return `<table><tbody>${rows.map(([reason, number]) => `<tr><td>${escaped(reason)}</td><td class="n">${count(number)}</td></tr>`).join('')}</tbody></table>`
}

function count(number: number): string {
  return Math.round(number).toLocaleString('en')
}

function bytesText(bytes: number): string {
  const step = bytes < 1e6 ? [1e3, 'kB'] as const : bytes < 1e9 ? [1e6, 'MB'] as const : [1e9, 'GB'] as const
  return `${(bytes / step[0]).toFixed(bytes < 10 * step[0] ? 1 : 0)} ${step[1]}`
}

function duration(seconds: number): string {
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60]
  return days > 0 ? `${days} d ${hours} h` : hours > 0 ? `${hours} h ${minutes} min` : minutes > 0 ? `${minutes} min` : `${Math.floor(seconds)} s`
}

function escaped(words: string): string {
  return words.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
