// WebRTC in Node is native. A link whose other side vanished leaves a callback behind that holds the process for seconds or
// for ever, and libp2p does not close it; only ending all native parts together lets the process end.

import { cleanup } from 'node-datachannel'

let held = 0

/**
 * Call when a mesh opens. @returns what to call once when it has closed: the last one ends what WebRTC left behind in this
 * process, links of other users of node-datachannel included
 */
export function holdNativeThreads(): () => void {
  held++
  return () => {
    held--
    if (held === 0) cleanup()
  }
}
