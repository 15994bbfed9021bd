// Species over time as bands: their births, growth and extinction. A press on a band singles it out.

import { memo, useState } from 'react'
import type { SpeciesStream } from '../../drawing/evolution-columns.ts'
import { count } from '../../words/format.ts'
import { t } from '../../words/translate.ts'
import { useWidth } from '../use-width.ts'

const HEIGHT = 200

export const SpeciesPicture = memo(function SpeciesPicture({ stream }: { readonly stream: SpeciesStream | undefined }) {
  const [box, width] = useWidth<HTMLDivElement>(560)
  const [chosen, setChosen] = useState<number>()
  if (stream === undefined) return <p className="empty">{t('evolution.noSpecies')}</p>
  const { x, bands, members } = stream
  const [first, last] = [x[0]!, x.at(-1)!]
  const across = (value: number): string => (((value - first) / Math.max(1e-9, last - first)) * width).toFixed(1)
  const up = (value: number): string => (HEIGHT - (value / members) * HEIGHT).toFixed(1)
  const floor = x.map(() => 0)
  const shown = bands.map(({ id, sizes }) => {
    const from = [...floor]
    sizes.forEach((size, at) => { floor[at]! += size })
    const top = x.map((value, at) => `${across(value)} ${up(floor[at]!)}`)
    const bottom = x.map((value, at) => `${across(value)} ${up(from[at]!)}`).reverse()
    return { id, path: `M${[...top, ...bottom].join('L')}Z`, now: sizes.at(-1)! }
  })
  const living = shown.filter(({ now }) => now > 0)
  return (
    <div ref={box} data-testid="species-stream">
      <svg role="img" aria-label={t('evolution.speciesLabel', { count: living.length, largest: count(Math.max(0, ...living.map(({ now }) => now))) })} width={width} height={HEIGHT} className="species-stream">
        {shown.map(({ id, path }, index) => (
          <path key={id} d={path} className={`band band-${index % 6}${chosen === undefined || chosen === id ? '' : ' band-behind'}`} onClick={() => setChosen(chosen === id ? undefined : id)}>
            <title>{t('evolution.speciesName', { id: count(id) })}</title>
          </path>
        ))}
      </svg>
      <ul className="legend species-legend">
        {living.map(({ id, now }) => (
          <li key={id}>
            <button type="button" className="button button-small" aria-pressed={chosen === id} onClick={() => setChosen(chosen === id ? undefined : id)}>
              {t('evolution.speciesName', { id: count(id) })} <b>{count(now)}</b>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
})
