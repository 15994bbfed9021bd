// `megabrain new-task`: a commented task that works, for authors to change into theirs.

import { readFile, writeFile } from 'node:fs/promises'
import type { Command } from '../command.ts'
import { readOptions, UsageError } from '../usage.ts'

const TEMPLATE = new URL('../new-task/lander.mjs', import.meta.url)
const TEMPLATE_ID = 'lander'

export const newTaskCommand: Command = {
  usage: 'new-task NAME',
  async run(args) {
    const { positionals } = readOptions(args, {}, ['NAME'])
    const id = positionals[0]!
    if (!/^[a-z0-9-]{1,32}$/.test(id)) throw new UsageError(`NAME must be 1 to 32 characters of a-z, 0-9 and -, got ${JSON.stringify(id)}`)
    const file = `./${id}.mjs`
    const template = await readFile(TEMPLATE, 'utf8')
    const task = template.replace(`./${TEMPLATE_ID}.mjs`, file).replace(`id: '${TEMPLATE_ID}'`, `id: '${id}'`)
    await writeFile(file, task, { flag: 'wx' }).catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException
      throw new UsageError(code === 'EEXIST' ? `${file} is there already` : `${file} cannot be written (${code ?? String(error)})`)
    })
    return { json: { file, id }, text: `${file} is a task that works: megabrain evolve --task ${file}` }
  },
}
