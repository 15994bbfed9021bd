// Five robots cover a hall together: each runs the same network on what it senses itself, nobody steers them. A task file for
// `megabrain evolve --task` and `megabrain donate --task`. Only + - * / and comparisons, so that every engine gets the same bits.

const HALL = 10 // m, square; 1 m² counts as covered once a robot was in it
const ROBOTS = 5
const STEPS = 60
const REACH = 0.5 // m in one step at full speed
const TOUCH = 0.4 // m: robots that come closer stand still in that step
const VIEW = 3 // m: how far a robot sees another
// Where the robots begin: in a corner, in the middle, in a row along a wall.
const STARTS = [
  [[0.5, 0.5], [1.5, 0.5], [0.5, 1.5], [1.5, 1.5], [2.5, 0.5]],
  [[5, 5], [4.5, 5], [5.5, 5], [5, 4.5], [5, 5.5]],
  [[1, 9.5], [3, 9.5], [5, 9.5], [7, 9.5], [9, 9.5]],
]

const within = (low, high, value) => value < low ? low : value > high ? high : value
const cellOf = ([x, y]) => within(0, HALL - 1, Math.floor(y)) * HALL + within(0, HALL - 1, Math.floor(x))

/** Who is nearest, as a vector; none in view: 0, 0. */
function nearest(robots, self) {
  let best = VIEW * VIEW
  let found = [0, 0]
  robots.forEach(([x, y], other) => {
    if (other === self) return
    const [dx, dy] = [x - robots[self][0], y - robots[self][1]]
    const distance = dx * dx + dy * dy
    if (distance < best) [best, found] = [distance, [dx / VIEW, dy / VIEW]]
  })
  return found
}

/** What a robot senses: a bias, where it is, who is near, and whether the floor on its four sides is clean already. */
function sense(robots, self, covered) {
  const [x, y] = robots[self]
  const isDone = (dx, dy) => {
    const [ax, ay] = [x + dx, y + dy]
    return ax < 0 || ay < 0 || ax >= HALL || ay >= HALL || covered[cellOf([ax, ay])] === 1 ? 1 : 0
  }
  return [1, x / HALL * 2 - 1, y / HALL * 2 - 1, ...nearest(robots, self), isDone(1, 0), isDone(-1, 0), isDone(0, 1), isDone(0, -1)]
}

/** One run; the share of the hall that was covered. */
function cover(network, start) {
  network.reset()
  let robots = start
  const covered = new Uint8Array(HALL * HALL)
  for (let step = 0; step < STEPS; step++) {
    for (const robot of robots) covered[cellOf(robot)] = 1
    robots = robots.map((robot, self) => {
      const [right, up] = network.activate(sense(robots, self, covered))
      // Neurons answer 0 to 1; half is standing still.
      const next = [
        within(0, HALL, robot[0] + within(-1, 1, 2 * right - 1) * REACH),
        within(0, HALL, robot[1] + within(-1, 1, 2 * up - 1) * REACH),
      ]
      const isBlocked = robots.some(([x, y], other) => other !== self && (x - next[0]) * (x - next[0]) + (y - next[1]) * (y - next[1]) < TOUCH * TOUCH)
      return isBlocked ? robot : next
    })
  }
  return covered.reduce((sum, cell) => sum + cell, 0) / covered.length
}

export default {
  id: 'robot-swarm',
  version: 1,
  inputs: 9,
  outputs: 2,
  inputLabels: ['bias', 'x', 'y', 'neighbour x', 'neighbour y', 'done right', 'done left', 'done above', 'done below'],
  outputLabels: ['to the right', 'upwards'],
  goal: 'Five robots cover 85 % of a hall in 60 steps, from each of three starts on average.',
  deterministic: true,
  updateRule: { kind: 'ordered' },
  maxActivations: STARTS.length * STEPS * ROBOTS,
  evaluate(network) {
    const shares = STARTS.map((start) => cover(network, start))
    const score = shares.reduce((sum, share) => sum + share, 0) / shares.length
    return { fitness: score === score ? Math.floor(score * 1_000_000) : 0, score: score === score ? score : 0, steps: STARTS.length * STEPS }
  },
  solved: (_network, { score }) => score >= 0.85,
}
