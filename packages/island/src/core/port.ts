// The one shape that every thread border has here, whichever environment provides it: typed messages both ways.

/** Messages are plain data and `Uint8Array`s: what structured clone carries everywhere. */
export interface Port<In, Out> {
  post(message: Out): void
  /** One listener; messages that came before it are delivered to it. */
  listen(listener: (message: In) => void): void
  close(): void
}

/** The part of a `MessagePort` that browsers and Node agree on. */
interface RawPort {
  onmessage: ((event: { data: unknown }) => void) | null
  postMessage(message: unknown): void
  close(): void
}

/** A port over a `MessagePort` of the browser or of Node. Both ends are our own code, so messages are not validated. */
export function portOver<In, Out>(raw: unknown): Port<In, Out> {
  const port = raw as RawPort
  return {
    post: (message) => port.postMessage(message),
    listen(listener) {
      port.onmessage = (event) => listener(event.data as In)
    },
    close: () => port.close(),
  }
}
