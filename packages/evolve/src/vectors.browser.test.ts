import { expect, test } from 'vitest'
import genotypes from '../vectors/genotypes.json' with { type: 'json' }
import math from '../vectors/math.json' with { type: 'json' }
import randoms from '../vectors/random.json' with { type: 'json' }
import { fingerprintOf } from './fingerprint.ts'
import { cidOf } from './genotype/cid.ts'
import { decodeGenotype, encodeGenotype } from './genotype/codec.ts'
import { cos, exp, log, sin, tanh } from './math.ts'
import { compile } from './network/compile.ts'
import { createRandom } from './random.ts'

const own: Readonly<Record<string, (x: number) => number>> = { exp, log, tanh, sin, cos }

function bitsOf(x: number): string {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  return view.getBigUint64(0).toString(16).padStart(16, '0')
}

function fromBits(bits: string): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, BigInt(`0x${bits}`))
  return view.getFloat64(0)
}

test('a browser computes the golden bits of every function', () => {
  for (const { name, x, y } of math.cases) expect(`${name} ${x} ${bitsOf(own[name]!(fromBits(x)))}`).toBe(`${name} ${x} ${y}`)
})

test('a browser draws the golden random numbers', () => {
  for (const { seed, uniforms, integers, normals } of randoms.streams) {
    const random = createRandom(seed)
    expect(uniforms.map(() => random.uniform())).toEqual(uniforms)
    expect(integers.map(() => random.integer(1_000))).toEqual(integers)
    expect(normals.map(() => random.normal())).toEqual(normals)
  }
})

test('a browser reads, names and runs the golden genotypes', () => {
  for (const { name, hex, cid, fingerprint, steps } of genotypes.cases) {
    const bytes = Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16))
    const decoded = decodeGenotype(bytes)
    if (!decoded.ok) throw new Error(`${name}: ${decoded.reason}`)
    expect(encodeGenotype(decoded.value)).toEqual(bytes)
    expect(cidOf(bytes)).toBe(cid)
    expect(fingerprintOf(decoded.value)).toBe(fingerprint)
    const network = compile(decoded.value)
    for (const { inputs, outputs } of steps) expect(Array.from(network.activate(inputs.map(fromBits)), bitsOf)).toEqual(outputs)
  }
})
