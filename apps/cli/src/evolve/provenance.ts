// What made a result: the commit of the program, the Node that ran it, the command as it was typed.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface Provenance {
  /** Of the program's own repository, with `+changes` when files of it differ; null outside a repository or without git. */
  readonly commit: string | null
  readonly node: string
  readonly command: string
}

export async function readProvenance(args: readonly string[]): Promise<Provenance> {
  return { commit: await readCommit(), node: process.version, command: ['megabrain', ...args.map(quoted)].join(' ') }
}

async function readCommit(): Promise<string | null> {
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  const git = async (...args: string[]): Promise<string> => (await promisify(execFile)('git', args, { cwd })).stdout.trim()
  try {
    const commit = await git('rev-parse', 'HEAD')
    return (await git('status', '--porcelain', '--untracked-files=no')) === '' ? commit : `${commit}+changes`
  } catch {
    return null
  }
}

const quoted = (arg: string): string => (/^[\w./:=,@+-]+$/.test(arg) ? arg : `'${arg.replaceAll('\'', '\'\\\'\'')}'`)
