// Determinism lint for the code that can touch a fitness (design law: results equal to the bit on every engine). Walks the
// syntax tree of `evolve` and `tasks`, because no linter we use can forbid the `**` operator or a single member of `Math`.

import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'

/** Exact by the ECMAScript specification; every other member of `Math` is implementation-approximated. */
const exactMath = new Set(['sqrt', 'abs', 'floor', 'ceil', 'trunc', 'min', 'max', 'fround', 'imul', 'clz32'])
const bannedGlobals = new Set(['Date', 'performance', 'Intl', 'crypto', 'setTimeout', 'setInterval', 'queueMicrotask'])
const bannedMembers = new Set(['toLocaleString', 'localeCompare', 'toLocaleUpperCase', 'toLocaleLowerCase'])

/** `file:line sentence` for everything that engines may do differently. */
export function determinismFaults(root: string, folders: readonly string[] = ['packages/evolve/src', 'packages/tasks/src']): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .sort()
      .flatMap((file) => faultsIn(join(root, folder, file)).map((fault) => `${relative(root, join(root, folder, file))}:${fault}`)),
  )
}

function faultsIn(file: string): string[] {
  return determinismFaultsOf(readFileSync(file, 'utf8'))
}

/** `line sentence` for one source text. */
export function determinismFaultsOf(text: string): string[] {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.ES2023, true)
  const faults: string[] = []
  const report = (node: ts.Node, sentence: string) => {
    faults.push(`${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${sentence}`)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && (node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken || node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken)) {
      report(node, '`**` is implementation-approximated')
    } else if (ts.isForInStatement(node)) {
      report(node, '`for … in` depends on key order')
    } else if (ts.isPropertyAccessExpression(node)) {
      const member = node.name.text
      if (ts.isIdentifier(node.expression) && node.expression.text === 'Math' && !exactMath.has(member)) report(node, `\`Math.${member}\` differs between engines`)
      if (bannedMembers.has(member)) report(node, `\`${member}\` depends on the locale`)
    } else if (ts.isIdentifier(node) && node.text === 'Math' && !ts.isPropertyAccessExpression(node.parent)) {
      report(node, '`Math` may only be used as `Math.member`')
    } else if (ts.isIdentifier(node) && bannedGlobals.has(node.text) && isValue(node)) {
      report(node, `\`${node.text}\` is time, randomness or locale`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return faults
}

/** Whether the identifier is read as a variable, not a property name, a type or a key. */
function isValue(node: ts.Identifier): boolean {
  const parent = node.parent
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  return !(ts.isPropertyAssignment(parent) && parent.name === node) && !ts.isTypeReferenceNode(parent) && !ts.isPropertySignature(parent)
}
