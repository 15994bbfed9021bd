// The table of structural operators: the names that go into lineage and claims, and the setting that holds the chance of
// each. Order matters: `mutate` tries them in this one.

import { addActuator, addActuatorLink, addInlink, addLink, addOutlink, addSensor, addSensorLink } from './link-operators.ts'
import { removeActuator, removeLink, removeSensor } from './link-operators.ts'
import { addBias, addNeuron, addParallelNeuron, insplice, mutateActivation, mutateAggregation } from './neuron-operators.ts'
import { outsplice, removeBias, removeNeuron } from './neuron-operators.ts'
import type { Operator as Proposal, OperatorSettings } from './operator.ts'
import { applyEdits } from '../genotype/edits.ts'
import type { Genotype } from '../genotype/genotype.ts'
import type { Random } from '../random.ts'

export const operators = [
  { name: 'add-neuron', setting: 'addNeuron', propose: addNeuron },
  { name: 'add-link', setting: 'addLink', propose: addLink },
  { name: 'remove-link', setting: 'removeLink', propose: removeLink },
  { name: 'remove-neuron', setting: 'removeNeuron', propose: removeNeuron },
  { name: 'mutate-activation', setting: 'mutateActivation', propose: mutateActivation },
  { name: 'mutate-aggregation', setting: 'mutateAggregation', propose: mutateAggregation },
  { name: 'add-bias', setting: 'addBias', propose: addBias },
  { name: 'remove-bias', setting: 'removeBias', propose: removeBias },
  { name: 'add-inlink', setting: 'addInlink', propose: addInlink },
  { name: 'add-outlink', setting: 'addOutlink', propose: addOutlink },
  { name: 'add-parallel-neuron', setting: 'addParallelNeuron', propose: addParallelNeuron },
  { name: 'outsplice', setting: 'outsplice', propose: outsplice },
  { name: 'insplice', setting: 'insplice', propose: insplice },
  { name: 'add-sensorlink', setting: 'addSensorLink', propose: addSensorLink },
  { name: 'add-actuatorlink', setting: 'addActuatorLink', propose: addActuatorLink },
  { name: 'add-sensor', setting: 'addSensor', propose: addSensor },
  { name: 'add-actuator', setting: 'addActuator', propose: addActuator },
  { name: 'remove-sensor', setting: 'removeSensor', propose: removeSensor },
  { name: 'remove-actuator', setting: 'removeActuator', propose: removeActuator },
] as const satisfies readonly { readonly name: string; readonly setting: string; readonly propose: Proposal }[]

export type OperatorName = (typeof operators)[number]['name']
/** The setting with the chance of an operator. */
export type OperatorSetting = (typeof operators)[number]['setting']

const applied = (propose: Proposal) => (genotype: Genotype, settings: OperatorSettings, random: Random): Genotype | undefined => {
  const edits = propose(genotype, settings, random)
  return edits && applyEdits(genotype, edits)
}
const [addLinkApplied, addNeuronApplied, mutateActivationApplied, removeLinkApplied, removeNeuronApplied] =
  [addLink, addNeuron, mutateActivation, removeLink, removeNeuron].map(applied) as [Applied, Applied, Applied, Applied, Applied]
type Applied = ReturnType<typeof applied>
export {
  addLinkApplied as addLink, addNeuronApplied as addNeuron, mutateActivationApplied as mutateActivation,
  removeLinkApplied as removeLink, removeNeuronApplied as removeNeuron, type Applied as Operator,
}
