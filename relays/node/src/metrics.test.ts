import { expect, test } from 'vitest'
import { metric, metricBy, renderMetrics } from './metrics.ts'

test('metrics are written in the Prometheus text format, labels escaped', () => {
  const text = renderMetrics([
    metric('connections', 'gauge', 'Open\nconnections', 3),
    metricBy('refused_total', 'counter', 'Refusals', 'reason', { malformed: 2, 'a"b\\c\nd': 1 }),
    metricBy('empty_total', 'counter', 'Nothing yet', 'reason', {}),
  ])
  expect(text).toBe([
    '# HELP megabrain_connections Open\\nconnections', '# TYPE megabrain_connections gauge', 'megabrain_connections 3',
    '# HELP megabrain_refused_total Refusals', '# TYPE megabrain_refused_total counter',
    'megabrain_refused_total{reason="malformed"} 2', 'megabrain_refused_total{reason="a\\"b\\\\c\\nd"} 1',
    '# HELP megabrain_empty_total Nothing yet', '# TYPE megabrain_empty_total counter', '',
  ].join('\n'))
})
