// One-byte codes for the operators in a claim's lineage, so that eight of them fit into an announcement. The table only
// grows at its end. Names and codes map one to one, except that names outside the table become `other`.

const names = [
  'other',
  'perturb-weights',
  'add-neuron',
  'add-link',
  'remove-link',
  'remove-neuron',
  'mutate-activation',
  'crossover-choose',
  'crossover-average',
  'mutate-aggregation',
  'add-bias',
  'remove-bias',
  'add-inlink',
  'add-outlink',
  'add-parallel-neuron',
  'outsplice',
  'insplice',
  'add-sensorlink',
  'add-actuatorlink',
  'add-sensor',
  'add-actuator',
  'remove-sensor',
  'remove-actuator',
  'tune-hill-climb',
  'tune-cma-es',
  'tune-sep-cma-es',
] as const

const codes = new Map<string, number>(names.map((name, code) => [name, code]))
const NUMBERED = /^operator-([1-9][0-9]{0,2})$/

/** @returns 0 to 255; 0 for an operator without a code */
export function operatorCode(name: string): number {
  const code = codes.get(name)
  if (code !== undefined) return code
  const number = Number(NUMBERED.exec(name)?.[1] ?? 0)
  return number >= names.length && number < 256 ? number : 0
}

/** A code that a newer table defines reads `operator-N` and encodes to the same code again. */
export function operatorName(code: number): string {
  return names[code] ?? `operator-${code}`
}
