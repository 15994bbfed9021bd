// Land softly on the Moon: a whole task for `megabrain evolve --task ./lander.mjs`. Change it into your own problem.
//
// A task is one object. Evolution calls `evaluate` with a network and wants to know how good it is. Nothing else is
// asked of you, but three rules keep results worth something:
//  1. The same network must always get the same fitness: no Math.random, no clock, no files that change.
//  2. Where others shall get the same number to the bit, use only + - * / and Math.sqrt, abs, floor, ceil, trunc, min, max:
//     Math.exp, Math.sin and the like differ between browsers. `@megabrain/evolve` exports exp, log, tanh, sin and cos.
//  3. Call network.reset() wherever an episode starts: a network may remember what it saw.

// The problem: its physics and its public episodes, which never change without a new `version`.
const GRAVITY = 1.62 // m/s², the Moon's
const THRUST = 4 // m/s², the engine at full power
const STEP = 0.1 // s
const MAX_STEPS = 600
const SAFE_SPEED = 2 // m/s at touchdown
const STARTS = [[100, 0], [60, -15], [150, 5], [30, -5]] // height in m, speed in m/s

/** What the network sees, each number about -1 to 1. The first is a bias: always 1. */
function observe([height, speed]) {
  return [1, height / 100, speed / 20]
}

/** One step of the world. Speed is negative on the way down. */
function step([height, speed], throttle) {
  const nextSpeed = speed + (throttle * THRUST - GRAVITY) * STEP
  return [height + nextSpeed * STEP, nextSpeed]
}

/** Plays one episode and says how it went, 0 to 1: near the ground and slow is good. */
function land(network, start) {
  network.reset()
  let state = start
  for (let i = 0; i < MAX_STEPS; i++) {
    // The default neuron answers 0 to 1; other settings may not, so the engine has limits.
    const throttle = Math.max(0, Math.min(1, network.activate(observe(state))[0]))
    state = step(state, throttle)
    const [height, speed] = state
    if (height <= 0) return { closeness: SAFE_SPEED / Math.max(SAFE_SPEED, -speed), steps: i + 1 }
  }
  // Never came down: better the lower it hovers, and always worse than a crash.
  return { closeness: 0.01 / (1 + Math.max(0, state[0]) / 100), steps: MAX_STEPS }
}

export default {
  // 1 to 32 characters of a-z, 0-9 and -.
  id: 'lander',
  // Count this up whenever a change gives any network another fitness.
  version: 1,
  inputs: 3,
  outputs: 1,
  inputLabels: ['bias', 'height', 'speed'],
  outputLabels: ['throttle'],
  goal: 'Touch the ground at 2 m/s or less from four starts.',
  deterministic: true,
  // 'ordered': an answer depends on the inputs alone. { kind: 'stanley' } keeps a memory, for what cannot be seen at once.
  updateRule: { kind: 'ordered' },
  // Most calls of network.activate in one evaluation.
  maxActivations: STARTS.length * MAX_STEPS,

  /** fitness: a whole number from 0 to 1,000,000. score: in units of your own. steps: how much was simulated. */
  evaluate(network) {
    let score = 0
    let steps = 0
    for (const start of STARTS) {
      const landing = land(network, start)
      score += landing.closeness / STARTS.length
      steps += landing.steps
    }
    return { fitness: Math.floor(score * 1_000_000), score, steps }
  },

  /** Whether evolution may stop. A harder examination belongs here: it counts as no evaluation. */
  solved: (_network, evaluation) => evaluation.score >= 1,

  // Optional: lets `megabrain trace` and a page play an episode step by step.
  environment: {
    variables: ['height (m)', 'speed (m/s)'],
    start: (episode) => STARTS[episode % STARTS.length],
    observe,
    decide: (outputs) => Math.max(0, Math.min(1, outputs[0])),
    step(state, throttle) {
      const next = step(state, throttle)
      return { state: next, reward: 0, terminated: next[0] <= 0 }
    },
    stepSeconds: STEP,
  },
}
