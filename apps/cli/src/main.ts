#!/usr/bin/env node
// The program with all commands.

import { runMegabrain } from './cli.ts'
import { runAsProcess } from './process.ts'

await runAsProcess(runMegabrain)
