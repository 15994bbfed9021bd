// Track, cart and poles, to scale.

import type { Cart, Pole } from '../../drawing/cart.ts'

const PIXELS_PER_METRE = 100
const GROUND = 138
const CART = { width: 44, height: 22 }
const TOP = GROUND - 8 - CART.height

export function CartPicture({ cart }: { readonly cart: Cart }) {
  const half = cart.trackHalf * PIXELS_PER_METRE
  const x = cart.x * PIXELS_PER_METRE
  return (
    <svg
      className="cart"
      viewBox={`${-half - 16} 0 ${2 * half + 32} 166`}
      role="img"
      aria-label="The champion moves a cart to keep its poles upright"
    >
      <path
        className="track"
        d={`M${-half} ${GROUND}H${half}M${-half} ${GROUND - 9}V${GROUND + 9}M${half} ${GROUND - 9}V${GROUND + 9}M0 ${GROUND}V${GROUND + 6}`}
      />
      <text className="track-mark" x={-half} y={GROUND + 24} textAnchor="start">
        −{cart.trackHalf} m
      </text>
      <text className="track-mark" x={half} y={GROUND + 24} textAnchor="end">
        +{cart.trackHalf} m
      </text>
      <g transform={`translate(${x.toFixed(2)} 0)`}>
        <rect className="cart-body" x={-CART.width / 2} y={TOP} width={CART.width} height={CART.height} rx="4" />
        <circle className="cart-wheel" cx={-13} cy={GROUND - 6} r="6" />
        <circle className="cart-wheel" cx={13} cy={GROUND - 6} r="6" />
        {cart.poles.map((pole, index) => (
          <path key={index} className={`pole pole-${index}`} d={`M0 ${TOP}L${tipOf(pole)}`} />
        ))}
        <circle className="hinge" cx="0" cy={TOP} r="3.4" />
      </g>
    </svg>
  )
}

function tipOf({ length, angle }: Pole): string {
  const right = Math.sin(angle) * length * PIXELS_PER_METRE
  const up = Math.cos(angle) * length * PIXELS_PER_METRE
  return `${right.toFixed(2)} ${(TOP - up).toFixed(2)}`
}
