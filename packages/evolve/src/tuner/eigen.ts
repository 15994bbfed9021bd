// Eigenvectors and eigenvalues of a symmetric matrix by cyclic Jacobi rotations (Jacobi 1846; Golub and Van Loan, Matrix
// Computations, 8.5): only + − × ÷ and square roots in a fixed order, so the same bits everywhere.

export interface Eigen {
  /** Column k of the n × n matrix, row by row, is the unit eigenvector of `values[k]`. */
  readonly vectors: Float64Array
  readonly values: Float64Array
}

/** Six to ten sweeps reach full precision; this many only a matrix with NaN ever takes. */
const MAX_SWEEPS = 40
/** Off-diagonal elements count as 0 below this part of the diagonal's scale. */
const NEGLIGIBLE = 1e-30

/** @param matrix n × n, row by row; only read. Both triangles must agree. */
export function eigenOf(matrix: Float64Array, n: number): Eigen {
  const a = matrix.slice()
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) v[i * n + i] = 1
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let off = 0
    let on = 0
    for (let i = 0; i < n; i++) {
      on += a[i * n + i]! * a[i * n + i]!
      for (let j = i + 1; j < n; j++) off += a[i * n + j]! * a[i * n + j]!
    }
    if (!(off > NEGLIGIBLE * on)) break
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q)
  }
  return { vectors: v, values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!) }
}

/** Makes element (p, q) zero. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q]!
  if (apq === 0) return
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq)
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (let k = 0; k < n; k++) {
    const kp = a[k * n + p]!
    const kq = a[k * n + q]!
    a[k * n + p] = c * kp - s * kq
    a[k * n + q] = s * kp + c * kq
  }
  for (let k = 0; k < n; k++) {
    const pk = a[p * n + k]!
    const qk = a[q * n + k]!
    a[p * n + k] = c * pk - s * qk
    a[q * n + k] = s * pk + c * qk
  }
  for (let k = 0; k < n; k++) {
    const kp = v[k * n + p]!
    const kq = v[k * n + q]!
    v[k * n + p] = c * kp - s * kq
    v[k * n + q] = s * kp + c * kq
  }
}
