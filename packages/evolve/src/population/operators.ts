// The table of structural operators: the names that go into lineage and claims, and the setting that holds the chance of
// each. Order matters: `mutate` tries them in this one.

import { addActuator, addActuatorLink, addInlink, addLink, addOutlink, addSensor, addSensorLink } from './link-operators.ts'
import { removeActuator, removeLink, removeSensor } from './link-operators.ts'
import { addBias, addNeuron, addParallelNeuron, insplice, mutateActivation, mutateAggregation } from './neuron-operators.ts'
import { outsplice, removeBias, removeNeuron } from './neuron-operators.ts'
import type { Operator } from './operator.ts'

interface OperatorRow {
  readonly name: string
  readonly setting: string
  /** Whether networks become larger by it. */
  readonly grows: boolean
  readonly propose: Operator
}

export const operators = [
  { name: 'add-neuron', setting: 'addNeuron', grows: true, propose: addNeuron },
  { name: 'add-link', setting: 'addLink', grows: true, propose: addLink },
  { name: 'remove-link', setting: 'removeLink', grows: false, propose: removeLink },
  { name: 'remove-neuron', setting: 'removeNeuron', grows: false, propose: removeNeuron },
  { name: 'mutate-activation', setting: 'mutateActivation', grows: false, propose: mutateActivation },
  { name: 'mutate-aggregation', setting: 'mutateAggregation', grows: false, propose: mutateAggregation },
  { name: 'add-bias', setting: 'addBias', grows: true, propose: addBias },
  { name: 'remove-bias', setting: 'removeBias', grows: false, propose: removeBias },
  { name: 'add-inlink', setting: 'addInlink', grows: true, propose: addInlink },
  { name: 'add-outlink', setting: 'addOutlink', grows: true, propose: addOutlink },
  { name: 'add-parallel-neuron', setting: 'addParallelNeuron', grows: true, propose: addParallelNeuron },
  { name: 'outsplice', setting: 'outsplice', grows: true, propose: outsplice },
  { name: 'insplice', setting: 'insplice', grows: true, propose: insplice },
  { name: 'add-sensorlink', setting: 'addSensorLink', grows: true, propose: addSensorLink },
  { name: 'add-actuatorlink', setting: 'addActuatorLink', grows: true, propose: addActuatorLink },
  { name: 'add-sensor', setting: 'addSensor', grows: true, propose: addSensor },
  { name: 'add-actuator', setting: 'addActuator', grows: true, propose: addActuator },
  { name: 'remove-sensor', setting: 'removeSensor', grows: false, propose: removeSensor },
  { name: 'remove-actuator', setting: 'removeActuator', grows: false, propose: removeActuator },
] as const satisfies readonly OperatorRow[]

export type OperatorName = (typeof operators)[number]['name']
/** The setting with the chance of an operator. */
export type OperatorSetting = (typeof operators)[number]['setting']
