/**
 * Scales a matrix by a power of 2 so that squares neither overflow nor underflow.
 *
 * @returns What to multiply the result with; NaN if there is an infinity or NaN.
 */
export function normalize(a: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const size = Math.abs(a[i]);
    if (!(size <= largest)) largest = size;
    if (!(size < Infinity)) return NaN;
  }
  if (largest === 0 || (largest > 2 ** -300 && largest < 2 ** 300)) return 1;
  const scale = 2 ** Math.floor(Math.log2(largest));
  // Two steps: the reciprocal of the smallest subnormal is out of range.
  const half = largest < 1 ? 2 ** 500 : 1;
  for (let i = 0; i < a.length; i++) a[i] = (a[i] * half) / (scale * half);
  return scale;
}
