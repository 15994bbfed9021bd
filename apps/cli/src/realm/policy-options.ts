// Options that say what a realm's policy is: the same for a new realm and for a new revision of one.

import { readFile } from 'node:fs/promises'
import { defaultModel, faultOfRealm, modelKinds } from '@megabrain/exchange'
import type { ChosenModel, Containment, PublishRule, Realm, Stage } from '@megabrain/exchange'
import { readCount, UsageError } from '../usage.ts'

export const policyOptions = {
  task: { type: 'string', multiple: true },
  moderator: { type: 'string', multiple: true },
  'beacon-signer': { type: 'string', multiple: true },
  publisher: { type: 'string', multiple: true },
  publish: { type: 'string' },
  threshold: { type: 'string' },
  capacity: { type: 'string' },
  containment: { type: 'string' },
  terms: { type: 'string' },
  pledge: { type: 'string' },
  stage: { type: 'string', multiple: true },
  license: { type: 'string' },
  model: { type: 'string' },
  'model-set': { type: 'string', multiple: true },
} as const

export type PolicyValues = { readonly [K in keyof typeof policyOptions]?: (typeof policyOptions)[K] extends { multiple: true } ? string[] : string }

const publishRules: readonly string[] = ['open', 'listed', 'invited'] satisfies PublishRule[]

/** `realm` with what the options say. @throws UsageError naming the option, or what the policy gets wrong */
export async function withOptions(realm: Realm, values: PolicyValues): Promise<Realm> {
  const { task, moderator, publisher, publish, threshold, capacity, containment, terms, pledge, stage, license } = values
  const plain: Realm = {
    ...realm,
    ...(task === undefined ? {} : { tasks: unique(task) }),
    ...(moderator === undefined ? {} : { moderators: unique([realm.owner, ...keys(moderator, '--moderator')]) }),
    ...(values['beacon-signer'] === undefined ? {} : { beaconSigners: unique(keys(values['beacon-signer'], '--beacon-signer')) }),
    ...(publisher === undefined ? {} : { publishers: unique(keys(publisher, '--publisher')) }),
    ...(publish === undefined ? {} : { publish: oneOf(publish) }),
    ...(threshold === undefined ? {} : { threshold: readCount(threshold, '--threshold', 0) }),
    ...(capacity === undefined ? {} : { capacity: readCount(capacity, '--capacity', 0) }),
    ...(containment === undefined ? {} : { containment: readLevel(containment) }),
    ...(terms === undefined ? {} : { terms: await readTerms(terms) }),
    ...(pledge === undefined ? {} : { pledge }),
    ...(stage === undefined ? {} : { stages: stage.map(readStage) }),
    ...(license === undefined ? {} : { license }),
  }
  const changed = withModel(plain, values)
  const fault = faultOfRealm(changed)
  if (fault !== undefined) throw new UsageError(`the policy does not hold together: ${fault}`)
  return changed
}

/** Another model begins with its defaults; `distributed` takes the field away. */
function withModel(realm: Realm, { model: name, 'model-set': settings = [] }: PolicyValues): Realm {
  const { model: before, ...rest } = realm
  const kind = name === undefined ? before?.kind ?? 'distributed' : modelKinds.find((known) => known === name)
  if (kind === undefined) throw new UsageError(`--model is one of ${modelKinds.join(', ')}, got ${JSON.stringify(name)}`)
  if (name === 'swarm') throw new UsageError('--model swarm comes later: no program follows it yet, so a realm that asks for it would be worked on as a distributed one')
  const begun = kind === before?.kind ? before : defaultModel(kind)
  if (begun === undefined) {
    if (settings.length > 0) throw new UsageError('--model-set needs a --model that has parameters')
    return rest
  }
  return { ...rest, model: settings.reduce(withParameter, begun) }
}

function withParameter(model: ChosenModel, text: string): ChosenModel {
  const [key = '', value = ''] = text.split('=')
  if (key === 'kind' || !Object.hasOwn(model, key)) {
    const known = Object.keys(model).filter((name) => name !== 'kind')
    throw new UsageError(`--model-set is KEY=VALUE with a key of ${known.join(', ')}, got ${JSON.stringify(text)}`)
  }
  return { ...model, [key]: key === 'selection' ? value : readCount(value, `--model-set ${key}`, 0) }
}

export function keys(texts: readonly string[], option: string): readonly string[] {
  return texts.map((text) => {
    if (!/^[0-9a-f]{64}$/.test(text)) throw new UsageError(`${option} must be an owner key of 64 hex characters, got ${JSON.stringify(text)}`)
    return text
  })
}

function unique(items: readonly string[]): readonly string[] {
  return [...new Set(items)].sort()
}

function oneOf(text: string): PublishRule {
  if (publishRules.includes(text)) return text as PublishRule
  throw new UsageError(`--publish is one of ${publishRules.join(', ')}, got ${JSON.stringify(text)}`)
}

function readLevel(text: string): Containment {
  const level = Number(text)
  if (level === 1 || level === 2 || level === 3 || level === 4) return level
  throw new UsageError(`--containment is 1, 2, 3 or 4, got ${JSON.stringify(text)}`)
}

/** A file of printable ASCII; line ends become spaces. */
async function readTerms(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim().replace(/\s*\n\s*/g, ' ')
  } catch (error) {
    throw new UsageError(`--terms names a file, and ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`)
  }
}

function readStage(text: string): Stage {
  const [task, goal, ...rest] = text.split(':')
  if (task === undefined || goal === undefined || rest.length > 0) throw new UsageError(`--stage is TASK:GOAL, got ${JSON.stringify(text)}`)
  return { task, goal: readCount(goal, '--stage', 0) }
}
