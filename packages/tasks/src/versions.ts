// Evaluator versions as a table: what those need who compare claims but never run a network. Apart from
// `evaluator-version.ts`, which brings every task, every golden result and the kernel with it. Made by `vectors/make.ts`.

import versions from '../vectors/versions.json' with { type: 'json' }

/** `evaluatorVersion` by id, of every task that everybody measures alike. */
export const claimableVersions: Readonly<Record<string, string>> = versions
