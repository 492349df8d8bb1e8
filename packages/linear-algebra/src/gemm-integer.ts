/**
 * The product of int32 matrices, wrapping around modulo 2^32; `a` is `[m, k]`, `b` is `[k, n]`, and `c`,
 * which starts as zeros, `[m, n]`.
 */
export function integerGemm(
  m: number,
  n: number,
  k: number,
  a: Int32Array,
  aOffset: number,
  b: Int32Array,
  bOffset: number,
  c: Int32Array,
  cOffset: number,
): void {
  for (let i = 0; i < m; i++) {
    const row = cOffset + i * n;
    for (let p = 0; p < k; p++) {
      const factor = a[aOffset + i * k + p];
      const from = bOffset + p * n;
      for (let j = 0; j < n; j++) c[row + j] += Math.imul(factor, b[from + j]);
    }
  }
}

/** The product of int64 matrices, wrapping around modulo 2^64; shapes as in {@link integerGemm}. */
export function longGemm(
  m: number,
  n: number,
  k: number,
  a: BigInt64Array,
  aOffset: number,
  b: BigInt64Array,
  bOffset: number,
  c: BigInt64Array,
  cOffset: number,
): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0n;
      for (let p = 0; p < k; p++) sum += a[aOffset + i * k + p] * b[bOffset + p * n + j];
      // Storing keeps the low 64 bits.
      c[cOffset + i * n + j] = sum;
    }
  }
}
