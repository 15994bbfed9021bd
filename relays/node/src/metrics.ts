// Numbers for Prometheus: a family per name, in the text format 0.0.4. What is counted is decided where the numbers
// come from; this file only writes them down.

export interface Metric {
  /** Without the prefix `megabrain_`; counters end in `_total`, units are in the name. */
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly samples: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[]
}

export function metric(name: string, type: Metric['type'], help: string, value: number): Metric {
  return { name, type, help, samples: [{ value }] }
}

/** One sample for each key of `values`, under the label `label`. */
export function metricBy(
  name: string,
  type: Metric['type'],
  help: string,
  label: string,
  values: Readonly<Record<string, number>>,
): Metric {
  return { name, type, help, samples: Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value })) }
}

export function renderMetrics(metrics: readonly Metric[]): string {
  return metrics.map(({ name, type, help, samples }) => {
    const full = `megabrain_${name}`
    const lines = samples.map(({ labels = {}, value }) => `${full}${renderLabels(labels)} ${renderValue(value)}\n`)
    return `# HELP ${full} ${help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}\n# TYPE ${full} ${type}\n${lines.join('')}`
  }).join('')
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const escaped = (value: string) => value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function renderValue(value: number): string {
  return Number.isNaN(value) ? 'NaN' : Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'
}
