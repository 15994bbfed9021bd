// How each transport is drawn, the same in the picture and its legend.

import type { Transport } from '@megabrain/exchange'

/** SVG dash pattern in pixels; an empty one is a solid line. */
export function dashOf(transport: Transport | undefined): string {
  switch (transport) {
    case 'webrtc':
      return ''
    case 'websocket':
      return '8 5'
    case 'webtransport':
      return '14 5'
    case 'webrtc-direct':
      return '12 4 2 4'
    case 'memory':
      return '4 4'
    case 'circuit':
      return '2 5'
    case undefined:
      return '1 7'
  }
}
