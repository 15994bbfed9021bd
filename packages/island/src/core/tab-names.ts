// What the tabs of one origin have in common: a lock, a channel, and how often the runner says on it that it lives.

export const LOCK_NAME = 'megabrain'
export const CHANNEL_NAME = 'megabrain'
/** Several of these fit into the second after which a silent runner is replaced. */
export const BEAT_MS = 200
