/** Middle, smallest and largest of some samples. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly samples: number;
}

/** Summarises at least one sample; an even number of them has the mean of the middle two as its median. */
export function summarize(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)!, samples: sorted.length };
}

/** What is compared of a result: some of its elements, and the moments of all of them. */
export interface Digest {
  readonly size: number;
  readonly values: readonly number[];
  readonly mean: number;
  readonly deviation: number;
}

const DIGEST_VALUES = 256;

/** Up to 256 evenly spaced elements, the mean and the standard deviation. */
export function digest(values: ArrayLike<number>): Digest {
  const size = values.length;
  const count = Math.min(size, DIGEST_VALUES);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < size; i++) {
    sum += values[i]!;
    squares += values[i]! ** 2;
  }
  const mean = sum / size;
  return {
    size,
    values: Array.from({ length: count }, (_, i) => values[Math.floor((i * size) / count)]!),
    mean,
    deviation: Math.sqrt(Math.max(0, squares / size - mean ** 2)),
  };
}

/** Relative to the largest element, as sums of a thousand float32 products in another order allow. */
const VALUE_TOLERANCE = 2e-4;
/** Of mean and standard deviation of 10^6 draws, six or more standard errors. */
const MOMENT_TOLERANCE = 7e-3;

/** What is wrong with a result beside ours; undefined where they agree. */
export function disagreement(
  actual: Digest,
  expected: Digest,
  comparison: "values" | "distribution",
): string | undefined {
  if (comparison === "distribution") {
    const drift = Math.max(
      Math.abs(actual.mean - expected.mean),
      Math.abs(actual.deviation - expected.deviation),
    );
    // Not `drift > …`: NaN disagrees.
    return drift <= MOMENT_TOLERANCE ? undefined : `its moments differ by ${drift.toPrecision(2)}`;
  }
  const count = Math.min(actual.values.length, expected.values.length);
  const scale = Math.max(...expected.values.map(Math.abs));
  for (let i = 0; i < count; i++) {
    const difference = Math.abs(actual.values[i]! - expected.values[i]!);
    if (!(difference <= VALUE_TOLERANCE * scale))
      return `it has ${actual.values[i]} where flaxen has ${expected.values[i]}`;
  }
  return undefined;
}
