// webrtc-direct with a bound on what anybody can start: libp2p prepares a whole peer connection, 100 kB and a thread's time, for every
// new name in a UDP packet, whose sender may not even be who it says.

import { webRTCDirect } from '@libp2p/webrtc'
import { withListener } from './with-listener.ts'

export interface BoundedWebRtcDirect {
  readonly transport: ReturnType<typeof webRTCDirect>
  /** Connections that were not started because too many were under way. */
  readonly counts: { refused: number }
}

/** Handshakes under way, of all and of one address: each ends within the ten seconds that libp2p gives an upgrade. */
const MAX_UNDER_WAY = 128
const MAX_OF_ONE_ADDRESS = 48

/** Parts of libp2p's WebRTCDirectListener that are private in its types; versions are pinned, and the hostile tests watch them. */
interface ListenerInside {
  readonly connections: ReadonlyMap<string, unknown>
  incomingConnection(name: string, host: string, port: number, signal: AbortSignal): Promise<void>
}

export function createBoundedWebRtcDirect(): BoundedWebRtcDirect {
  const counts = { refused: 0 }
  const underWay = new Map<string, number>()
  let all = 0

  function add(host: string, change: number): void {
    all += change
    const count = (underWay.get(host) ?? 0) + change
    if (count === 0) underWay.delete(host)
    else underWay.set(host, count)
  }

  function bound(inside: ListenerInside): void {
    const start = inside.incomingConnection.bind(inside)
    inside.incomingConnection = async (name, host, port, signal) => {
      // The same one knocks again until it is answered.
      if (inside.connections.has(`${host}:${port}:${name}`)) return
      if (all >= MAX_UNDER_WAY || (underWay.get(host) ?? 0) >= MAX_OF_ONE_ADDRESS) {
        counts.refused++
        return
      }
      add(host, 1)
      try {
        await start(name, host, port, signal)
      } finally {
        add(host, -1)
      }
    }
  }

  return {
    counts,
    transport(components) {
      return withListener(webRTCDirect({ rtcConfiguration: { iceServers: [] } })(components), (listener) => {
        bound(listener as unknown as ListenerInside)
        return listener
      })
    },
  }
}
