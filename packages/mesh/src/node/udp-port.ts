// Asks whether a UDP port can be had before webrtc-direct takes it. Apart because libp2p's webrtc-direct listener that failed
// to listen rejects again when it is closed, and would end a relay that only lacks the extra.

import { createSocket } from 'node:dgram'

/** @returns whether `port` (0: any) of `host`, an IP address, can be bound now */
export function udpPortIsFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    socket.once('error', () => {
      socket.close()
      resolve(false)
    })
    socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => resolve(true)))
  })
}
