// What the loader on a site's page and the frame of the operator say to each other: text of a closed form over one MessagePort.
// Neither side trusts the other; whatever is not of this form is nothing.

/** In the first message of each side, and in the loader's URL. A frame answers every version that loaders were ever served with. */
export const PROTOCOL_VERSION = 1
/** From the frame to its parent, as soon as it listens. Says nothing of the visitor, so everybody may hear it. */
export const READY = `megabrain-embed/${PROTOCOL_VERSION}/ready`
/** From the loader to the frame's origin, with the port on which everything else goes. */
export const HELLO = `megabrain-embed/${PROTOCOL_VERSION}/hello`
export const MAX_MESSAGE_CHARACTERS = 1_024

export const themes = ['auto', 'light', 'dark'] as const
export const sizes = ['card', 'strip'] as const

/** Everything that a site decides. It can lower what a visitor has set, and choose between our looks. */
export interface Wishes {
  /** Upper bound on the visitor's duty, per cent of one core, 1 to 100. */
  readonly maxDuty: number
  readonly theme: (typeof themes)[number]
  readonly size: (typeof sizes)[number]
  /** Invitation to the site's team, as `megabrain team` prints it; empty: none. */
  readonly team: string
}

export const defaultWishes: Wishes = { maxDuty: 100, theme: 'auto', size: 'card', team: '' }

/** What a site may know. Neither how much a visitor gave, nor why a visitor's machine rests. */
export const states = ['idle', 'asking', 'running', 'resting', 'stopped', 'unavailable'] as const
export type FrameState = (typeof states)[number]

/** What a site can mend, and `visitor` for all that is none of its business. */
export const causes = ['none', 'visitor', 'out-of-sight', 'covered', 'too-small'] as const
export type Cause = (typeof causes)[number]

export type ToFrame = { readonly kind: 'wishes'; readonly wishes: Wishes } | { readonly kind: 'status' }

export type ToHost =
  | { readonly kind: 'state'; readonly state: FrameState; readonly cause: Cause }
  /** How tall the frame would like to be, CSS pixels. */
  | { readonly kind: 'height'; readonly px: number }

export const MAX_TEAM_CHARACTERS = 256
const MIN_HEIGHT_PX = 40
const MAX_HEIGHT_PX = 640

export function encodeMessage(message: ToFrame | ToHost): string {
  return JSON.stringify(message)
}

/** Undefined for whatever the loader would not have sent. */
export function decodeToFrame(given: unknown): ToFrame | undefined {
  const message = record(given)
  if (message?.['kind'] === 'status' && hasOnly(message, ['kind'])) return { kind: 'status' }
  if (message?.['kind'] !== 'wishes' || !hasOnly(message, ['kind', 'wishes'])) return undefined
  const wishes = plain(message['wishes'])
  if (wishes === undefined || !hasOnly(wishes, ['maxDuty', 'theme', 'size', 'team'])) return undefined
  const maxDuty = whole(wishes['maxDuty'], 1, 100)
  const [theme, size] = [oneOf(themes, wishes['theme']), oneOf(sizes, wishes['size'])]
  const { team } = wishes
  if (typeof team !== 'string' || team.length > MAX_TEAM_CHARACTERS) return undefined
  if (maxDuty === undefined || theme === undefined || size === undefined) return undefined
  return { kind: 'wishes', wishes: { maxDuty, theme, size, team } }
}

/** Undefined for whatever the frame would not have sent. */
export function decodeToHost(given: unknown): ToHost | undefined {
  const message = record(given)
  if (message?.['kind'] === 'state') {
    const [state, cause] = [oneOf(states, message['state']), oneOf(causes, message['cause'])]
    return state === undefined || cause === undefined ? undefined : { kind: 'state', state, cause }
  }
  if (message?.['kind'] !== 'height') return undefined
  const px = whole(message['px'], MIN_HEIGHT_PX, MAX_HEIGHT_PX)
  return px === undefined ? undefined : { kind: 'height', px }
}

/** The nearest height that may be asked for. */
export function boundedHeight(px: number): number {
  return Math.min(MAX_HEIGHT_PX, Math.max(MIN_HEIGHT_PX, Math.ceil(px)))
}

function record(given: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof given !== 'string' || given.length > MAX_MESSAGE_CHARACTERS) return undefined
  try {
    return plain(JSON.parse(given))
  } catch {
    return undefined
  }
}

function plain(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined
}

function hasOnly(value: object, keys: readonly string[]): boolean {
  return Object.keys(value).every((key) => keys.includes(key))
}

function whole(value: unknown, from: number, to: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to ? value : undefined
}

function oneOf<T extends string>(list: readonly T[], value: unknown): T | undefined {
  return list.find((item) => item === value)
}
