// Lets us at the listeners that a libp2p transport makes: their bounds are private, and subclassing is not offered.

import type { Listener, Transport } from '@libp2p/interface'

/** The same transport, but whose new listeners are what `wrap` makes of them. */
export function withListener<T extends Transport>(transport: T, wrap: (listener: Listener) => Listener): T {
  return new Proxy(transport, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (key === 'createListener') return (init: Parameters<Transport['createListener']>[0]) => wrap(target.createListener(init))
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
