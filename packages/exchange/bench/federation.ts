// The figures of Model 2 on the virtual clock: a coordinator killed in mid-round, a cut in halves, the coordinators' traffic at
// a thousand islands, islands that are slow, a coordinator that signs two decisions. Prints one JSON line per scene.
//
//   node packages/exchange/bench/federation.ts [--only kill|cut|traffic|slow|liar] [--seeds N]

import { parseArgs } from 'node:util'
import { evaluatorVersion, tasks } from '@megabrain/tasks'
