// The champion in its world, at the world's own speed, again and again. Runs in the page for the eye only.

import type { Environment, Network } from '@megabrain/evolve'
import { useRef, useState } from 'react'
import type { DrawnNetwork } from '../../drawing/drawn-network.ts'
import { advanceEpisode, MAX_EPISODE_SECONDS, startEpisode, type Episode } from '../../drawing/episode.ts'
import { cartOf } from '../../drawing/cart.ts'
import { sceneOf } from '../../drawing/scene.ts'
import { count } from '../../words/format.ts'
import { CartPicture } from './cart-picture.tsx'
import { ScenePicture } from './scene-picture.tsx'
import { StageControls } from './stage-controls.tsx'
import { StateValues } from '../state-values.tsx'
import { useCalm } from '../use-calm.ts'
import { useClock } from '../use-clock.ts'

interface WorldStageProps {
  readonly task: string
  readonly environment: Environment
  readonly drawn: DrawnNetwork
}

interface Player {
  readonly drawn: DrawnNetwork
  readonly network: Network
  readonly episode: Episode
  /** Steps since the stage was set, all tries and champions together. */
  readonly total: number
  /** Seconds that passed but are less than a step; negative while a finished try is left to be looked at. */
  readonly owed: number
}

const REST_SECONDS = 1.2
/** A new champion waits for the end of the try, but no longer than this: early ones follow each other quickly. */
const PATIENCE_SECONDS = 3

export function WorldStage({ task, environment, drawn }: WorldStageProps) {
  const calm = useCalm()
  const [wanted, setWanted] = useState<boolean>()
  const playing = wanted ?? !calm
  const box = useRef<HTMLDivElement>(null)
  // The network's own memory moves with the episode, so both are stepped here and rendering only looks on.
  const player = useRef<Player>(undefined)
  player.current ??= enter(environment, drawn, 0)
  const [{ episode, total }, show] = useState<Player>(player.current)

  const play = (before: Player, steps: number, owed: number): void => {
    const now = isDue(environment, before, drawn) ? enter(environment, drawn, before.total) : before
    const after = stepsOn(environment, now, steps)
    player.current = { ...after, owed: after.episode.ended === undefined ? owed : -REST_SECONDS }
    show(player.current)
  }
  useClock(box, playing, (seconds) => {
    const before = player.current
    if (before === undefined) return
    const owed = before.owed + seconds
    const steps = Math.max(0, Math.floor(owed / environment.stepSeconds))
    if (steps === 0) player.current = { ...before, owed }
    else play(before, steps, owed - steps * environment.stepSeconds)
  })
  const step = (): void => {
    if (player.current !== undefined) play(player.current, 1, 0)
  }

  return (
    <div ref={box} className="stage" data-testid="champion-stage" data-step={total}>
      <WorldPicture task={task} names={environment.variables} state={episode.state} />
      <StageControls playing={playing} onPlaying={setWanted} onStep={step}>
        {wordsOf(episode, environment.stepSeconds)}
      </StageControls>
    </div>
  )
}

interface WorldPictureProps {
  readonly task: string
  readonly names: readonly string[]
  readonly state: readonly number[]
}

function WorldPicture({ task, names, state }: WorldPictureProps) {
  const cart = cartOf(task, state)
  if (cart !== undefined) return <CartPicture cart={cart} />
  const scene = sceneOf(task, state)
  return scene === undefined ? <StateValues names={names} state={state} /> : <ScenePicture scene={scene} />
}

function wordsOf({ step, ended }: Episode, stepSeconds: number): string {
  const seconds = `${(step * stepSeconds).toFixed(1)} s`
  if (ended === 'terminated') return `Ended after ${count(step)} steps, ${seconds}`
  if (ended === 'long-enough') return `Still going after ${MAX_EPISODE_SECONDS} s; starting over`
  return `Step ${count(step)}, ${seconds}`
}

function enter(environment: Environment, drawn: DrawnNetwork, total: number): Player {
  const network = drawn.compile()
  return { drawn, network, episode: startEpisode(environment, network), total, owed: 0 }
}

/** Whether `newest` takes the stage now. */
function isDue({ stepSeconds }: Environment, { drawn, episode }: Player, newest: DrawnNetwork): boolean {
  return drawn !== newest && (episode.ended !== undefined || episode.step === 0 || episode.step * stepSeconds >= PATIENCE_SECONDS)
}

/** At most `steps` more; stops where a try ends, and a finished try starts over. */
function stepsOn(environment: Environment, player: Player, steps: number): Player {
  let { episode, total } = player
  for (let step = 0; step < steps; step++) {
    episode = episode.ended === undefined ? advanceEpisode(environment, player.network, episode) : startEpisode(environment, player.network)
    total++
    if (episode.ended !== undefined) break
  }
  return { ...player, episode, total }
}
