// Bugs planted below the member: windows, budgets, reputations, orders, archives and formats.

import { mutantsOf, type Mutant } from './mutant.ts'

export const plantedBelow: readonly Mutant[] = [
  ...mutantsOf('admission/bounded-map.ts', [
    ['a bounded map holds one more than its cap', 'map.size <= this.#capacity', 'map.size <= this.#capacity + 1'],
    ['setting again does not make newest', '    map.delete(key)\n    map.set(key, value)', '    map.set(key, value)'],
  ]),
  ...mutantsOf('admission/reputation.ts', [
    ['a ban takes one strike more', 'const STRIKES_UNTIL_BAN = 3', 'const STRIKES_UNTIL_BAN = 4'],
    ['a ban ends a moment late', 'return now < reputation.bannedUntil', 'return now <= reputation.bannedUntil'],
    ['bans never end growing', 'Math.min(MAX_DOUBLINGS, strikes', 'Math.min(MAX_DOUBLINGS + 1, strikes'],
    ['strikes are forgiven at once', 'now - reputation.struckAt > FORGIVEN_AFTER_MS', 'now - reputation.struckAt >= 0'],
    ['strikes are never forgiven', 'now - reputation.struckAt > FORGIVEN_AFTER_MS', 'now < 0'],
  ]),
  ...mutantsOf('admission/sequence-window.ts', [
    ['the window takes one number too old', 'bit >= WIDTH', 'bit > WIDTH'],
    ['a jump by exactly the width keeps old bits', 'ahead === WIDTH ? 0', 'ahead > WIDTH ? 0'],
    ['the former highest can be replayed', '(1 << (ahead - 1))', '(1 << ahead)'],
    ['a number below the highest can be replayed', 'below: window.below | (1 << bit)', 'below: window.below'],
  ]),
  ...mutantsOf('admission/token-bucket.ts', [
    ['a budget refills when the clock goes backwards', 'Math.max(0, now - filledAt)', 'Math.abs(now - filledAt)'],
    [
      'a budget saves up without end',
      'Math.min(capacity, tokens + (elapsedMs * perSecond) / 1_000)',
      'tokens + (elapsedMs * perSecond) / 1_000',
    ],
  ]),
  ...mutantsOf('archive/order.ts', [
    ['of equals the one with more links stays', 'a.links - b.links', 'b.links - a.links'],
    [
      'of equals the higher CID stays',
      'compareText(a.claim.genotype, b.claim.genotype)',
      'compareText(b.claim.genotype, a.claim.genotype)',
    ],
    ['equal genotypes tie whoever claims them', 'compareText(a.claim.id, b.claim.id)', '0'],
  ]),
  ...mutantsOf('archive/niches.ts', [
    ['merging prefers whoever comes last', 'compareEntries(holder, entry) <= 0) return', 'compareEntries(holder, entry) < 0) return'],
    [
      'merging forgets what only the second holds',
      '[...a.values(), ...b.values()]',
      '[...a.values(), ...[...b].filter(([niche]) => a.has(niche)).map(([, entry]) => entry)]',
    ],
    [
      'an archive dominates what it lacks',
      'holder === undefined || compareEntries(holder, entry) > 0',
      'holder !== undefined && compareEntries(holder, entry) > 0',
    ],
    [
      'an archive does not dominate its equal',
      'compareEntries(holder, entry) > 0) return false',
      'compareEntries(holder, entry) >= 0) return false',
    ],
  ]),
  ...mutantsOf('archive/niche.ts', [
    ['sizes fall into buckets by factors of two', 'rest >>>= 2', 'rest >>>= 1'],
    ['behaviours fall into sixteen buckets', 'const FINGERPRINT_SHIFT = 3', 'const FINGERPRINT_SHIFT = 4'],
  ]),
  ...mutantsOf('archive/heads.ts', [
    ['the root does not see which claim a niche holds', '    hexBytes(claim.id),\n', ''],
    ['the root does not see the niche', '    Uint8Array.of(nicheNumber(fingerprint, links)),\n', ''],
  ]),
  ...mutantsOf('archive/archive-rows.ts', [
    ['restoring takes damaged rows', 'if (!bytesEqual(encodeClaimRow(row), claimRow)) return malformed', ''],
    ['restoring takes another body than the claim names', '(!isBodiless && cidOf(present) !== claim.genotype)', 'false'],
    [
      'an entry that lost its body counts as one that gave it up',
      'const isBodiless = bodiless === 1',
      'const isBodiless = body === undefined',
    ],
    [
      'rows of a newer release are thrown away',
      "else if (result.reason !== 'unknown-version') damaged.push(key)",
      'else damaged.push(key)',
    ],
  ]),
  ...mutantsOf('archive/eviction.ts', [
    ['the best of a task may go', 'hasBody(entry) && entry.claim.fitness < best', 'hasBody(entry)'],
    ['the fittest go first', 'a.fitness - b.fitness ||', 'b.fitness - a.fitness ||'],
    ['the most novel go first', 'a.novelty - b.novelty', 'b.novelty - a.novelty'],
    ['the youngest go first', 'return a.time - b.time', 'return b.time - a.time'],
  ]),
  ...mutantsOf('archive/novelty.ts', [
    ['novelty is the distance to the farthest', 'sort((a, b) => a - b)', 'sort((a, b) => b - a)'],
  ]),
  ...mutantsOf('claim/claim-codec.ts', [
    [
      'the owner need not have signed the device',
      'const checks = [check, ownerCheck(statement.author, key, delegation)]',
      'const checks = [check]',
    ],
    ['a fitness above the scale is read', 'statement.fitness <= MAX_FITNESS', 'true'],
    ['more parents than two are written', 'statement.parents.length <= MAX_PARENTS', 'true'],
  ]),
  ...mutantsOf('claim/envelope.ts', [
    [
      'a signature for one purpose serves another',
      'if (!bytesEqual(payloadType, purpose.payloadType))',
      'if (payloadType.length !== purpose.payloadType.length)',
    ],
    ['an envelope has several encodings', 'if (!bytesEqual(encodeEnvelope(purpose, envelope), bytes)) return malformed', ''],
    ['the domain is not signed', '[asciiBytes(purpose.domain), purpose.payloadType, payload]', '[purpose.payloadType, payload]'],
  ]),
  ...mutantsOf('claim/cid-digest.ts', [
    ['a CID has several texts', "if ((buffer & ((1 << bits) - 1)) !== 0) return undefined", ''],
    ['a CID of another codec is taken', 'if (bytes[i] !== PREFIX[i]) return undefined', ''],
  ]),
  ...mutantsOf('wire/fields.ts', [
    ['a message may have any number of fields', 'if (count === maxElements) return undefined', ''],
  ]),
  ...mutantsOf('wire/messages.ts', [
    ['a niche may come twice among heads', 'packed[at]! <= last', 'packed[at]! < last'],
    ['heads may have an impossible fitness', 'fitnessAt(packed, at) > MAX_FITNESS || ', ''],
  ]),
  ...mutantsOf('realm/realm.ts', [
    ['a realm is known by its name alone', 'hexBytes(realm.owner), asciiBytes(realm.name)', 'asciiBytes(realm.name)'],
  ]),
  ...mutantsOf('wire/inflate.ts', [
    ['a deflated body may have any number of blocks', 'if (--blocks < 0) return undefined', ''],
    ['a deflated body may have something after it', ' && (stream.at + 7) >> 3 === bytes.length', ''],
    ['a distance may reach before the beginning', 'distance > stream.length || ', ''],
  ]),
  ...mutantsOf('wire/parcel.ts', [
    ['a body may inflate without bound', 'inflated > content.length * MAX_INFLATION || ', ''],
  ]),
  ...mutantsOf('registry/registry.ts', [
    ['an older statement replaces a newer one', 'return b.revision - a.revision', 'return a.revision - b.revision'],
    ['one signer may fill the registry', 'if (ofSigner.size > maxPerSigner) return', 'if (ofSigner.size > maxTotal) return'],
    ['the registry has no bound', 'shelf.ranked.length > maxTotal ? shelf.ranked.at(-1) : undefined', 'undefined'],
    ['which statements stay depends on who came first', 'place.rank > last.rank', 'place.rank < place.rank'],
  ]),
  ...mutantsOf('identity/revocation.ts', [
    ['the number at which a device was taken back still counts', 'sequence >= from', 'sequence > from'],
  ]),
  ...mutantsOf('credit/sampling.ts', [
    ['a device is trusted one audit early', 'valid < TRUSTED_AFTER ?', 'valid < TRUSTED_AFTER - 1 ?'],
    ['a trusted device is hardly audited any more', 'Math.max(SAMPLING_FLOOR, 1 / valid)', '1 / (valid * valid)'],
  ]),
  ...mutantsOf('credit/replay.ts', [
    ['the state after is not compared', "stateRoot(search.encode()) === receipt.after ? undefined : 'other-end'", 'undefined'],
    ['the work is not compared', "if (work !== receipt.work) return end('other-work')", ''],
    ['a state that nobody named is gone on from', "if (stateRoot(options.before) !== receipt.before) return 'other-state'", ''],
    ['a stranger of any cost is let in', "if (!isAllowed(genotype.value)) return 'too-expensive'", ''],
  ]),
]
