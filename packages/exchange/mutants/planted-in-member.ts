// Bugs planted in the member: admission, pulling, measuring, publishing, synchronising and what goes to the population.

import { mutantsOf, type Mutant } from './mutant.ts'

export const plantedInMember: readonly Mutant[] = [
  ...mutantsOf('member/admit.ts', [
    ['signatures are not checked', "if (!valid) return refuse(turn, 'bad-signature', candidate, delivery)", ''],
    ['claims for other realms are taken', "if (claim.realm !== state.realmId) return refuse(turn, 'wrong-realm', candidate, delivery)", ''],
    ['claims of other evaluators are taken', 'state.evaluators.get(claim.task) !== claim.evaluator', '!state.evaluators.has(claim.task)'],
    ['the same bytes are looked at again', '  rememberClaim(state, claim)\n', ''],
    ['bans are ignored', "if (isBanned(author.reputation, now)) return 'banned'", ''],
    ['claims from the far future are taken', 'Math.abs(now - claim.time) > TIME_WINDOW_MS', 'now - claim.time > TIME_WINDOW_MS'],
    ['sequence numbers are forgotten', 'state.sequences.set(claim.device, window)', ''],
    ['an author has no rate', "if (!author.claims.take(now)) return 'too-many'", ''],
    ['synchronised claims are held to the window of the channel', "if (source === 'channel') {", 'if (source !== undefined) {'],
    [
      'claims at the threshold are refused',
      'claim.fitness < state.options.realm.threshold',
      'claim.fitness <= state.options.realm.threshold',
    ],
    ['the threshold is ignored', "if (claim.fitness < state.options.realm.threshold) return 'not-better'", ''],
    ['what is known to be bad is tried again', 'if (!known.ok) return known.reason', 'if (!known.ok) return undefined'],
    ['a lie about a known genotype costs nothing', "if (reason === 'not-reproduced') blameAuthor(turn, candidate.claim)", ''],
    ['neighbours are blamed for what they could not know', "blamed.has(reason) ? 'reject' : 'ignore'", "'reject'"],
    ['a refused claim gets no verdict', "return giveVerdict(turn, delivery, 'ignore')", 'return'],
    ['a claim that passes gets no verdict', "  giveVerdict(turn, delivery, 'forward')\n", ''],
    [
      'signature checks per neighbour are unlimited',
      '(source === \'channel\' ? announcements : offers).take(now)',
      '(source === \'channel\' ? announcements : offers).has(now)',
    ],
    [
      'a check pushed out by others gets no verdict',
      "if (displaced !== undefined) refuse(turn, 'too-many', displaced.value.candidate, displaced.value.delivery)",
      'void displaced',
    ],
    ['an unanswered check is never heard again', '    forgetClaim(state, candidate.claim)\n', ''],
    [
      'what the channel refused by rate never comes by synchronising',
      "if (reason === 'replayed' || reason === 'too-many') leaveUndecided(state, candidate.claim)",
      '',
    ],
  ]),
  ...mutantsOf('member/trial.ts', [
    [
      'fitness need not be equal to the bit',
      'if (claim.fitness !== known.fitness) {',
      'if (Math.abs(claim.fitness - known.fitness) > 1) {',
    ],
    [
      'a higher measured fitness passes for the claimed one',
      'if (claim.fitness !== known.fitness) {',
      'if (claim.fitness > known.fitness) {',
    ],
    ['the realm\'s budget does not reach the evaluator', 'maxCost: state.options.realm.limits.maxCost', 'maxCost: Number.MAX_SAFE_INTEGER'],
    [
      'our own evaluator\'s failure is held against authors',
      "if (measurement.reason === 'evaluator-failed') {",
      'if (candidates.length === 0) {',
    ],
    ['evaluations under way are unlimited', 'if (state.trialTickets.size >= MAX_MEASURING) return', ''],
    ['what was measured as bad is forgotten', '    state.known.set(cid, { ok: false, reason })\n', ''],
    ['worse entries are announced as admitted', "if (!raised) return countRefusal(turn, 'not-better', candidate, known.fitness)", ''],
    ['the evaluator is asked only once', '  measureNext(turn)\n}\n\nfunction conclude', '}\n\nfunction conclude'],
  ]),
  ...mutantsOf('member/publish.ts', [
    ['sequence numbers are used twice', 'Math.max(publish.sequence + 1,', 'Math.max(publish.sequence,'],
    ['discoveries below the threshold are published', 'if (discovery.fitness < options.realm.threshold) return', ''],
    [
      'an equal discovery is published again',
      'rival.claim.genotype === cid || compareEntries(candidate, rival) >= 0',
      'compareEntries(candidate, rival) > 0',
    ],
    ['publishing has no rate', '|| !publish.bucket.take(now)) return', ') return'],
    ['a discovery that a stranger overtook is published', '  if (!raised) return // a stranger', '  // a stranger'],
    [
      'a worse discovery pushes out one that waits',
      'if (waiting === undefined) return state.niches.get(niche)',
      'if (waiting !== undefined) return undefined\n  if (waiting === undefined) return state.niches.get(niche)',
    ],
  ]),
  ...mutantsOf('member/state.ts', [
    ['the root is not computed again', '  state.root = undefined\n', ''],
    ['an archive of another realm is loaded', 'claim.realm !== state.realmId || evaluators.get', 'evaluators.get'],
    ['results of another evaluator are loaded', ' || evaluators.get(claim.task) !== claim.evaluator) continue', ') continue'],
    [
      'a restart counts from the start again',
      'if (claim.device === device) state.publish.sequence = Math.max(state.publish.sequence, claim.sequence)',
      '',
    ],
    ['displaced genotypes stay in the index', 'state.byGenotype.delete(result.replaces.claim.genotype)', ''],
    ['bodies that others still want are thrown away', 'state.displaced.set(result.replaces.claim.genotype, result.replaces.body)', ''],
    ['blame falls on nobody', 'record.reputation = strike(record.reputation, turn.now)', ''],
    ['an accident is remembered as decided', '  forgetClaim(turn.state, candidate.claim)\n', ''],
  ]),
  ...mutantsOf('member/synchronise.ts', [
    [
      'claims of equal fitness are not asked for',
      'other.id === mine.id || other.fitness < mine.fitness',
      'other.id === mine.id || other.fitness <= mine.fitness',
    ],
    [
      'claims of equal fitness are not offered',
      'other.id === mine.id || other.fitness > mine.fitness',
      'other.id === mine.id || other.fitness >= mine.fitness',
    ],
    ['neighbours that hand over rubbish are asked again', 'faults < MAX_FAULTS', 'faults >= 0'],
    ['what was seen is asked for again', 'filter(({ id }) => !state.seenHeads.has(id))', 'filter(() => true)'],
    ['the same claims are offered all the time', '>= REOFFER_AFTER_MS', '>= 0'],
  ]),
  ...mutantsOf('member/pace.ts', [
    ['old claims are announced again', 'if (!isFresh || !state.sync.reannounce', 'if (!state.sync.reannounce'],
  ]),
  ...mutantsOf('member/park.ts', [['requests wait for ever', 'if (now - since < PARK_MS) break', 'if (now - since >= 0) break']]),
  ...mutantsOf('member/serve.ts', [
    ['a neighbour may ask without end', 'if (!neighbour.requests.take(now)) {', 'if (!neighbour.requests.has(now)) {'],
    ['a broken request is nobody\'s fault', "if (request.reason !== 'unknown-version') neighbour.faults++", ''],
  ]),
  ...mutantsOf('member/immigration.ts', [
    ['strangers come in without end', '    immigration.bucket.take(now)\n', ''],
    ['strangers far below our best come in', 'if (!isComparable(turn, entry)) continue', ''],
  ]),
  ...mutantsOf('member/member.ts', [
    ['the number of neighbours is unlimited', 'neighbours.slice(0, MAX_NEIGHBOURS)', 'neighbours'],
    ['those who left still agree', 'for (const peer of state.sync.agreed) if (!after.has(peer)) state.sync.agreed.delete(peer)', ''],
  ]),
  ...mutantsOf('member/pull.ts', [
    ['any genotype is taken for the claimed one', '&& cidOf(answer.value.body) === pull.cid', ''],
    ['bodies beyond the realm\'s size are taken', 'body.length > maxBodyBytes || ', ''],
    ['genotypes beyond the realm\'s links are taken', 'links > maxLinks || ', ''],
    ['whoever gave other bytes is asked again', 'pull.excluded.add(pull.askedLast)', 'void pull.askedLast'],
    [
      'one neighbour may make us want everything',
      "if (countOf(state, candidate.via) >= MAX_PULLS_PER_NEIGHBOUR) return drop(turn, candidate, 'too-many')",
      '',
    ],
    [
      'a body that is here is fetched again',
      'if (here !== undefined && known?.ok === true) return',
      'if (here !== undefined && known?.ok === false) return',
    ],
    ['a broken body costs its author nothing', "    blameAuthor(turn, candidate.claim)\n", ''],
  ]),
]
