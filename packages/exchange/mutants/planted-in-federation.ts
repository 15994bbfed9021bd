// Bugs planted in Model 2.

import { mutantsOf, type Mutant } from './mutant.ts'

export const plantedInFederation: readonly Mutant[] = [
  ...mutantsOf('models/federation/lease.ts', [
    ['a higher term does not take over', "if (known.term !== term) return term > known.term ? 'newer' : 'older'", "if (known.term !== term) return 'older'"],
    ['the lower weight wins a term', 'weightOf(world.realmId, shard, term, device) > known.weight', 'weightOf(world.realmId, shard, term, device) < known.weight'],
    ['a proved liar is followed', 'fed.liars.has(device) || (fed.barren', '(fed.barren'],
    ['nobody stands when the coordinator is gone', '  if (rank < EXPECTED_STANDERS * 2 ** fed.silentBeats) stand(turn, term, known)\n', ''],
    ['who is fenced off goes on', '  if (fed.office?.shard === shard && device !== world.device) fed.office = undefined\n', ''],
    ['a coordinator that decides nothing is kept', '<= BARREN_DEADLINES * fed.policy.deadlineMs) return', '>= 0) return'],
    ['the lease is said only once', 'office.saidAt = world.now\n  const { shard', 'office.saidAt = Infinity\n  const { shard'],
  ]),
  ...mutantsOf('models/federation/office.ts', [
    ['a round waits for everybody', 'policy.quorum * expected', '1_000 * expected'],
    ['a round has no deadline', 'elapsed < policy.deadlineMs && !isQuorum', '!isQuorum'],
    ['the first report of a device counts, not the last', 'if (before !== undefined && before.report.round > round) return', 'if (before !== undefined) return'],
    ['members who have gone are waited for', 'if (office.round - round > ABSENT_ROUNDS) office.members.delete(device)', 'void round'],
    ['a shard that is too large stays one', "return 'splits'", "return 'stays'"],
  ]),
  ...mutantsOf('models/federation/reporting.ts', [
    ['reports of others are dropped', '    if (!isOurs) enqueue(turn, shard, message)\n    else effects', '    if (isOurs) effects'],
    ['reports go round in circles', '    if (fed.passed.has(name)) continue\n', ''],
    ['what was reported before a takeover is not reported again', "? world.now + world.random.uniform() * TAKEOVER_SPREAD_MS", '? Infinity'],
  ]),
  ...mutantsOf('models/federation/decision.ts', [
    ['two decisions for one round are no lie', '    prove(turn, before, message)\n', ''],
    ['a proof is not passed on', '  convict(turn, device, envelope)\n  broadcast(turn, envelope)\n', '  convict(turn, device, envelope)\n'],
    ['an unjust list is not complained about', '    return broadcast(turn, fed.report.message.envelope)\n', '    return\n'],
    ['complaints are not judged when the list comes', '  for (const complaint of fed.complaints.values()) if (judge(turn, complaint)) return\n', ''],
    ['survivors are not told', "      effects.push({ kind: 'tell', discovery: agent.discovery })\n", ''],
    ['an old list counts after a new one', '  if (!isLater(decision, fed.applied)) return\n', ''],
    ['members of a split shard stay', 'move(turn, decision)\n  }\n  return true', '}\n  return true'],
    ['a proof needs no contradiction', 'a.round === b.round && ', ''],
  ]),
  ...mutantsOf('models/federation/selection.ts', [
    ['the worst survive', 'return b.fitness - a.fitness || compareText(a.prefix, b.prefix)', 'return a.fitness - b.fitness || compareText(a.prefix, b.prefix)'],
    ['selection depends on who reported first', '[...reported].sort((a, b) => compareText(a.id, b.id)).slice', '[...reported].slice'],
    ['an agent is counted as often as it is reported', '    if (seen.has(name)) continue // reported by several: once is enough\n', ''],
    ['invented survivors go unseen', "if (survivor.report === index && (row?.fitness", "if (false && (row?.fitness"],
    ['left-out agents go unseen', "fitness > worst(species)) return 'omitted'", "fitness < 0) return 'omitted'"],
  ]),
]
