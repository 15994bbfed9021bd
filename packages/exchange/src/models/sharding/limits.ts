// Every bound of a sharded run, with its unit and reason. Parts keep the ordinary limits of a genotype; these are about what is around them.

/** Neurons of one sharded network: what one machine still holds the wiring of. */
export const MAX_LARGE_NEURONS = 1_048_576
/** Links of one sharded network. */
export const MAX_LARGE_LINKS = 16_777_216
/** Sensors or actuators of one sharded network. */
export const MAX_LARGE_INTERFACE = 65_536
/** Parts of one manifest, so that a manifest is no larger than a genotype may be. */
export const MAX_PARTS = 3_600
/** Samples side by side: the kernel's own limit on lanes. */
export const MAX_BATCH = 1_024
/** Control steps of one batch. */
export const MAX_BATCH_STEPS = 4_096
/** Parts that a donor holds for one asker. */
export const MAX_PARTS_HELD = 1_024
/** Links that a donor holds for one asker: 16 times an island's largest genotype. */
export const MAX_LINKS_HELD = 4_194_304
/** Values that a donor holds for one asker, 8 bytes each: 256 MiB. */
export const MAX_VALUES_HELD = 33_554_432
/** How long a peer may take for one level before its parts go to others, ms. */
export const LEVEL_TIMEOUT_MS = 60_000
