// What local health is worth: the same neighbours with plain SWIM, with and without their own clock in doubt, and with
// Lifeguard, while some are throttled. Run by hand: `node packages/exchange/bench/membership.ts [seeds]`, about two minutes. The
// table is in `docs/mesh.md`.

import { playMembership, type MembershipOutcome, type MembershipWorldOptions } from '../fixtures/membership-world.ts'
import { MEMBERSHIP, PLAIN_SWIM, type MembershipSettings } from '../src/membership/settings.ts'

const seeds = Array.from({ length: Number(process.argv[2] ?? 5) }, (_, at) => at + 1)
const world = { members: 100, dials: 4, loss: 0.1, deaths: 5, minutes: 20 } as const
const lifeguard: MembershipSettings = { ...MEMBERSHIP, longestStepMs: Number.POSITIVE_INFINITY }
const variants = { 'plain SWIM': PLAIN_SWIM, Lifeguard: lifeguard, 'Lifeguard, patient clock': MEMBERSHIP } as const
const scenes: readonly Pick<MembershipWorldOptions, 'throttled' | 'throttle' | 'longestMs'>[] = [
  { throttled: 0, throttle: 'asleep', longestMs: 0 },
  { throttled: 0.1, throttle: 'asleep', longestMs: 60_000 },
  { throttled: 0.2, throttle: 'asleep', longestMs: 60_000 },
  { throttled: 0.1, throttle: 'lagging', longestMs: 10_000 },
  { throttled: 0.1, throttle: 'lagging', longestMs: 60_000 },
  { throttled: 0.2, throttle: 'lagging', longestMs: 60_000 },
]

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

function row(outcomes: readonly MembershipOutcome[]): readonly string[] {
  const detection = outcomes.flatMap(({ detectionMs }) => detectionMs).sort((a, b) => a - b)
  const at = (share: number): string => ((detection[Math.floor(share * detection.length)] ?? Number.NaN) / 1_000).toFixed(0)
  return [
    sum(outcomes.map(({ falsePositives }) => falsePositives)).toString(),
    sum(outcomes.map(({ falseByWell }) => falseByWell)).toString(),
    sum(outcomes.map(({ throttledGivenUp }) => throttledGivenUp)).toString(),
    sum(outcomes.map(({ hangingLinks }) => hangingLinks)).toString(),
    `${at(0.5)} / ${at(0.99)}`,
    sum(outcomes.map(({ undetected }) => undetected)).toString(),
    (sum(outcomes.map(({ bytesPerSecond }) => bytesPerSecond)) / outcomes.length).toFixed(0),
    (sum(outcomes.map(({ messagesPerSecond }) => messagesPerSecond)) / outcomes.length).toFixed(2),
  ]
}

console.log(`${world.members} members, about ${world.dials * 2} links each, ${world.loss * 100} % loss, ${world.minutes} min, ${world.deaths} deaths; sums over ${seeds.length} seeds\n`)
console.log('| throttled | how | detector | false positives | of them by well members | throttled declared dead | hanging links | detection p50 / p99, s | undetected | bytes/s sent | messages/s |')
console.log('|---|---|---|---|---|---|---|---|---|---|---|')
for (const scene of scenes) {
  for (const [name, settings] of Object.entries(variants)) {
    const cells = row(seeds.map((seed) => playMembership({ ...world, ...scene, settings, seed })))
    const how = scene.throttled === 0 ? '–' : `${scene.throttle} 1–${scene.longestMs / 1_000} s`
    console.log(`| ${scene.throttled * 100} % | ${how} | ${name} | ${cells.join(' | ')} |`)
  }
}
