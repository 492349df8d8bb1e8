import { rowKernel } from "./row-kernel.ts";
import type { RowKernel } from "./row-kernel.ts";
import { inScratch } from "./work-arrays.ts";

// Each operation has the same bits with and without WebAssembly. Matrices are row-major with rows `stride` elements
// apart and start at index `at` of their array; `width` columns are worked on in groups of 4, so that up to 3
// elements behind them must belong to the row and be 0.

/** The kernel if all arrays lie where it can reach them. */
function kernelFor(x: Float64Array, v: Float64Array, w: Float64Array): RowKernel | undefined {
  return inScratch(x) && inScratch(v) && inScratch(w) ? rowKernel() : undefined;
}

function groups(width: number): number {
  return Math.ceil(width / 4) * 4;
}

/** `w = Xᵀ v`, four rows at a time. */
export function combineRows(
  w: Float64Array,
  x: Float64Array,
  at: number,
  stride: number,
  rows: number,
  width: number,
  v: Float64Array,
): void {
  const padded = groups(width);
  w.fill(0, 0, padded);
  const kernel = kernelFor(x, v, w);
  if (kernel) {
    kernel.combineRows(w.byteOffset, x.byteOffset + 8 * at, 8 * stride, rows, padded, v.byteOffset);
    return;
  }
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    const [f0, f1, f2, f3] = [v[i], v[i + 1], v[i + 2], v[i + 3]];
    const row0 = at + i * stride;
    const row1 = row0 + stride;
    const row2 = row1 + stride;
    const row3 = row2 + stride;
    for (let c = 0; c < padded; c++) {
      w[c] += f0 * x[row0 + c] + f1 * x[row1 + c] + (f2 * x[row2 + c] + f3 * x[row3 + c]);
    }
  }
  for (; i < rows; i++) {
    const factor = v[i];
    const row = at + i * stride;
    for (let c = 0; c < padded; c++) w[c] += factor * x[row + c];
  }
}

/** `X -= v wᵀ`. */
export function subtractOuter(
  x: Float64Array,
  at: number,
  stride: number,
  rows: number,
  width: number,
  v: Float64Array,
  w: Float64Array,
): void {
  const padded = groups(width);
  const kernel = kernelFor(x, v, w);
  if (kernel) {
    kernel.subtractOuter(
      x.byteOffset + 8 * at,
      8 * stride,
      rows,
      padded,
      v.byteOffset,
      w.byteOffset,
    );
    return;
  }
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    const [f0, f1, f2, f3] = [v[i], v[i + 1], v[i + 2], v[i + 3]];
    const row0 = at + i * stride;
    const row1 = row0 + stride;
    const row2 = row1 + stride;
    const row3 = row2 + stride;
    for (let c = 0; c < padded; c++) {
      const value = w[c];
      x[row0 + c] -= f0 * value;
      x[row1 + c] -= f1 * value;
      x[row2 + c] -= f2 * value;
      x[row3 + c] -= f3 * value;
    }
  }
  for (; i < rows; i++) {
    const factor = v[i];
    const row = at + i * stride;
    for (let c = 0; c < padded; c++) x[row + c] -= factor * w[c];
  }
}

/** `X = (X - v wᵀ)(I - tau u uᵀ)`, row after row. */
export function reflectBothSides(
  x: Float64Array,
  at: number,
  stride: number,
  rows: number,
  width: number,
  v: Float64Array,
  w: Float64Array,
  u: Float64Array,
  tau: number,
): void {
  const padded = groups(width);
  const kernel = inScratch(u) ? kernelFor(x, v, w) : undefined;
  if (kernel) {
    kernel.reflectBothSides(
      x.byteOffset + 8 * at,
      8 * stride,
      rows,
      padded,
      v.byteOffset,
      w.byteOffset,
      u.byteOffset,
      tau,
    );
    return;
  }
  for (let i = 0; i < rows; i++) {
    const row = at + i * stride;
    const factor = v[i];
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let j = 0; j < padded; j += 4) {
      const x0 = x[row + j] - factor * w[j];
      const x1 = x[row + j + 1] - factor * w[j + 1];
      const x2 = x[row + j + 2] - factor * w[j + 2];
      const x3 = x[row + j + 3] - factor * w[j + 3];
      x[row + j] = x0;
      x[row + j + 1] = x1;
      x[row + j + 2] = x2;
      x[row + j + 3] = x3;
      sum0 += x0 * u[j];
      sum1 += x1 * u[j + 1];
      sum2 += x2 * u[j + 2];
      sum3 += x3 * u[j + 3];
    }
    const z = tau * (sum0 + sum2 + (sum1 + sum3));
    for (let j = 0; j < padded; j++) x[row + j] -= z * u[j];
  }
}

/**
 * Plane rotations that form a chain along the diagonal: rotation t turns positions `first + t * step` and
 * `first + (t + 1) * step`, where step is 1 or -1.
 */
export interface RotationChain {
  readonly first: number;
  readonly step: 1 | -1;
  readonly count: number;
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

/**
 * Applies a chain of rotations to the rows of a matrix, in place: `[x, y] = [c x + s y, c y - s x]` for each pair
 * of neighbouring rows.
 *
 * A few columns at a time: what goes on to the next rotation stays in registers. `stride` is a multiple of 8, and all
 * of a row takes part.
 */
export function rotateRows(
  x: Float64Array,
  stride: number,
  { first, step, count, cos, sin }: RotationChain,
): void {
  const kernel = kernelFor(x, cos, sin);
  if (kernel) {
    const at = x.byteOffset + 8 * first * stride;
    kernel.rotateRows(at, 8 * step * stride, stride, count, cos.byteOffset, sin.byteOffset);
    return;
  }
  const distance = step * stride;
  for (let column = 0; column < stride; column += 4) {
    let i = first * stride + column;
    let a0 = x[i];
    let a1 = x[i + 1];
    let a2 = x[i + 2];
    let a3 = x[i + 3];
    for (let t = 0; t < count; t++) {
      const c = cos[t];
      const s = sin[t];
      const next = i + distance;
      const b0 = x[next];
      const b1 = x[next + 1];
      const b2 = x[next + 2];
      const b3 = x[next + 3];
      x[i] = c * a0 + s * b0;
      x[i + 1] = c * a1 + s * b1;
      x[i + 2] = c * a2 + s * b2;
      x[i + 3] = c * a3 + s * b3;
      a0 = c * b0 - s * a0;
      a1 = c * b1 - s * a1;
      a2 = c * b2 - s * a2;
      a3 = c * b3 - s * a3;
      i = next;
    }
    x[i] = a0;
    x[i + 1] = a1;
    x[i + 2] = a2;
    x[i + 3] = a3;
  }
}
