// A still picture of the idea: islands that trade networks, a relay that introduces them. Decoration only.

interface SketchProps {
  readonly x: number
  readonly y: number
  readonly hidden: readonly (readonly [number, number])[]
}

const sensors = [
  [-30, -22],
  [-30, 0],
  [-30, 22],
] as const
const actuator = [30, 0] as const

export function WelcomeFigure() {
  return (
    <svg className="figure" viewBox="20 10 380 360" aria-hidden="true">
      <path className="figure-trade" d="M210 76A142 142 0 0 1 333 289M333 289A142 142 0 0 1 87 289M87 289A142 142 0 0 1 210 76" />
      <path className="figure-intro" d="M210 218V76M210 218 333 289M210 218 87 289" />
      <rect className="figure-relay" x="194" y="202" width="32" height="32" rx="5" />
      <Sketch x={210} y={76} hidden={[[0, 12]]} />
      <Sketch
        x={333}
        y={289}
        hidden={[
          [-4, -16],
          [4, 14],
        ]}
      />
      <Sketch x={87} y={289} hidden={[[0, -10]]} />
    </svg>
  )
}

function Sketch({ x, y, hidden }: SketchProps) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <circle className="figure-island" r="58" />
      {hidden.flatMap(([hx, hy], index) => [
        ...sensors.map(([sx, sy], from) => (
          <path key={`${index}-${from}`} className={(from + index) % 2 === 0 ? 'plus' : 'minus'} d={`M${sx} ${sy}L${hx} ${hy}`} />
        )),
        <path key={`${index}-out`} className="plus" d={`M${hx} ${hy}L${actuator[0]} ${actuator[1]}`} />,
      ])}
      <path className="minus" d={`M-30 0L${actuator[0]} ${actuator[1]}`} />
      {[...sensors, ...hidden, actuator].map(([nx, ny]) => (
        <circle key={`${nx} ${ny}`} className="figure-neuron" cx={nx} cy={ny} r="5.5" />
      ))}
    </g>
  )
}
