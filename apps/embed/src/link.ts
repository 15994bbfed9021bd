// One end of the MessagePort between a site's page and the frame: sends text, and hands on what is a message, as long as the
// other end keeps to its allowance. Both ends are the same, since neither may trust the other.

import { createAllowance, refuseOne, takeOne } from './allowance.ts'
import { encodeMessage, type ToFrame, type ToHost } from './protocol.ts'

export interface Link<Out> {
  send(message: Out): void
  close(): void
}

interface LinkOptions<In> {
  readonly decode: (given: unknown) => In | undefined
  readonly onMessage: (message: In) => void
  /** The other end flooded; nothing more is heard of it. */
  readonly onDeaf: () => void
  readonly now: () => number
}

export function openLink<In extends ToFrame | ToHost, Out extends ToFrame | ToHost>(port: MessagePort, { decode, onMessage, onDeaf, now }: LinkOptions<In>): Link<Out> {
  let allowance = createAllowance(now())
  const judge = (judged: ReturnType<typeof takeOne>): boolean => {
    allowance = judged.allowance
    if (judged.verdict === 'close') {
      port.close()
      onDeaf()
    }
    return judged.verdict === 'take'
  }
  port.onmessage = (event) => {
    // Must come first: the browser unpacks a message when its data are read, and not before.
    if (!judge(takeOne(allowance, now()))) return
    const message = decode(event.data)
    if (message === undefined) judge(refuseOne(allowance))
    else onMessage(message)
  }
  return {
    send: (message) => port.postMessage(encodeMessage(message)),
    close: () => port.close(),
  }
}
