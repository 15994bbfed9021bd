// Waits for the page around the frame to say hello, once. From then on only the port that came with it is listened to, so other
// windows can say what they like.

import { HELLO, READY } from '../protocol.ts'

export interface Host {
  /** The page's origin, by the browser's word. */
  readonly origin: string
  readonly port: MessagePort
}

/** Resolves at the first hello of the parent; a parent without an origin (a file, a sandbox) is never answered. */
export function awaitHost(frame: Window): Promise<Host> {
  return new Promise((resolve) => {
    const onMessage = (event: MessageEvent): void => {
      // The source first: what strangers send is not even unpacked.
      if (event.source !== frame.parent || event.origin === 'null' || event.origin === frame.origin) return
      if (event.data !== HELLO || event.ports.length !== 1) return
      frame.removeEventListener('message', onMessage)
      resolve({ origin: event.origin, port: event.ports[0]! })
    }
    frame.addEventListener('message', onMessage)
    frame.parent.postMessage(READY, '*')
  })
}
