// Entry of the compute worker in a browser: the page hands it one port, to the exchange worker.

import { runCompute } from '../core/compute.ts'
import { portOver } from '../core/port.ts'

const start = ({ data }: MessageEvent<MessagePort>): void => runCompute(portOver(data), () => performance.now())
self.addEventListener('message', start, { once: true })
