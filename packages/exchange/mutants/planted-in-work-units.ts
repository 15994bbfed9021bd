// Bugs planted in work units: what a donor serves, what a requester believes, and the bytes between them.

import { mutantsOf, type Mutant } from './mutant.ts'

export const plantedInWorkUnits: readonly Mutant[] = [
  ...mutantsOf('work-units/farm.ts', [
    ['a donor is trusted from its first result', 'auditProbability(donor.valid + unit.samples.size)', '0.02'],
    ['a false result is taken and its donor asked on', 'if (isKnown) judge(unit.peer, claimed, truth)', ''],
    ['results are taken before their samples hold', 'if (unit.samples.size > 0 || unit.results === undefined', 'if (unit.results === undefined'],
    ['work of a silent donor is lost', '    giveBack(unit)\n  }\n\n  /** Another', '  }\n\n  /** Another'],
    ['what is found false stays in the open units', '      end(unit)\n      giveBack(unit)\n', ''],
    ['a result is told twice when a copy was slower', 'if (!work.delete(id)) return', 'work.delete(id)\n    if (id < 0) return'],
    ['a donor checks itself', ' || unit.peer === donor.peer) continue', ') continue'],
    ['untried donors check others', ' || donor.validHere < TRUSTED_AFTER) return chosen', ') return chosen'],
    ['an objection is overruled unheard', 'if (!isEqual(claimedOf(checked, sample.id), result)) {', 'if (sample.id < 0) {'],
    ['all samples wait for this machine', 'samples.length <= OWN_BACKLOG', 'samples.length >= 0'],
    ['donors decide objections among themselves', 'if (sample.isOurs || unit === undefined', 'if (unit === undefined'],
    ['slow donors get as much as fast ones', 'Math.min(MAX_UNIT_BODIES, bySpeed, fair)', 'Math.min(MAX_UNIT_BODIES, fair)'],
    ['false donors are asked on', '!donor.isFalse && time >=', 'time >='],
    ['without donors nothing is evaluated', '(!hasDonors || options', '(options'],
    ['a short answer counts for the whole unit', 'if (results?.length !== unit.ids.length) return failed(unit)', 'if (results === undefined) return failed(unit)'],
  ]),
  ...mutantsOf('work-units/serve-units.ts', [
    ['another evaluator version is served', "if (state.evaluators.get(unit.task) !== unit.evaluator) return refuse('unknown-task')", ''],
    ['one neighbour takes all places', ' || ofNeighbour >= MAX_UNITS_PER_NEIGHBOUR) return', ') return'],
    ['units are never dropped', 'if (turn.now < until) continue', 'continue'],
    ['who does not want to evaluates all the same', 'state.options.evaluatesForOthers === true && ', ''],
    ['the queue of the evaluator is flooded', 'if (measuring.size >= most) return', ''],
  ]),
  ...mutantsOf('work-units/work-unit.ts', [
    ['units have no limit in bytes', ' > MAX_UNIT_BYTES || fields', ' > 1e9 || fields'],
    ['a deadline may be endless', ' || deadlineMs > MAX_UNIT_MS) return', ') return'],
  ]),
]
