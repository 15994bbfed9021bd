// `megabrain donate` as a program of its own, without the other commands: what is bundled and runs for months.

// WebRTC's certificates need it before they are loaded.
import 'reflect-metadata'
import { donateCommand } from '../commands/donate.ts'
import { endingOf } from '../ending.ts'
import { runAsProcess } from '../process.ts'

await runAsProcess((args, surroundings) => endingOf('donate', () => donateCommand, args[0] === 'donate' ? args.slice(1) : args, surroundings))
