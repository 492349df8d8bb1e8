/** The Euclidean norm of `x[begin, end)`, scaled when the plain sum of squares leaves the safe range. */
export function euclideanNorm(x: Float32Array | Float64Array, begin: number, end: number): number {
  let squares = 0;
  for (let i = begin; i < end; i++) squares += x[i] * x[i];
  if (squares > 1e-250 && squares < Infinity) return Math.sqrt(squares);
  let largest = 0;
  for (let i = begin; i < end; i++) {
    const size = Math.abs(x[i]);
    if (!(size <= largest)) largest = size;
  }
  // Zero, infinite, or NaN.
  if (!(largest > 0 && largest < Infinity)) return largest;
  squares = 0;
  for (let i = begin; i < end; i++) squares += (x[i] / largest) ** 2;
  return largest * Math.sqrt(squares);
}
