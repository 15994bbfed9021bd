// The stock relay as a process: `argv[2]` topic, `argv[3]` settings as JSON. Prints its address.

import { createStockNode } from './stock.ts'
import type { StockSettings } from './stock.ts'

const [topic, settings] = process.argv.slice(2) as [string, string]
const node = await createStockNode(JSON.parse(settings) as StockSettings, true)
node.services.gossip.subscribe(topic)
process.stdout.write(`${node.getMultiaddrs()[0]!.toString()}\n`)
