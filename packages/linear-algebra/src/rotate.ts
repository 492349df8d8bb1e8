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
 * Applies a chain of rotations to the columns of a row-major matrix, in place:
 * `[x, y] = [c x + s y, c y - s x]` for each pair of neighbouring columns.
 *
 * Row after row, four at a time: each row stays in the first-level cache, and the four chains of dependent
 * operations overlap.
 */
export function rotateColumns(
  x: Float64Array,
  rows: number,
  columns: number,
  { first, step, count, cos, sin }: RotationChain,
): void {
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    let i0 = row * columns + first;
    let i1 = i0 + columns;
    let i2 = i1 + columns;
    let i3 = i2 + columns;
    let a0 = x[i0];
    let a1 = x[i1];
    let a2 = x[i2];
    let a3 = x[i3];
    for (let t = 0; t < count; t++) {
      const c = cos[t];
      const s = sin[t];
      const b0 = x[i0 + step];
      const b1 = x[i1 + step];
      const b2 = x[i2 + step];
      const b3 = x[i3 + step];
      x[i0] = c * a0 + s * b0;
      x[i1] = c * a1 + s * b1;
      x[i2] = c * a2 + s * b2;
      x[i3] = c * a3 + s * b3;
      a0 = c * b0 - s * a0;
      a1 = c * b1 - s * a1;
      a2 = c * b2 - s * a2;
      a3 = c * b3 - s * a3;
      i0 += step;
      i1 += step;
      i2 += step;
      i3 += step;
    }
    x[i0] = a0;
    x[i1] = a1;
    x[i2] = a2;
    x[i3] = a3;
  }
  for (; row < rows; row++) {
    let i = row * columns + first;
    let a = x[i];
    for (let t = 0; t < count; t++) {
      const b = x[i + step];
      x[i] = cos[t] * a + sin[t] * b;
      a = cos[t] * b - sin[t] * a;
      i += step;
    }
    x[i] = a;
  }
}

/** Numbers below this lose bits when they are squared and scaled back. */
const TINY = 2 ** -500;

/** A plane rotation that turns `[f, g]` into `[r, 0]`, `c f + s g = r`. */
export interface Rotation {
  c: number;
  s: number;
  r: number;
}

/** Finds the rotation that turns `[f, g]` into `[r, 0]`. */
export function makeRotation(f: number, g: number, out: Rotation): void {
  if (g === 0) {
    out.c = 1;
    out.s = 0;
    out.r = f;
    return;
  }
  if (f === 0) {
    out.c = 0;
    out.s = 1;
    out.r = g;
    return;
  }
  if (Math.abs(f) < TINY && Math.abs(g) < TINY) {
    // Subnormal numbers have too few bits for a quotient: the cosine and the sine of larger ones are the same.
    makeRotation(f / TINY, g / TINY, out);
    out.r *= TINY;
    return;
  }
  let r = hypotenuse(f, g);
  // LAPACK's xLARTG keeps c positive, so that rotations by small angles stay near the identity.
  if (f < 0) r = -r;
  out.c = f / r;
  out.s = g / r;
  out.r = r;
}

/** `sqrt(a² + b²)` of numbers that are not both 0, without undue overflow or underflow. */
export function hypotenuse(a: number, b: number): number {
  const plain = Math.sqrt(a * a + b * b);
  if (plain > 1e-150 && plain < 1e150) return plain;
  const largest = Math.max(Math.abs(a), Math.abs(b));
  return largest * Math.sqrt((a / largest) ** 2 + (b / largest) ** 2);
}
