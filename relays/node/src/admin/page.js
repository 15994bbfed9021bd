// The admin page: asks the relay every two seconds and draws what it says. Everything from the relay goes in as text, never as markup.

const REFRESH_MS = 2_000
const KEPT = 'megabrain-admin-token'
const $ = (id) => document.getElementById(id)
let token = sessionStorage.getItem(KEPT) ?? ''

async function ask(name, body) {
  const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const headers = { Authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) }
  const response = await fetch(`/admin/api/${name}`, { ...request, headers, cache: 'no-store' })
  const answer = await response.json().catch(() => ({ error: `The relay answered ${response.status}.` }))
  if (response.ok) return answer
  throw Object.assign(new Error(answer.error ?? `The relay answered ${response.status}.`), { status: response.status })
}

/** Does something, says what came of it, and shows it at once. */
async function act(name, body, done) {
  try {
    const answer = await ask(name, body)
    $('says').textContent = answer.fault === undefined ? done : `Not done: ${answer.fault}.`
    await refresh()
  } catch (error) {
    $('says').textContent = error.message
  }
}

const count = (number) => Math.round(number).toLocaleString('en')
const bytes = (number) => (number === undefined ? '–' : number < 1e6 ? `${(number / 1e3).toFixed(1)} kB` : number < 1e9 ? `${(number / 1e6).toFixed(1)} MB` : `${(number / 1e9).toFixed(1)} GB`)
const short = (id) => (id.length > 20 ? `${id.slice(0, 8)}…${id.slice(-6)}` : id)
const duration = (seconds) => (seconds < 60 ? `${Math.floor(seconds)} s` : seconds < 3_600 ? `${Math.floor(seconds / 60)} min` : seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h ${Math.floor(seconds / 60) % 60} min` : `${Math.floor(seconds / 86_400)} d ${Math.floor(seconds / 3_600) % 24} h`)

/** Rows keep their elements, so that a button does not vanish under the pointer. */
function fill(body, rows, otherwise) {
  const before = new Map([...body.children].map((row) => [row.dataset.key, row]))
  const wanted = rows.length > 0 ? rows : [{ key: '', cells: [{ text: otherwise, kind: 'empty' }] }]
  body.replaceChildren(...wanted.map(({ key, cells, actions = [] }) => {
    const row = before.get(key) ?? newRow(key, cells, actions)
    cells.forEach(({ text, title }, at) => {
      if (row.children[at].textContent !== text) row.children[at].textContent = text
      if (title !== undefined) row.children[at].title = title
    })
    return row
  }))
}

function newRow(key, cells, actions) {
  const row = document.createElement('tr')
  row.dataset.key = key
  for (const { kind } of cells) row.append(Object.assign(document.createElement('td'), { className: kind ?? '' }))
  if (actions.length > 0) {
    const cell = Object.assign(document.createElement('td'), { className: 'actions' })
    for (const { label, kind, run } of actions) cell.append(Object.assign(document.createElement('button'), { type: 'button', textContent: label, className: kind ?? 'quiet', onclick: run }))
    row.append(cell)
  }
  return row
}

const ban = (kind, value) => act('list', { list: 'banned', kind, value }, `Banned ${value}.`)
const prefixOf = (ip) => (ip.includes(':') ? ip : `${ip.split('.').slice(0, 3).join('.')}.0/24`)

function drawConnections({ count: all, connections }, realms) {
  const nameOf = new Map(realms.map(({ id, name }) => [id, name]))
  $('connection-count').textContent = all > connections.length ? `${count(all)}, the newest ${connections.length} of them below` : count(all)
  fill($('connections'), connections.map(({ peer, address, transport, realm, since, bytes: traffic, isReserved }) => ({
    key: `${peer} ${since}`,
    cells: [
      { text: short(peer), title: peer, kind: 'id' }, { text: address, kind: 'id' }, { text: isReserved ? `${transport}, reserved` : transport },
      { text: nameOf.get(realm) ?? '–' }, { text: duration((Date.now() - since) / 1_000), kind: 'n' }, { text: bytes(traffic?.read), kind: 'n' }, { text: bytes(traffic?.written), kind: 'n' },
    ],
    actions: [
      { label: 'Disconnect', run: () => act('disconnect', { peer }, `Disconnected ${peer}.`) },
      { label: 'Ban peer', kind: 'danger', run: () => ban('peers', peer) },
      { label: 'Ban network', kind: 'danger', run: () => confirm(`Ban ${prefixOf(address)}? Everybody who comes from there is disconnected.`) && ban('prefixes', prefixOf(address)) },
    ],
  })), 'Nobody is connected.')
}

function drawRealms(realms) {
  fill($('realms'), realms.map(({ id, name, members, archived, admitted }, at) => ({
    key: id,
    cells: [{ text: `${name}  ${id.slice(0, 12)}…`, title: id }, { text: count(members), kind: 'n' }, { text: count(archived), kind: 'n' }, { text: count(admitted), kind: 'n' }],
    actions: at === 0 ? [] : [{ label: 'Ban', kind: 'danger', run: () => ban('realms', id) }, { label: 'Remove', kind: 'danger', run: () => confirm(`Take ${name} out of the folder?`) && act('remove-realm', { id }, `Removed ${name}.`) }],
  })), '')
}

function drawLists(access) {
  const words = { peers: 'peer', prefixes: 'IP prefix', authors: 'author', realms: 'realm' }
  const rows = ['banned', 'allowed'].flatMap((list) => Object.entries(access[list]).flatMap(([kind, values]) => values.map((value) => ({
    key: `${list} ${kind} ${value}`,
    cells: [{ text: list }, { text: words[kind] }, { text: value, kind: 'id' }],
    actions: [{ label: 'Take off', run: () => act('unlist', { list, kind, value }, `Took ${value} off the list.`) }],
  }))))
  fill($('lists'), rows, 'Nobody is banned, and quotas hold for everybody.')
  if (document.activeElement !== $('admission')) $('admission').value = access.realmAdmission
}

function drawCounts(id, counts, otherwise) {
  const rows = Object.entries(counts ?? {}).filter(([, number]) => number > 0).sort((left, right) => right[1] - left[1])
  fill($(id), rows.map(([reason, number]) => ({ key: reason, cells: [{ text: reason }, { text: count(number), kind: 'n' }] })), otherwise)
}

function draw(overview) {
  const { software, peer, uptime, load, realms, counters, claimsPerHour, archiveBytes, shed, refused, access, audit, anomalies } = overview
  $('about').textContent = `${software} · up ${duration(uptime)} · ${peer}`
  const words = ['All is well', 'Short: no new members', 'Short: no new connections', 'Short: ends connections']
  $('state').textContent = words[load.level]
  $('state').className = `badge ${load.level === 0 ? 'good' : 'bad'}`
  const facts = [
    ['Connections', count(counters.current_connections)], ['Members', count(counters.current_members)], ['Reservations', count(counters.current_reservations)],
    ['Claims, last hour', count(claimsPerHour)], ['Archive', bytes(archiveBytes)], [`Memory, of ${count(load.memoryLimitMb)} MiB`, count(load.memoryMb)],
    ['Timers late by', `${Math.round(load.lag * 1_000)} ms`],
  ]
  $('facts').replaceChildren(...facts.map(([name, value]) => {
    const fact = document.createElement('div')
    fact.append(Object.assign(document.createElement('dt'), { textContent: name }), Object.assign(document.createElement('dd'), { textContent: value }))
    return fact
  }))
  drawRealms(realms)
  drawLists(access)
  drawCounts('shed', shed, 'Nobody since the start.')
  drawCounts('refused', refused, 'None since the start.')
  fill($('anomalies'), anomalies.map(({ at, kind, task, seen, usual }) => ({
    key: `${at} ${kind} ${task}`, cells: [{ text: new Date(at).toLocaleTimeString(), kind: 'soft' }, { text: task === undefined ? kind : `${kind}, ${task}` }, { text: `${count(seen)}; usual ${count(usual)}`, kind: 'n' }],
  })), 'None since the start.')
  fill($('audit'), audit.map(({ time, from, action, detail }) => ({
    key: `${time} ${action}`,
    cells: [{ text: new Date(time).toLocaleString(), kind: 'soft' }, { text: from, kind: 'id' }, { text: action }, { text: Object.values(detail).join(' '), kind: 'id' }],
  })), 'Nothing was changed yet.')
}

async function refresh() {
  const [overview, connections] = await Promise.all([ask('overview'), ask('connections')])
  draw(overview)
  drawConnections(connections, overview.realms)
  show(true)
}

function show(isInside) {
  $('door').hidden = isInside
  $('inside').hidden = !isInside
  $('leave').hidden = !isInside
}

function leave(why) {
  token = ''
  sessionStorage.removeItem(KEPT)
  show(false)
  $('door-says').textContent = why
  $('about').textContent = 'Not signed in.'
  $('state').textContent = '…'
  $('state').className = 'badge'
}

async function look() {
  if (token !== '') {
    try {
      await refresh()
    } catch (error) {
      if (error.status === 401 || error.status === 429) leave(error.message)
      else {
        $('state').textContent = 'No answer'
        $('state').className = 'badge bad'
      }
    }
  }
  setTimeout(look, REFRESH_MS)
}

$('door').addEventListener('submit', async (event) => {
  event.preventDefault()
  token = $('token').value.trim()
  try {
    await refresh()
    sessionStorage.setItem(KEPT, token)
    $('token').value = ''
  } catch (error) {
    leave(error.message)
  }
})
$('leave').addEventListener('click', () => leave(''))
$('add').addEventListener('submit', async (event) => {
  event.preventDefault()
  const value = $('add-value').value.trim()
  await act('list', { list: $('add-list').value, kind: $('add-kind').value, value }, `Listed ${value}.`)
  $('add-value').value = ''
})
$('admission').addEventListener('change', ({ target }) => act('realm-admission', { admission: target.value }, 'Changed which realms are hosted.'))
$('policy').addEventListener('change', async ({ target }) => {
  const content = new Uint8Array(await target.files[0].arrayBuffer())
  target.value = ''
  await act('add-realm', { document: btoa(String.fromCharCode(...content)) }, 'Added the realm.')
})
$('reload').addEventListener('click', () => act('reload', {}, 'Read lists and folder again.'))
$('drain').addEventListener('click', () => confirm('Stop this relay? Its members are told and go elsewhere.') && act('drain', {}, 'The relay is stopping.'))
void look()
