// The three calls: start, listen, stop.

import { start, stop, subscribeGenotypes } from '/megabrain/index.js'

const { relay } = document.documentElement.dataset
const element = (id) => document.getElementById(id)
const say = (text, data = {}) => {
  element('state').textContent = text
  Object.assign(element('state').dataset, data)
}

async function begin() {
  const result = await start({ relay })
  if (!result.started) return say(`Nothing runs (${result.reason}).`, { reason: result.reason, evaluations: 0 })
  element('start').disabled = true
  element('stop').disabled = false
  result.island.subscribe(({ phase, reason, evaluations, bestHere, dutyPercent }) => {
    say(`${phase}${reason ? ` (${reason})` : ''}: ${evaluations} evaluations, best fitness ${bestHere}, ${Math.round(dutyPercent)} % of one core`, { phase, evaluations, reason: reason ?? '' })
  })
}

subscribeGenotypes('default', ({ cid, task, fitness }) => {
  const item = document.createElement('li')
  item.textContent = `${task}: ${fitness}, ${cid}`
  element('found').prepend(item)
})
element('start').addEventListener('click', begin)
element('stop').addEventListener('click', async () => {
  await stop()
  element('start').disabled = false
  element('stop').disabled = true
  say('Stopped. You will be asked again.', { phase: 'stopped', reason: '' })
})

// Who agreed on an earlier visit need not click again; for everybody else this starts nothing.
await begin()
