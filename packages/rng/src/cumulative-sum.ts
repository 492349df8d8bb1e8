const TILE = 16;

/**
 * Returns the running sums of values, each sum rounded.
 *
 * They are formed as XLA does on a CPU: within runs of 16 from left to right, to which the running sums of the runs
 * before are added.
 */
export function cumulativeSum(
  values: ArrayLike<number>,
  round: (x: number) => number,
): Float64Array {
  const n = values.length;
  const sums = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    sums[i] = i % TILE === 0 ? values[i] : round(sums[i - 1] + values[i]);
  }
  if (n <= TILE) return sums;
  const runs = Float64Array.from(
    { length: Math.floor(n / TILE) },
    (_, i) => sums[(i + 1) * TILE - 1],
  );
  const before = cumulativeSum(runs, round);
  for (let i = TILE; i < n; i++) {
    sums[i] = round(sums[i] + before[Math.floor(i / TILE) - 1]);
  }
  return sums;
}
