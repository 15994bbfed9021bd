// A genotype as a Graphviz text, for people who lay networks out with `dot`. https://graphviz.org/doc/info/lang.html

import { describeGenotype, type Labels } from '../genotype/describe.ts'
import { type Genotype } from '../genotype/genotype.ts'
import { orderOf } from '../network/graph.ts'

/** Sensors in the first row, actuators in the last; links that close a cycle are dashed. Ends without a line end. */
export function dotOf(genotype: Genotype, labels: Labels = {}): string {
  const { neurons, links } = describeGenotype(genotype, labels)
  const { recurrent } = orderOf(genotype)
  const row = (kind: string) => neurons.filter((neuron) => neuron.kind === kind)
  const node = ({ id, activation, aggregation, kind, label }: (typeof neurons)[number]) => {
    const function_ = aggregation === 'sum' ? activation : `${activation} of ${aggregation}`
    const text = kind === 'sensor' ? label ?? `in ${id}` : label === undefined ? function_ : `${label}\n${function_}`
    return `n${id} [label=${quotedText(text)}, shape=${kind === 'sensor' ? 'box' : 'ellipse'}]`
  }
  return [
    'digraph genotype {',
    '  rankdir=TB',
    '  { rank=source',
    ...row('sensor').map((neuron) => `    ${node(neuron)}`),
    '  }',
    ...row('hidden').map((neuron) => `  ${node(neuron)}`),
    '  { rank=sink',
    ...row('actuator').map((neuron) => `    ${node(neuron)}`),
    '  }',
    ...links.map(({ from, to, weight }, i) =>
      `  n${from} -> n${to} [label="${weight.toPrecision(3)}"${recurrent[i] === 1 ? ', style=dashed, constraint=false' : ''}]`),
    '}',
  ].join('\n')
}

/** In a quoted DOT text only the quote and the backslash mean something; a line end is written `\n`. */
function quotedText(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/\r?\n|\r/g, '\\n')}"`
}
