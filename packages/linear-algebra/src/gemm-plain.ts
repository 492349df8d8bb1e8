import { OVERWRITE, SUBTRACT } from "./gemm-mode.ts";
import type { Mode } from "./gemm-mode.ts";

/** Rows and columns of C that one register tile covers. */
const TILE = 4;
/** Length of the k panels: one packed strip of B (4 wide) stays in the first-level cache. */
const PANEL_K = 256;
/** Rows of A packed at a time. */
const PANEL_M = 64;
/** Columns of B packed at a time. */
const PANEL_N = 512;

/** Below this many multiplications the packing of operands costs more than it saves. */
const PACKING_THRESHOLD = 16 * 16 * 16;

/**
 * The matrix product in plain JavaScript, with the bits of the WebAssembly kernel: every output is
 * the sum over k in ascending order, product and sum rounded separately, from +0.
 */
export function plainGemm(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  a: Float32Array | Float64Array,
  aOffset: number,
  b: Float32Array | Float64Array,
  bOffset: number,
  c: Float32Array | Float64Array,
  cOffset: number,
): void {
  const aStride = transA ? m : k;
  const bStride = transB ? k : n;
  plainProduct(
    transA,
    transB,
    m,
    n,
    k,
    a,
    aOffset,
    aStride,
    b,
    bOffset,
    bStride,
    c,
    cOffset,
    n,
    OVERWRITE,
  );
}

/** As {@link plainGemm}, with rows any number of elements apart, and sums that go on from C where `mode` says so. */
export function plainProduct(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  a: Float32Array | Float64Array,
  aOffset: number,
  aStride: number,
  b: Float32Array | Float64Array,
  bOffset: number,
  bStride: number,
  c: Float32Array | Float64Array,
  cOffset: number,
  cStride: number,
  mode: Mode,
): void {
  if (mode === OVERWRITE) {
    for (let i = 0; i < m; i++) c.fill(0, cOffset + i * cStride, cOffset + i * cStride + n);
  }
  const sign = mode === SUBTRACT ? -1 : 1;
  const aRow = transA ? 1 : aStride;
  const aCol = transA ? aStride : 1;
  const single = c instanceof Float32Array;
  if (m < TILE || n < TILE || m * n * k < PACKING_THRESHOLD) {
    const row = transB ? (single ? dots32 : dots64) : single ? combine32 : combine64;
    for (let i = 0; i < m; i++) {
      row(n, k, sign, a, aOffset + i * aRow, aCol, b, bOffset, bStride, c, cOffset + i * cStride);
    }
    return;
  }
  const bRow = transB ? 1 : bStride;
  const bCol = transB ? bStride : 1;
  const tile = single ? tile32 : tile64;
  // Float64 panels for both widths: a float32 load would be widened again in every tile.
  const kMax = Math.min(k, PANEL_K);
  const packedA = new Float64Array(roundUp(Math.min(m, PANEL_M)) * kMax);
  const packedB = new Float64Array(roundUp(Math.min(n, PANEL_N)) * kMax);
  for (let j = 0; j < n; j += PANEL_N) {
    const nc = Math.min(PANEL_N, n - j);
    for (let p = 0; p < k; p += PANEL_K) {
      const kc = Math.min(PANEL_K, k - p);
      pack(b, bOffset + p * bRow + j * bCol, bCol, bRow, nc, kc, 1, packedB);
      for (let i = 0; i < m; i += PANEL_M) {
        const mc = Math.min(PANEL_M, m - i);
        pack(a, aOffset + i * aRow + p * aCol, aRow, aCol, mc, kc, sign, packedA);
        for (let jr = 0; jr < nc; jr += TILE) {
          for (let ir = 0; ir < mc; ir += TILE) {
            const at = cOffset + (i + ir) * cStride + j + jr;
            const rows = Math.min(TILE, mc - ir);
            const columns = Math.min(TILE, nc - jr);
            tile(kc, packedA, ir * kc, packedB, jr * kc, c, at, cStride, rows, columns);
          }
        }
      }
    }
  }
}

function roundUp(count: number): number {
  return Math.ceil(count / TILE) * TILE;
}

/** Packs `count` lines of length `kc` times `sign` in strips of four, k-major, short strips padded with zeros. */
function pack(
  source: Float32Array | Float64Array,
  offset: number,
  lineStride: number,
  kStride: number,
  count: number,
  kc: number,
  sign: number,
  packed: Float64Array,
): void {
  let to = 0;
  for (let line = 0; line < count; line += TILE) {
    const width = Math.min(TILE, count - line);
    for (let p = 0; p < kc; p++, to += TILE) {
      const from = offset + line * lineStride + p * kStride;
      packed[to] = sign * source[from];
      packed[to + 1] = width > 1 ? sign * source[from + lineStride] : 0;
      packed[to + 2] = width > 2 ? sign * source[from + 2 * lineStride] : 0;
      packed[to + 3] = width > 3 ? sign * source[from + 3 * lineStride] : 0;
    }
  }
}

type Tile = (
  kc: number,
  a: Float64Array,
  aOffset: number,
  b: Float64Array,
  bOffset: number,
  c: Float32Array | Float64Array,
  at: number,
  stride: number,
  rows: number,
  columns: number,
) => void;

/** Adds one k panel to a 4×4 tile of C, in float32. */
const tile32: Tile = (kc, a, aOffset, b, bOffset, c, at, stride, rows, columns) => {
  const fround = Math.fround;
  const full = rows === TILE && columns === TILE;
  const block = full ? c : readTile(c, at, stride, rows, columns);
  const r0 = full ? at : 0;
  const step = full ? stride : TILE;
  const r1 = r0 + step;
  const r2 = r1 + step;
  const r3 = r2 + step;
  let c00 = block[r0];
  let c01 = block[r0 + 1];
  let c02 = block[r0 + 2];
  let c03 = block[r0 + 3];
  let c10 = block[r1];
  let c11 = block[r1 + 1];
  let c12 = block[r1 + 2];
  let c13 = block[r1 + 3];
  let c20 = block[r2];
  let c21 = block[r2 + 1];
  let c22 = block[r2 + 2];
  let c23 = block[r2 + 3];
  let c30 = block[r3];
  let c31 = block[r3 + 1];
  let c32 = block[r3 + 2];
  let c33 = block[r3 + 3];
  const end = aOffset + kc * TILE;
  for (let i = aOffset, j = bOffset; i < end; i += TILE, j += TILE) {
    const b0 = b[j];
    const b1 = b[j + 1];
    const b2 = b[j + 2];
    const b3 = b[j + 3];
    const a0 = a[i];
    c00 = fround(c00 + fround(a0 * b0));
    c01 = fround(c01 + fround(a0 * b1));
    c02 = fround(c02 + fround(a0 * b2));
    c03 = fround(c03 + fround(a0 * b3));
    const a1 = a[i + 1];
    c10 = fround(c10 + fround(a1 * b0));
    c11 = fround(c11 + fround(a1 * b1));
    c12 = fround(c12 + fround(a1 * b2));
    c13 = fround(c13 + fround(a1 * b3));
    const a2 = a[i + 2];
    c20 = fround(c20 + fround(a2 * b0));
    c21 = fround(c21 + fround(a2 * b1));
    c22 = fround(c22 + fround(a2 * b2));
    c23 = fround(c23 + fround(a2 * b3));
    const a3 = a[i + 3];
    c30 = fround(c30 + fround(a3 * b0));
    c31 = fround(c31 + fround(a3 * b1));
    c32 = fround(c32 + fround(a3 * b2));
    c33 = fround(c33 + fround(a3 * b3));
  }
  block[r0] = c00;
  block[r0 + 1] = c01;
  block[r0 + 2] = c02;
  block[r0 + 3] = c03;
  block[r1] = c10;
  block[r1 + 1] = c11;
  block[r1 + 2] = c12;
  block[r1 + 3] = c13;
  block[r2] = c20;
  block[r2 + 1] = c21;
  block[r2 + 2] = c22;
  block[r2 + 3] = c23;
  block[r3] = c30;
  block[r3 + 1] = c31;
  block[r3 + 2] = c32;
  block[r3 + 3] = c33;
  if (!full) writeTile(block, c, at, stride, rows, columns);
};

/** Adds one k panel to a 4×4 tile of C, in float64. */
const tile64: Tile = (kc, a, aOffset, b, bOffset, c, at, stride, rows, columns) => {
  const full = rows === TILE && columns === TILE;
  const block = full ? c : readTile(c, at, stride, rows, columns);
  const r0 = full ? at : 0;
  const step = full ? stride : TILE;
  const r1 = r0 + step;
  const r2 = r1 + step;
  const r3 = r2 + step;
  let c00 = block[r0];
  let c01 = block[r0 + 1];
  let c02 = block[r0 + 2];
  let c03 = block[r0 + 3];
  let c10 = block[r1];
  let c11 = block[r1 + 1];
  let c12 = block[r1 + 2];
  let c13 = block[r1 + 3];
  let c20 = block[r2];
  let c21 = block[r2 + 1];
  let c22 = block[r2 + 2];
  let c23 = block[r2 + 3];
  let c30 = block[r3];
  let c31 = block[r3 + 1];
  let c32 = block[r3 + 2];
  let c33 = block[r3 + 3];
  const end = aOffset + kc * TILE;
  for (let i = aOffset, j = bOffset; i < end; i += TILE, j += TILE) {
    const b0 = b[j];
    const b1 = b[j + 1];
    const b2 = b[j + 2];
    const b3 = b[j + 3];
    const a0 = a[i];
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    const a1 = a[i + 1];
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    const a2 = a[i + 2];
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    const a3 = a[i + 3];
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  block[r0] = c00;
  block[r0 + 1] = c01;
  block[r0 + 2] = c02;
  block[r0 + 3] = c03;
  block[r1] = c10;
  block[r1 + 1] = c11;
  block[r1 + 2] = c12;
  block[r1 + 3] = c13;
  block[r2] = c20;
  block[r2 + 1] = c21;
  block[r2 + 2] = c22;
  block[r2 + 3] = c23;
  block[r3] = c30;
  block[r3 + 1] = c31;
  block[r3 + 2] = c32;
  block[r3 + 3] = c33;
  if (!full) writeTile(block, c, at, stride, rows, columns);
};

/** Copies a tile at the edge of C into a full 4×4 block. */
function readTile(
  c: Float32Array | Float64Array,
  at: number,
  stride: number,
  rows: number,
  columns: number,
): Float32Array | Float64Array {
  const block = c instanceof Float32Array ? new Float32Array(16) : new Float64Array(16);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) block[i * TILE + j] = c[at + i * stride + j];
  }
  return block;
}

function writeTile(
  block: Float32Array | Float64Array,
  c: Float32Array | Float64Array,
  at: number,
  stride: number,
  rows: number,
  columns: number,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) c[at + i * stride + j] = block[i * TILE + j];
  }
}

type RowProduct = (
  n: number,
  k: number,
  sign: number,
  a: Float32Array | Float64Array,
  aOffset: number,
  aStep: number,
  b: Float32Array | Float64Array,
  bOffset: number,
  bStride: number,
  c: Float32Array | Float64Array,
  cOffset: number,
) => void;

/** One row of C as a combination of the rows of B, in float32. */
const combine32: RowProduct = (n, k, sign, a, aOffset, aStep, b, bOffset, bStride, c, cOffset) => {
  const fround = Math.fround;
  for (let p = 0; p < k; p++) {
    const factor = sign * a[aOffset + p * aStep];
    const row = bOffset + p * bStride;
    for (let j = 0; j < n; j++) c[cOffset + j] += fround(factor * b[row + j]);
  }
};

/** One row of C as a combination of the rows of B, in float64. */
const combine64: RowProduct = (n, k, sign, a, aOffset, aStep, b, bOffset, bStride, c, cOffset) => {
  for (let p = 0; p < k; p++) {
    const factor = sign * a[aOffset + p * aStep];
    const row = bOffset + p * bStride;
    for (let j = 0; j < n; j++) c[cOffset + j] += factor * b[row + j];
  }
};

/** One row of C as dot products with the contiguous lines of a transposed B, four at a time, in float32. */
const dots32: RowProduct = (n, k, sign, a, aOffset, aStep, b, bOffset, bStride, c, cOffset) => {
  const fround = Math.fround;
  let j = 0;
  for (; j + TILE <= n; j += TILE) {
    const line0 = bOffset + j * bStride;
    const line1 = line0 + bStride;
    const line2 = line1 + bStride;
    const line3 = line2 + bStride;
    let sum0 = c[cOffset + j];
    let sum1 = c[cOffset + j + 1];
    let sum2 = c[cOffset + j + 2];
    let sum3 = c[cOffset + j + 3];
    for (let p = 0; p < k; p++) {
      const factor = sign * a[aOffset + p * aStep];
      sum0 = fround(sum0 + fround(factor * b[line0 + p]));
      sum1 = fround(sum1 + fround(factor * b[line1 + p]));
      sum2 = fround(sum2 + fround(factor * b[line2 + p]));
      sum3 = fround(sum3 + fround(factor * b[line3 + p]));
    }
    c[cOffset + j] = sum0;
    c[cOffset + j + 1] = sum1;
    c[cOffset + j + 2] = sum2;
    c[cOffset + j + 3] = sum3;
  }
  for (; j < n; j++) {
    const line = bOffset + j * bStride;
    let sum = c[cOffset + j];
    for (let p = 0; p < k; p++) {
      sum = fround(sum + fround(sign * a[aOffset + p * aStep] * b[line + p]));
    }
    c[cOffset + j] = sum;
  }
};

/** One row of C as dot products with the contiguous lines of a transposed B, four at a time, in float64. */
const dots64: RowProduct = (n, k, sign, a, aOffset, aStep, b, bOffset, bStride, c, cOffset) => {
  let j = 0;
  for (; j + TILE <= n; j += TILE) {
    const line0 = bOffset + j * bStride;
    const line1 = line0 + bStride;
    const line2 = line1 + bStride;
    const line3 = line2 + bStride;
    let sum0 = c[cOffset + j];
    let sum1 = c[cOffset + j + 1];
    let sum2 = c[cOffset + j + 2];
    let sum3 = c[cOffset + j + 3];
    for (let p = 0; p < k; p++) {
      const factor = sign * a[aOffset + p * aStep];
      sum0 += factor * b[line0 + p];
      sum1 += factor * b[line1 + p];
      sum2 += factor * b[line2 + p];
      sum3 += factor * b[line3 + p];
    }
    c[cOffset + j] = sum0;
    c[cOffset + j + 1] = sum1;
    c[cOffset + j + 2] = sum2;
    c[cOffset + j + 3] = sum3;
  }
  for (; j < n; j++) {
    const line = bOffset + j * bStride;
    let sum = c[cOffset + j];
    for (let p = 0; p < k; p++) sum += sign * a[aOffset + p * aStep] * b[line + p];
    c[cOffset + j] = sum;
  }
};
