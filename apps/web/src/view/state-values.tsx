// Any other world: its state variables as numbers.

interface StateValuesProps {
  readonly names: readonly string[]
  readonly state: readonly number[]
}

export function StateValues({ names, state }: StateValuesProps) {
  return (
    <dl className="state-values">
      {names.map((name, index) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{(state[index] ?? 0).toFixed(3)}</dd>
        </div>
      ))}
    </dl>
  )
}
