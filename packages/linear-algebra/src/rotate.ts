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
