// Model 4: one large network over several peers. Experimental and offline; for whom and at what price: `docs/models/sharding.md`.

export { assemble, type AssemblyRefusal, type Blocks } from './assemble.ts'
export { generateLarge, type LargeOptions } from './generate.ts'
export { runInProcess, type ShardAnswers } from './in-process.ts'
export { largeFrom, type LargeNetwork } from './large-network.ts'
export { decodeManifest, encodeManifest, levelsOf, type Manifest } from './manifest.ts'
export { runOverStreams, serveShards, type OpenRun, type ShardService } from './over-streams.ts'
export { partition, type PartitionOptions, type Sharded } from './partition.ts'
export { realTimeFault } from './refuse-task.ts'
export { openPart } from './run-part.ts'
export { createShardRun, type Batch, type ShardRun, type ShardView } from './shard-run.ts'
export { createShardWorld, type ShardFaults, type ShardReport } from './simulate.ts'
