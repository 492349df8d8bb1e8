/** How many float32 values lie between `a` and `b`, 0 when both are the same value or both NaN. */
export function ulpDistance(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  if (Number.isNaN(a) || Number.isNaN(b)) return Infinity;
  const [i, j] = new Int32Array(new Float32Array([a, b]).buffer);
  // Two's complement order: negative floats run backwards.
  return Math.abs((i! < 0 ? -(i! & 0x7fffffff) : i!) - (j! < 0 ? -(j! & 0x7fffffff) : j!));
}
