// Pages that want the frame to run without a person's will: forged messages, fake consent, overlays, tiny, transparent, turned and
// moving frames, floods. None may have any effect, and each case is counted.

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright'
import { Framed, framesOn, visit } from './framed.ts'
import { HostSite, loaderOf, pageWith, type Loader } from './host-site.ts'
import { openScene } from './scene.ts'
import { until } from './until.ts'

const scene = openScene()
/** Of the whole file. */
const MIN_CASES = 150
/** Less than the browser takes to tell the frame what covers it: the press alone must not decide. */
const COVERED_MS = 50
let loader: Loader
let site: HostSite
const counted = new Set<string>()

beforeAll(async () => {
  const relay = await scene.relay()
  loader = await loaderOf(relay.url)
  site = await new HostSite().open()
})
afterAll(() => site?.close())

/** Nothing computes, connects, is kept or is even asked. */
async function unmoved(framed: Framed, cases: readonly string[], asking: boolean | 'perhaps' = false): Promise<void> {
  const { phase, isAsking, made, kept, evaluations, violations } = await framed.look()
  expect({ phase, made, kept, evaluations, violations }, cases.join(', ')).toEqual({ phase: 'idle', made: {}, kept: [], evaluations: 0, violations: [] })
  if (asking !== 'perhaps') expect(isAsking, cases.join(', ')).toBe(asking)
  for (const one of cases) counted.add(one)
}

const wishes = { maxDuty: 50, theme: 'light', size: 'card', team: '' }
const wish = (change: object): string => JSON.stringify({ kind: 'wishes', wishes: { ...wishes, ...change } })
/** Text that a page may send, each of which the frame must take for nothing. */
const texts: readonly string[] = [
  ...['start', 'consent', 'agree', 'resume', 'stop', 'pause', 'configure', 'run', 'state', 'height', 'hello', 'snapshot', 'command', '__proto__', 'constructor', ''].map((kind) => JSON.stringify({ kind })),
  ...['start', 'consent-accept', 'consent', 'go', 'true', '1', 'null', '[]', '{}', '"wishes"', '{"kind":', '{"kind":"status"', ' '],
  ...[101, 0, -1, 1.5, 1e308, '"25"', null, true, [25], {}].map((maxDuty) => wish({ maxDuty })),
  ...['start', '', null, 7, 'LIGHT'].flatMap((word) => [wish({ theme: word }), wish({ size: word })]),
  wish({ team: 'x'.repeat(300) }), wish({ team: 7 }), wish({ team: null }), wish({ team: ['a'] }),
  wish({ start: true }), wish({ consent: true }), wish({ dutyPercent: 100 }), wish({ isOn: true }),
  JSON.stringify({ kind: 'wishes', wishes: [wishes] }), JSON.stringify({ kind: 'wishes', wishes: null }), JSON.stringify({ kind: 'wishes' }),
  JSON.stringify({ kind: 'wishes', wishes, start: true }), JSON.stringify({ kind: 'status', start: true }),
  '{"kind":"wishes","wishes":{"__proto__":{"maxDuty":100}}}', '{"__proto__":{"kind":"status"}}',
  '['.repeat(1_000), '{"a":'.repeat(200), 'x'.repeat(1_025), 'x'.repeat(1_000_000),
]

test('messages from a page start nothing, whatever they say and however they come', async () => {
  const url = site.show('/forger', { html: '<!doctype html><title>Forger</title><div id="place"></div>' })
  const page = await (await scene.profile()).newPage()
  await page.goto(url)
  // To the window, as anybody may: before and after the hello, from the page and from a third frame.
  await put(page)
  const windowCases = ['start', 'megabrain-embed/1/ready', 'megabrain-embed/1/hello', 'megabrain-embed/2/hello', 'consent-accept', { kind: 'start' }, null, 0, [], { kind: 'wishes', wishes }]
  await page.evaluate((given) => {
    const { contentWindow } = document.querySelector('iframe')!
    for (const data of given) contentWindow!.postMessage(data, '*')
    const { port1, port2 } = new MessageChannel()
    contentWindow!.postMessage('megabrain-embed/1/hello', '*', [port1, port2])
    // A frame of the page, which is not the parent, says hello first.
    const third = document.createElement('iframe')
    document.body.append(third)
    const script = third.contentDocument!.createElement('script')
    script.textContent = "const c = new MessageChannel(); parent.frames[0].postMessage('megabrain-embed/1/hello', '*', [c.port2])"
    third.contentDocument!.body.append(script)
  }, windowCases)
  const bare = page.frames().find((frame) => frame.url().endsWith('/frame.html'))!
  expect((await bare.evaluate(() => document.body.innerText)).trim(), 'a frame that nobody greets as it should shows nothing').toBe('')
  for (const [index] of windowCases.entries()) counted.add(`window ${index}`)
  counted.add('hello with two ports').add('hello by a third frame')

  // On the port, as a loader of the page's own making: few enough at a time that the frame still listens.
  for (let from = 0; from < texts.length; from += 15) {
    await put(page)
    await greet(page)
    const [framed] = await framesOn(page)
    const batch = texts.slice(from, from + 15)
    await page.evaluate((given) => {
      const { port } = globalThis as unknown as { port: MessagePort }
      for (const data of given) port.postMessage(data)
    }, batch)
    await unmoved(framed!, batch.map((_, index) => `port ${from + index}`))
    expect((await framed!.look()).words, 'no bound but a good one counts').toContain('25 %')
  }
  // Not even text, and a second hello.
  await put(page)
  await greet(page)
  const [framed] = await framesOn(page)
  await page.evaluate(() => {
    const { port } = globalThis as unknown as { port: MessagePort }
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    for (const data of [{ kind: 'start' }, { kind: 'status' }, loop, new ArrayBuffer(8), new Uint8Array(8), new Map([['kind', 'status']]), 25, true, null, undefined]) port.postMessage(data)
    const second = new MessageChannel()
    document.querySelector('iframe')!.contentWindow!.postMessage('megabrain-embed/1/hello', '*', [second.port2])
    second.port1.postMessage('{"kind":"wishes","wishes":{"maxDuty":3,"theme":"dark","size":"card","team":""}}')
  })
  await unmoved(framed!, Array.from({ length: 10 }, (_, index) => `value ${index}`))
  expect((await framed!.look()).words).toContain('25 %')
  counted.add('second hello')
  await page.close()
})

test('a page cannot reach into the frame, its storage, its channels or its address to fake a consent', async () => {
  const { page, framed: [framed] } = await visit(await scene.profile(), site.show('/faker', { html: pageWith(loader).replace('<script', '<script>const attach = Element.prototype.attachShadow; Element.prototype.attachShadow = function () { return attach.call(this, { mode: "open" }) }</script><script') }))
  const reached = await page.evaluate(() => {
    const frame = document.querySelector('mega-brain')!.shadowRoot!.querySelector('iframe')!
    const tries: Record<string, () => unknown> = {
      'its document': () => frame.contentDocument!.body,
      'its window’s document': () => frame.contentWindow!.document.body,
      'its storage': () => frame.contentWindow!.localStorage.length,
      'its globals': () => (frame.contentWindow as unknown as { eval(text: string): unknown }).eval('1'),
      'its frame element': () => frame.contentWindow!.frameElement!.id,
    }
    const own: Record<string, () => unknown> = {
      'a consent in the page’s storage': () => {
        localStorage.setItem('megabrain.embed.will', 'on - 100')
        localStorage.setItem('megabrain.consent', String(Date.now()))
        localStorage.setItem(`megabrain.embed.consent ${location.origin}`, `${Date.now()}\n1\n\n`)
      },
      'a channel of the island’s name': () => new BroadcastChannel('megabrain').postMessage({ kind: 'command', command: { kind: 'start' } }),
      'the island’s lock': () => void navigator.locks.request('megabrain', { steal: true }, () => new Promise(() => undefined)),
      'a storage event': () => frame.dispatchEvent(new StorageEvent('storage', { key: 'megabrain.embed.will', newValue: 'on - 100' })),
      'clicks on the frame': () => {
        for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']) frame.dispatchEvent(new MouseEvent(type, { bubbles: true, clientX: 40, clientY: 100 }))
        frame.click()
      },
      'keys on the frame': () => {
        frame.focus()
        for (const key of ['Tab', 'Enter', ' ']) frame.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
      },
      'attributes of no meaning': () => {
        const element = document.querySelector('mega-brain')!
        for (const name of ['start', 'autostart', 'consent', 'duty', 'running', 'onclick']) element.setAttribute(name, 'true')
      },
      'properties of the element': () => Object.assign(document.querySelector('mega-brain')!, { maxDuty: 1e9, theme: '<b>', size: 'huge' }),
      'an event of the element': () => document.querySelector('mega-brain')!.dispatchEvent(new CustomEvent('mega-brain-state', { detail: { state: 'running', cause: 'none' } })),
    }
    const open = Object.entries(tries).filter(([, attempt]) => {
      try {
        return attempt() !== undefined
      } catch {
        return false
      }
    }).map(([name]) => name)
    for (const attempt of Object.values(own)) try { attempt() } catch { /* the browser refused it */ }
    return { open, cases: [...Object.keys(tries), ...Object.keys(own)] }
  })
  expect(reached.open, 'what the browser let the page reach').toEqual([])
  // A key that was pressed while the page had given the frame the focus.
  await page.keyboard.press('Enter')
  await page.keyboard.press('Space')
  await until('the frame has seen it', async () => (await framed!.look()).phase === 'idle')
  await unmoved(framed!, [...reached.cases, 'a key in a frame that was given the focus'])
  for (const address of ['#start', '?start=1', '?consent=1#agree', '#duty=100', '?autostart']) {
    await page.evaluate((more) => { document.querySelector('mega-brain')!.shadowRoot!.querySelector('iframe')!.src += more }, address)
    await page.waitForLoadState()
    const found = await until('it is there again', () => page.frames().find((frame) => frame.url().includes('/frame.html') && frame.url().endsWith(address)))
    const again = new Framed(page, found)
    await again.until('it shows the card', ({ phase }) => phase === 'idle')
    await unmoved(again, [`address ${address}`])
    await page.evaluate(() => document.body.append(document.querySelector('mega-brain')!))
    await framesOn(page)
  }
  await page.close()
})

/** What a page may do to the looks of the frame or of what is around it, so that a person does not see what is pressed. */
const looks: readonly (readonly [string, string])[] = [
  ...['0', '0.01', '0.3', '0.7', '0.95'].map((value) => ['opacity', value] as const),
  ...['blur(8px)', 'brightness(0)', 'contrast(0)', 'opacity(0)', 'invert(1)', 'hue-rotate(90deg)', 'saturate(0)'].map((value) => ['filter', value] as const),
  ...['scale(0.2)', 'scale(0.9)', 'rotate(3deg)', 'rotate(180deg)', 'skewX(20deg)', 'rotateY(60deg)', 'scaleX(0.5)', 'scale(0.01)'].map((value) => ['transform', value] as const),
  ['clip-path', 'inset(0 0 50% 0)'], ['clip-path', 'circle(10px)'], ['mask-image', 'linear-gradient(transparent, transparent)'], ['mix-blend-mode', 'difference'],
]
/** What lies over the frame and lets clicks through. */
const overlays: readonly string[] = [
  'inset: 0; background: white', 'inset: 0; background: transparent', 'inset: 0; background: rgb(0 0 0 / 1%)', 'left: 0; top: 0; width: 400px; height: 40px; background: white',
  'left: 0; top: 60px; width: 600px; height: 120px; background: white', 'left: 20px; top: 120px; width: 8px; height: 200px; background: black',
  'inset: 0; backdrop-filter: blur(20px)', 'inset: 0; background: white; mix-blend-mode: multiply', 'inset: 0; border: 200px solid white', 'inset: 0; background: white; opacity: 0.5',
]
/** What leaves too little of it. */
const sizes: readonly string[] = [
  'width: 1px; height: 1px', 'width: 1px', 'height: 1px', 'width: 40px; height: 40px', 'width: 200px', 'height: 100px', 'height: 230px', 'width: 239px; height: 239px', 'width: 0; height: 0',
]

test('a click does not count while a person cannot see plainly what is pressed', async () => {
  const style = '<style>body { margin: 0; height: 2000px } #stage { position: absolute; left: 0; top: 0 } mega-brain { width: 360px } #over { position: fixed; pointer-events: none; z-index: 9 }</style>'
  const open = '<script>const attach = Element.prototype.attachShadow; Element.prototype.attachShadow = function () { return attach.call(this, { mode: "open" }) }</script>'
  const html = `<!doctype html><title>Overlay</title>${style}${open}${pageWith(loader).replace('<h1>Somebody\'s site</h1>', '<div id="stage">')}</div>`
  const url = site.show('/overlay', { html })
  const pages = await Promise.all([0, 1, 2, 3].map(async () => (await visit(await scene.profile(), url)).framed[0]!))
  await Promise.all(pages.map((framed) => framed.ask()))
  type Attack = readonly [string, (framed: Framed) => Promise<void>]
  const attacks: Attack[] = []
  const css = (name: string, selector: string, text: string): void => {
    attacks.push([`${name} ${text}`, (framed) => framed.page.evaluate(([where, rule]) => {
      const sheet = document.createElement('style')
      sheet.id = 'attack'
      sheet.textContent = where!.startsWith('iframe') ? '' : `${where} { ${rule} }`
      document.head.append(sheet)
      if (where!.startsWith('iframe')) document.querySelector('mega-brain')!.shadowRoot!.querySelector('iframe')!.style.cssText += `;${rule}`
    }, [selector, text] as const)])
  }
  for (const [property, value] of looks) for (const selector of ['#stage', 'iframe']) css(selector, selector, `${property}: ${value}`)
  for (const text of sizes) css('frame', 'iframe', `${text} !important`.replaceAll(';', ' !important;'))
  for (const text of ['overflow: hidden; width: 100px; height: 500px', 'overflow: hidden; width: 400px; height: 60px', 'left: -150px', 'top: -150px', 'left: 1100px', 'visibility: hidden', 'zoom: 0.1', 'display: none']) css('around', '#stage', text)
  for (const text of overlays) {
    attacks.push([`overlay ${text}`, (framed) => framed.page.evaluate((rule) => {
      const over = document.createElement('div')
      over.id = 'over'
      over.style.cssText = rule
      document.body.append(over)
    }, text)])
  }
  const queue = [...attacks]
  await Promise.all(pages.map(async (framed) => {
    for (let attack = queue.shift(); attack !== undefined; attack = queue.shift()) {
      const [name, act] = attack
      const button = (await framed.frame.locator('[data-testid="consent-accept"]').boundingBox())!
      const [x, y] = [button.x + button.width / 2, button.y + button.height / 2]
      await framed.page.mouse.move(x, y)
      const before = await framed.page.evaluate(() => document.querySelector('mega-brain')!.shadowRoot!.querySelector('iframe')!.style.cssText)
      await act(framed)
      await framed.page.waitForTimeout(COVERED_MS)
      await framed.page.mouse.move(x + 1, y)
      await framed.page.mouse.down()
      await framed.page.mouse.up()
      // Where the attack has moved the button itself.
      await framed.frame.locator('[data-testid="consent-accept"]').click({ force: true, timeout: 150 }).catch(() => undefined)
      // A turned frame may have had "Not now" under the hand.
      await unmoved(framed, [name], 'perhaps')
      await framed.page.evaluate((css) => {
        document.getElementById('attack')?.remove()
        document.getElementById('over')?.remove()
        document.querySelector('mega-brain')!.shadowRoot!.querySelector('iframe')!.style.cssText = css
        // The forced click may have scrolled to the button.
        scrollTo(0, 0)
        for (const around of document.querySelectorAll('*')) around.scrollTo(0, 0)
      }, before)
      if (!(await framed.look()).isAsking) await framed.ask()
      let last = ''
      await until('the button stands still', async () => {
        const before = last
        last = JSON.stringify(await framed.frame.locator('[data-testid="consent-accept"]').boundingBox())
        return last !== 'null' && last === before
      })
    }
  }))

  const [framed] = pages
  // Shown or moved under a hand that is about to press.
  const { page } = framed!
  await page.setViewportSize({ width: 1280, height: 900 })
  for (const [name, act] of [
    ['moved under the hand', () => page.evaluate(() => { document.getElementById('stage')!.style.left = '0px' })],
    ['shown under the hand', () => page.evaluate(() => { document.getElementById('stage')!.style.top = '0px' })],
    ['uncovered under the hand', () => page.evaluate(() => { document.getElementById('over')?.remove() })],
  ] as const) {
    const box = (await framed!.frame.locator('[data-testid="consent-accept"]').boundingBox())!
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    await page.evaluate((kind) => {
      const stage = document.getElementById('stage')!
      if (kind.startsWith('moved')) stage.style.left = '500px'
      if (kind.startsWith('shown')) stage.style.top = '-900px'
      if (kind.startsWith('uncovered')) document.body.insertAdjacentHTML('beforeend', '<div id="over" style="inset: 0; background: white"></div>')
    }, name)
    await page.mouse.move(x, y)
    await page.waitForTimeout(1_500)
    await act()
    await page.mouse.down()
    await page.mouse.up()
    await unmoved(framed!, [name], true)
  }
  // A person's click counts, on this very page.
  await page.evaluate(() => { document.getElementById('stage')!.style.cssText = '' })
  await until('a plain click counts', async () => {
    await framed!.press('consent-accept').catch(() => undefined)
    return !(await framed!.look()).isAsking
  }, { everyMs: 700, timeoutMs: 15_000 })
  await framed!.until('it evolves', ({ evaluations }) => evaluations > 0, 20_000)

  // While it runs, what hides it lets it rest, and no flood keeps it from stopping or raises it.
  for (const [name, selector, rule, words] of [
    ['running, transparent', '#stage', 'opacity: 0', /lies over/], ['running, tiny', '#stage', 'width: 60px; overflow: hidden', /not on the screen|too small|lies over/],
    ['running, far away', '#stage', 'top: 5000px', /not on the screen/], ['running, blurred', '#stage', 'filter: blur(9px)', /lies over/],
  ] as const) {
    await page.evaluate(([where, text]) => document.head.insertAdjacentHTML('beforeend', `<style id="attack">${where} { ${text} }</style>`), [selector, rule] as const)
    await framed!.until(`${name}: it rests and says why`, (inside) => inside.phase === 'resting' && words.test(inside.words), 3_000)
    await page.evaluate(() => document.getElementById('attack')!.remove())
    await framed!.until(`${name}: it goes on`, ({ phase }) => phase === 'running')
    counted.add(name)
  }
  await page.evaluate(() => {
    const { contentWindow } = document.querySelector('mega-brain')!.shadowRoot!.querySelector('iframe')!
    for (let index = 0; index < 20_000; index++) contentWindow!.postMessage(index % 2 === 0 ? 'megabrain-embed/1/hello' : { kind: 'start', index }, '*')
    document.querySelector('mega-brain')!.setAttribute('max-duty', '100')
  })
  expect((await framed!.frame.locator('[data-testid="duty-words"]').textContent())).toContain('25 %')
  await framed!.press('stop')
  await framed!.until('stops in a flood', ({ phase }) => phase === 'stopped', 2_000)
  counted.add('a flood of window messages')
  await Promise.all(pages.map((one) => one.page.close()))
})

test('a flood on the port closes the port, and the bound that was set before stays', async () => {
  const page = await (await scene.profile()).newPage()
  await page.goto(site.show('/flooder', { html: '<!doctype html><title>Flooder</title><div id="place"></div>' }))
  await put(page)
  await greet(page)
  const [framed] = await framesOn(page)
  await page.evaluate((first) => {
    const { port } = globalThis as unknown as { port: MessagePort }
    port.postMessage(first)
    for (let index = 0; index < 20_000; index++) port.postMessage(first.replace('"maxDuty":5', `"maxDuty":${index % 90 + 10}`))
  }, wish({ maxDuty: 5 }))
  await until('the flood is over', async () => (await framed!.look()).phase === 'idle')
  await page.evaluate((late) => { (globalThis as unknown as { port: MessagePort }).port.postMessage(late) }, wish({ maxDuty: 100 }))
  await unmoved(framed!, ['a flood on the port'])
  expect((await framed!.look()).words).not.toContain('100 %')
  await page.close()
  expect(counted.size, 'cases without any effect').toBeGreaterThanOrEqual(MIN_CASES)
  process.stdout.write(`hostile pages: ${counted.size} cases, none with an effect\n`)
})

/** A frame without our loader. */
async function put(page: Page): Promise<void> {
  await page.evaluate((src) => {
    const frame = document.createElement('iframe')
    Object.assign(frame, { src, width: '360', height: '400' })
    document.getElementById('place')!.replaceChildren(frame)
    return new Promise((resolve) => { frame.addEventListener('load', resolve) })
  }, `${loader.origin}/frame.html`)
}

/** Says hello as the loader does and keeps the port. */
async function greet(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { port1, port2 } = new MessageChannel()
    Object.assign(globalThis, { port: port1 })
    document.querySelector('iframe')!.contentWindow!.postMessage('megabrain-embed/1/hello', '*', [port2])
  })
}
