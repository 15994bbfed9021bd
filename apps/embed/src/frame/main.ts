// Entry of the frame: looks whether it can be what it is, waits for the page around it, and opens the session. Starts nothing.

import { relayNotice } from '@megabrain/mesh/relay-notice'
import { awaitHost } from './await-host.ts'
import { openSession } from './open-session.ts'

const root = document.getElementById('card')
if (root === null) throw new TypeError('The frame must have an element with the id "card"')

const obstacle = obstacleOf(window)
const notice = relayNotice(document)
if (obstacle !== undefined || notice === undefined) {
  root.textContent = obstacle ?? 'This relay does not say where it is.'
} else {
  const relayPort = document.getElementById('megabrain-relay')?.dataset['port']
  void awaitHost(window).then((host) => openSession(root, host, { notice, relayPort, location }, localStorage))
}

/** In words, or undefined when it can run. */
function obstacleOf(frame: Window & typeof globalThis): string | undefined {
  if (frame.parent === frame) return 'This is a part of other pages. It runs only inside one.'
  if (!frame.isSecureContext) return 'Browsers allow this only on https or localhost.'
  const parts: readonly unknown[] = [frame.Worker, frame.navigator.locks, frame.indexedDB, frame.crypto?.subtle, frame.RTCPeerConnection, frame.BroadcastChannel, frame.IntersectionObserver]
  if (parts.some((part) => part === undefined || part === null)) return 'This browser is too old for it.'
  try {
    frame.localStorage.getItem('')
    return undefined
  } catch {
    return 'This browser keeps nothing for frames of other sites, so it cannot run here.'
  }
}
