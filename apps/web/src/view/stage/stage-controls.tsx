// Play, pause and step for whatever is on the stage.

interface StageControlsProps {
  readonly playing: boolean
  readonly onPlaying: (playing: boolean) => void
  readonly onStep: () => void
  readonly children: string
}

export function StageControls({ playing, onPlaying, onStep, children }: StageControlsProps) {
  return (
    <div className="stage-controls">
      <button
        type="button"
        className="button button-small"
        aria-label={playing ? 'Hold the picture' : 'Play the picture'}
        onClick={() => onPlaying(!playing)}
      >
        {playing ? 'Hold' : 'Play'}
      </button>
      {playing ? null : (
        <button type="button" className="button button-small" aria-label="One step on" onClick={onStep}>
          Step
        </button>
      )}
      <span className="stage-words">{children}</span>
    </div>
  )
}
