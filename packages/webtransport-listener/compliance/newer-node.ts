// Starts programs of this folder with a C library that the native binding accepts: the machine's own, or the one that the test command
// fetched (its folder is in NEWER_LIBC).

import { execFile } from 'node:child_process'
import { join } from 'node:path'

interface Ended {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

export function runWithNewerLibc(program: string, timeoutMs: number): Promise<Ended> {
  const libraries = process.env['NEWER_LIBC']
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', join(import.meta.dirname, program)]
  const words = libraries === undefined ? node : [join(libraries, 'ld-linux-x86-64.so.2'), '--library-path', libraries, ...node]
  return new Promise((resolve) => {
    execFile(words[0]!, words.slice(1), { timeout: timeoutMs }, (error, stdout, stderr) => {
      resolve({ exit: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr })
    })
  })
}
