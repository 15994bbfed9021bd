import { describe, expect, test } from 'vitest'
import { compile, createGenotype, encodeGenotype } from '@megabrain/evolve'
import { findTask, tasks } from '@megabrain/tasks'
import { balancer, company, running } from '../example/snapshots.ts'
import { createAxis, place } from './axis.ts'
import { cartOf } from './cart.ts'
import { describeDrawing, drawnNetwork } from './drawn-network.ts'
import { advanceEpisode, MAX_EPISODE_SECONDS, startEpisode } from './episode.ts'
import { describeSeries, fitnessSeries, lastMean, upToNow } from './fitness-series.ts'
import { layoutMesh } from './mesh-layout.ts'
import { layoutNetwork, MAX_DRAWN_LINKS, type DrawnLink, type DrawnNeuron } from './network-layout.ts'
import { answersOf } from './questions.ts'
import { curveOf, sceneOf } from './scene.ts'

const task = findTask('double-pole-no-velocity')
const box = { left: 90, right: 390, minHeight: 170 }

describe('a network on paper', () => {
  const drawn = drawnNetwork(encodeGenotype(balancer()), task)!
  const layout = layoutNetwork(drawn.neurons, drawn.links, box)

  test('has sensors left, actuators right and hidden neurons between, each at its own place', () => {
    const columns = (kind: string) => new Set(layout.neurons.filter((neuron) => neuron.kind === kind).map((neuron) => neuron.x))
    expect([...columns('sensor')]).toEqual([box.left])
    expect([...columns('actuator')]).toEqual([box.right])
    for (const x of columns('hidden')) expect(x).toSatisfy((at: number) => at > box.left && at < box.right)
    expect(new Set(layout.neurons.map(({ x, y }) => `${x} ${y}`)).size).toBe(layout.neurons.length)
  })

  test('is labelled by the task and described in a sentence', () => {
    expect(layout.neurons.filter((neuron) => neuron.kind === 'sensor').map((neuron) => neuron.label)).toEqual(task?.inputLabels)
    expect(describeDrawing(drawn)).toContain('2 hidden neurons')
  })

  test('shows every link, and leaves the weakest out of a crowd', () => {
    expect(layout.links).toHaveLength(drawn.links.length)
    const neurons: DrawnNeuron[] = Array.from({ length: 60 }, (_, id) => ({
      id: `${id}`,
      kind: id < 30 ? 'sensor' : 'actuator',
      label: '',
      activation: '',
    }))
    const links: DrawnLink[] = neurons
      .slice(0, 30)
      .flatMap((from) => neurons.slice(30).map((to, weight) => ({ from: from.id, to: to.id, weight, recurrent: false })))
    const crowd = layoutNetwork(neurons, links, box)
    expect([crowd.links.length, crowd.omitted]).toEqual([MAX_DRAWN_LINKS, 900 - MAX_DRAWN_LINKS])
    expect(crowd.height).toBeGreaterThan(box.minHeight)
  })

  test('is absent for bytes that are no genotype, or one of another task', () => {
    expect(drawnNetwork(Uint8Array.of(1, 2, 3), task)).toBeUndefined()
    expect(drawnNetwork(encodeGenotype(balancer()), findTask('xor'))).toBeUndefined()
  })
})

describe('a champion at work', () => {
  test.each(Object.values(tasks).flatMap(({ id, environment }) => (environment === undefined ? [] : [{ id, environment }])))(
    '$id plays until the task or the minute ends, and starts over',
    ({ id, environment }) => {
      const { inputs, outputs, updateRule } = tasks[id]!
      const network = compile(createGenotype({ inputs, outputs, rule: updateRule }))
      const first = startEpisode(environment, network)
      let episode = first
      const most = MAX_EPISODE_SECONDS / environment.stepSeconds
      while (episode.ended === undefined && episode.step <= most) episode = advanceEpisode(environment, network, episode)
      expect(episode.ended).toBeDefined()
      expect(advanceEpisode(environment, network, episode)).toBe(episode)
      expect(startEpisode(environment, network)).toEqual(first)
    },
  )

  test('a task without a world is shown by questions', () => {
    const { inputs, outputs, updateRule } = tasks['xor']!
    const answers = answersOf('xor', compile(createGenotype({ inputs, outputs, rule: updateRule })))
    expect(answers.map((answer) => answer.words)).toEqual(['0 xor 0', '0 xor 1', '1 xor 0', '1 xor 1'])
    expect(answersOf('double-pole', compile(balancer()))).toEqual([])
  })
})

describe('the fitness chart', () => {
  test('has round ticks that cover the values', () => {
    const axis = createAxis(130, 970, 5)
    expect(axis.ticks).toEqual([0, 200, 400, 600, 800, 1000])
    expect([place(axis, 0, 10, 110), place(axis, 1000, 10, 110)]).toEqual([10, 110])
    expect(createAxis(0, 0, 5).to).toBeGreaterThan(0)
  })

  test('reaches the present, whose mean is not known yet', () => {
    const points = upToNow({ ...running, evaluations: 20_000, bestHere: 990_000 })
    expect(points.at(-1)).toMatchObject({ evaluations: 20_000, best: 990_000, mean: undefined })
    expect(lastMean(points)).toBe(running.history.at(-1)?.mean)
    expect(upToNow({ ...running, history: [] })).toEqual([])
  })

  test('turns logarithmic when a late leap would flatten what came before', () => {
    const point = (index: number, best: number) => ({ evaluations: index, generation: index, best, mean: 0, meshBest: best })
    const leap = fitnessSeries([point(0, 40), point(1, 300), point(2, 300), point(3, 1_000_000)])!
    expect([leap.fitness.kind, leap.fitness.from, leap.fitness.to]).toEqual(['logarithmic', 1, 1_000_000])
    expect([0, 1, 1_000, 1_000_000].map((value) => place(leap.fitness, value, 0, 600))).toEqual([0, 0, 300, 600])
    expect(fitnessSeries(running.history)?.fitness.kind).toBe('even')
  })

  test('needs two points, thins thousands and keeps the last', () => {
    expect(fitnessSeries(running.history.slice(0, 1))).toBeUndefined()
    const long = Array.from({ length: 5_000 }, (_, index) => ({
      evaluations: index,
      generation: index,
      best: index,
      mean: 0,
      meshBest: index,
    }))
    const series = fitnessSeries(long)!
    expect(series.points.length).toBeLessThan(320)
    expect(series.points.at(-1)).toEqual(long.at(-1))
    expect(describeSeries(series)).toContain('4,999')
  })
})

test('the mesh has every member once, relays above this tab and islands below', () => {
  const members = layoutMesh(company, 400, 260)
  expect(members).toHaveLength(company.neighbours.length)
  for (const { kind, y } of members) expect(y).toSatisfy((at: number) => (kind === 'relay' ? at < 100 : at > 100))
})

describe('every task', () => {
  const watched = Object.values(tasks).filter(({ environment }) => environment !== undefined)

  test.each(watched)('$id is a picture of finite places, most of them on it, from the start through fifty steps', ({ id, environment, inputs, outputs }) => {
    const network = compile(createGenotype({ inputs, outputs, rule: { kind: 'ordered' } }))
    let episode = startEpisode(environment!, network)
    for (let step = 0; step < 50 && episode.ended === undefined; step++) {
      const scene = sceneOf(id, episode.state)
      expect(scene ?? cartOf(id, episode.state)).toBeDefined()
      const points = scene?.shapes.flatMap((shape) => (shape.kind === 'line' ? shape.points : [shape.at])) ?? []
      expect(points.flat().every(Number.isFinite)).toBe(true)
      const seen = points.filter(([x, y]) => x >= scene!.left && x <= scene!.right && y >= scene!.bottom && y <= scene!.top)
      expect(2 * seen.length).toBeGreaterThanOrEqual(points.length)
      episode = advanceEpisode(environment!, network, episode)
    }
  })

  test.each(Object.values(tasks).filter(({ environment, deterministic }) => environment === undefined && deterministic))(
    '$id without a world is a curve or questions',
    ({ id, inputs, outputs }) => {
      const network = compile(createGenotype({ inputs, outputs, rule: { kind: 'ordered' } }))
      expect(curveOf(id, network) !== undefined || answersOf(id, network).length > 3).toBe(true)
    },
  )
})
