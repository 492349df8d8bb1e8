/** The largest distance between the distribution of a sample and a cumulative distribution function. */
export function kolmogorovDistance(
  sample: ArrayLike<number>,
  cumulative: (x: number) => number,
): number {
  const sorted = Float64Array.from(sample).sort();
  const n = sorted.length;
  let distance = 0;
  sorted.forEach((x, i) => {
    const p = cumulative(x);
    distance = Math.max(distance, p - i / n, (i + 1) / n - p);
  });
  return distance;
}

/** The distance that a true sample of size `n` exceeds once in a thousand times. */
export function kolmogorovLimit(n: number): number {
  return 1.95 / Math.sqrt(n);
}
