// A genotype as an SVG picture that needs no script and no page: sensors left, hidden neurons by depth, actuators right.
// Each neuron shows the curve of its activation; a link shows its weight by colour and width. https://www.w3.org/TR/SVG11/

import type { Labels } from '../genotype/describe.ts'
import { FIRST_ACTUATOR, isActuator, isHidden, isSensor, type Genotype, type Neuron, type NeuronId } from '../genotype/genotype.ts'
import { activate, activationCode, type ActivationName } from '../network/activation.ts'
import { layersOf, type LaidLink, type Point } from './layers.ts'

/** All lengths in pixels of the drawing. */
const COLUMN = 132
const ROW = 54
const RADIUS = 14
const MARGIN = 28
const LEGEND = 34
const SWING = 26
const LEGEND_WIDTH = 420
const CHARACTER = 6.4
const LONGEST_LABEL = 32

const STYLE = [
  // The halo keeps a text readable where a link runs behind it.
  'text{font:11px system-ui,sans-serif;fill:#1f2937;stroke:#fff;stroke-width:3px;paint-order:stroke}',
  '.small{font-size:9px;fill:#64748b}',
  '.paper{fill:#fff}.body{fill:#f8fafc;stroke:#475569;stroke-width:1.2}',
  '.curve{fill:none;stroke:#0f172a;stroke-width:1.3;stroke-linejoin:round}.axis{stroke:#cbd5e1;stroke-width:.7}',
  '.link{fill:none;stroke-linecap:round}.plus{stroke:#0e7490}.minus{stroke:#c2410c}',
  'marker .plus{fill:#0e7490;stroke:none}marker .minus{fill:#c2410c;stroke:none}.recurrent{stroke-dasharray:5 4;stroke-linecap:butt}',
  '@media(prefers-color-scheme:dark){text{fill:#e2e8f0;stroke:#0b1220}.small{fill:#94a3b8}.paper{fill:#0b1220}' +
    '.body{fill:#172033;stroke:#94a3b8}',
  '.curve{stroke:#f1f5f9}.axis{stroke:#334155}.plus{stroke:#22b8cf}.minus{stroke:#fb923c}',
  'marker .plus{fill:#22b8cf}marker .minus{fill:#fb923c}}',
].join('')

/** One `<svg>` element, UTF-8, ends without a line end. Labels may hold any text. */
export function svgOf(genotype: Genotype, labels: Labels = {}): string {
  const layers = layersOf(genotype)
  const name = nameIn(labels)
  const sensors = Array.from({ length: genotype.inputs }, (_, id) => id)
  const left = MARGIN + RADIUS + widest(sensors.map(name))
  const actuators = genotype.neurons.slice(0, genotype.outputs)
  // Links among actuators swing out to the right, where the names would be.
  const swing = layers.links.some(({ from, to }) => isActuator(from) && isActuator(to) && from !== to) ? SWING : 0
  const right = MARGIN + RADIUS + swing + widest(actuators.flatMap((neuron) => [name(neuron.id), functionOf(neuron)]))
  const loops = layers.links.some(({ from, to }) => from === to) ? 18 : 0
  const width = Math.max(LEGEND_WIDTH, left + right + COLUMN * (layers.columns - 1))
  const middle = MARGIN + loops + (ROW * layers.rows) / 2
  const height = 2 * middle + LEGEND - loops
  const at = ({ column, row }: Point): readonly [number, number] => [left + COLUMN * column, middle + ROW * row]
  const strongest = Math.max(...layers.links.map(({ weight }) => Math.abs(weight)), 0)
  const [w, h] = [pixels(width), pixels(height)]
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img">`,
    `<title>${escaped(titleOf(genotype))}</title>`,
    `<style>${STYLE}</style>`,
    `<defs>${arrowhead('plus')}${arrowhead('minus')}</defs>`,
    '<rect class="paper" width="100%" height="100%"/>',
    ...layers.links.map((link) => drawLink(link, link.points.map(at), strongest, name)),
    ...sensors.map((id) => drawSensor(name(id), at(layers.places.get(id)!))),
    ...genotype.neurons.map((neuron) => drawNeuron(neuron, name(neuron.id), at(layers.places.get(neuron.id)!), swing)),
    ...drawLegend(strongest, layers.omitted, height - LEGEND / 2),
    '</svg>',
  ]
  return lines.join('\n')
}

function titleOf({ inputs, outputs, neurons, links }: Genotype): string {
  const hidden = neurons.length - outputs
  return `Network of ${inputs} sensors, ${hidden} hidden neurons, ${outputs} actuators and ${links.weights.length} links`
}

function nameIn({ inputLabels, outputLabels }: Labels): (id: NeuronId) => string {
  return (id) => {
    const index = isActuator(id) ? id - FIRST_ACTUATOR : id
    const given = isSensor(id) ? inputLabels?.[id] ?? `in ${id}` : outputLabels?.[index] ?? `out ${index}`
    const label = isHidden(id) ? '' : given
    return label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label
  }
}

const widest = (texts: readonly string[]): number => CHARACTER * Math.max(...texts.map((text) => text.length)) + 8

function functionOf({ activation, aggregation }: Neuron): string {
  return aggregation === 'sum' ? activation : `${activation} of ${aggregation}`
}

/** `number` for the shortest text that shows a tenth of a pixel. */
const pixels = (x: number): string => String(Number(x.toFixed(1)))

function drawLink(
  link: LaidLink, points: readonly (readonly [number, number])[], strongest: number, name: (id: NeuronId) => string,
): string {
  const { from, to, weight, recurrent } = link
  const strength = strongest === 0 ? 0 : Math.abs(weight) / strongest
  const sign = weight < 0 ? 'minus' : 'plus'
  const first = points[0]!
  const last = points.at(-1)!
  const backward = last[0] <= first[0]
  const kind = `link ${sign}${recurrent ? ' recurrent' : ''}`
  const path = from === to ? loopAt(first) : backward ? backwardPath(first, last) : forwardPath(points)
  const arrow = backward ? ` marker-end="url(#${sign})"` : ''
  const shown = [from, to].map((id) => name(id) || String(id)).join(' → ')
  const look = `stroke-width="${(0.8 + 3.4 * strength).toFixed(2)}" opacity="${(0.4 + 0.55 * strength).toFixed(2)}"`
  return `<path class="${kind}" d="${path}" ${look}${arrow}>` +
    `<title>${escaped(`${shown}: ${weight.toPrecision(4)}${recurrent ? ', recurrent' : ''}`)}</title></path>`
}

/** Leaves and enters every column level, so that a passing link runs between the neurons there. */
function forwardPath(points: readonly (readonly [number, number])[]): string {
  let path = `M${points[0]!.map(pixels).join(' ')}`
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1]!
    const [x1, y1] = points[i]!
    const bend = (x1 - x0) * 0.45
    path += `C${[x0 + bend, y0, x1 - bend, y1, x1, y1].map(pixels).join(' ')}`
  }
  return path
}

/** Swings out below both ends; ends at the rim, where the arrowhead shows. */
function backwardPath([x0, y0]: readonly [number, number], [x1, y1]: readonly [number, number]): string {
  if (x0 === x1) {
    // Seen in the middle it reaches three quarters as far: within `SWING` and the rim, for neighbours.
    const out = Math.min(50, 36 + Math.abs(y1 - y0) * 0.08)
    const rim = y1 > y0 ? -RADIUS * 0.6 : RADIUS * 0.6
    return cubic([x0, y0, x0 + out, y0, x1 + out, y1 + rim, x1 + RADIUS * 0.9 + 3, y1 + rim])
  }
  const sag = 30 + (x0 - x1) * 0.12
  return cubic([x0, y0, x0 + 20, y0 + sag, x1 + 34, y1 + sag, x1 + RADIUS * 0.75 + 2, y1 + RADIUS * 0.75 + 2])
}

function loopAt([x, y]: readonly [number, number]): string {
  const top = y - RADIUS
  return cubic([x - 7, top + 2, x - 24, top - 24, x + 24, top - 24, x + 8, top - 1])
}

/** @param numbers start, two control points and end: x, y each */
function cubic(numbers: readonly number[]): string {
  return `M${numbers.slice(0, 2).map(pixels).join(' ')}C${numbers.slice(2).map(pixels).join(' ')}`
}

function arrowhead(sign: 'plus' | 'minus'): string {
  const size = 'viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse"'
  return `<marker id="${sign}" ${size} orient="auto"><path class="${sign}" d="M0 0L8 4L0 8z"/></marker>`
}

function drawSensor(label: string, [x, y]: readonly [number, number]): string {
  return `<rect class="body" x="${pixels(x - 9)}" y="${pixels(y - 9)}" width="18" height="18" rx="4"/>` +
    `<text x="${pixels(x - RADIUS - 4)}" y="${pixels(y + 4)}" text-anchor="end">${escaped(label)}</text>`
}

function drawNeuron(neuron: Neuron, label: string, [x, y]: readonly [number, number], swing: number): string {
  const { id, activation, bias } = neuron
  const title = `${id}: ${functionOf(neuron)}, bias ${bias.toPrecision(4)}`
  const circle = `<circle class="body" cx="${pixels(x)}" cy="${pixels(y)}" r="${RADIUS}"><title>${title}</title></circle>`
  const axis = `<path class="axis" d="M${pixels(x - 9)} ${pixels(y)}h18"/>`
  const curve = `<path class="curve" d="${curveOf(activation, x, y)}"/>`
  const beside = pixels(x + RADIUS + 5 + swing)
  const texts = isActuator(id)
    ? `<text x="${beside}" y="${pixels(y + 1)}">${escaped(label)}</text>` +
      `<text class="small" x="${beside}" y="${pixels(y + 12)}">${functionOf(neuron)}</text>`
    : `<text class="small" x="${pixels(x)}" y="${pixels(y + RADIUS + 10)}" text-anchor="middle">${functionOf(neuron)}</text>`
  return circle + axis + curve + texts
}

/** The activation from −3 to 3, values from −1 to 1 inside the circle. */
function curveOf(activation: ActivationName, x: number, y: number): string {
  const code = activationCode(activation)
  const points = Array.from({ length: 25 }, (_, i) => {
    const t = (i - 12) / 12
    const value = Math.max(-1, Math.min(1, activate(code, 3 * t)))
    return `${pixels(x + 9 * t)} ${pixels(y - 8 * value)}`
  })
  return `M${points.join('L')}`
}

function drawLegend(strongest: number, omitted: number, y: number): string[] {
  const key = (x: number, kind: string, text: string): string =>
    `<path class="link ${kind}" d="M${x} ${pixels(y)}h22" stroke-width="2.4"/>` +
    `<text class="small" x="${x + 27}" y="${pixels(y + 3)}">${text}</text>`
  const rest = omitted === 0 ? '' : ` · ${omitted} weaker links not drawn`
  return [
    key(16, 'plus', 'positive'),
    key(88, 'minus', 'negative'),
    key(164, 'plus recurrent', 'recurrent'),
    `<text class="small" x="244" y="${pixels(y + 3)}">widest ${strongest.toPrecision(3)}${rest}</text>`,
  ]
}

/** Control characters and lone surrogates have no place in XML 1.0, whatever the escape. */
function escaped(text: string): string {
  const printable = Array.from(text, (character) => {
    const code = character.codePointAt(0)!
    return code < 0x20 || (code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff ? '' : character
  })
  return printable.join('')
    .replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}
