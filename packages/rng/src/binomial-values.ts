import { arithmeticOf } from "./arithmetic.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { drawByRejection, elementUniforms, keyRounds } from "./element-uniforms.ts";
import type { Key } from "./make-key.ts";
import type { Parameter } from "./parameters.ts";

/** The dtypes in which binomial draws are computed. */
export type BinomialDType = "float32" | "float64";

type Uniform = (k0: number, k1: number, i: number) => number;
type Rounds = (round: number) => Uint32Array;

/**
 * Draws `size` numbers of successes among `n` trials of probability `p`.
 *
 * With at most 10 successes expected, geometric numbers are added up until the sum is above `n`; else Hörmann (1993), "The
 * generation of binomial random variates", algorithm BTRS. https://doi.org/10.1080/00949659308811496
 */
export function binomialValues(
  key: Key,
  size: number,
  trials: Parameter,
  probabilities: Parameter,
  dtype: BinomialDType,
): Float64Array {
  const math = arithmeticOf(dtype);
  const { round } = math;
  const uniform = elementUniforms(dtype, key.partitionable, size);
  const sumKeys = keyRounds(key, 2, 1);
  const counts = new Float64Array(size);
  const small = (n: number, p: number): boolean => round(n * smaller(p, round)) <= 10;
  let rejecting = false;
  for (let i = 0; i < size; i++) {
    const n = trials.values[i * trials.step];
    const p = probabilities.values[i * probabilities.step];
    if (small(n, p))
      counts[i] = bySums(Math.floor(n), smaller(p, round), i, sumKeys, uniform, math);
    else rejecting = true;
  }
  if (rejecting) {
    const rounds = keyRounds(key, 3, 0);
    // Elements that do not need it take part with other parameters: they may prolong the rejection.
    const attempt = (i: number, turn: number): number => {
      const n = trials.values[i * trials.step];
      const p = probabilities.values[i * probabilities.step];
      const keys = rounds(turn);
      const u = uniform(keys[2], keys[3], i);
      const v = uniform(keys[4], keys[5], i);
      if (n === Infinity) return n;
      if (small(n, p)) return attemptOnce(10000, 0.5, u, v, math);
      return attemptOnce(Math.floor(n), smaller(p, round), u, v, math);
    };
    drawByRejection(size, attempt, (i, count) => {
      const n = trials.values[i * trials.step];
      if (!small(n, probabilities.values[i * probabilities.step])) counts[i] = count;
    });
  }
  for (let i = 0; i < size; i++) {
    const n = trials.values[i * trials.step];
    const p = probabilities.values[i * probabilities.step];
    if (p >= 0.5 && n < Infinity) counts[i] = round(Math.floor(n) - counts[i]);
  }
  return counts;
}

/** The smaller of `p` and `1 - p`. */
function smaller(p: number, round: (x: number) => number): number {
  return p < 0.5 ? p : round(1 - p);
}

function bySums(
  n: number,
  q: number,
  i: number,
  rounds: Rounds,
  uniform: Uniform,
  { round, log, log1p }: Arithmetic,
): number {
  const logRest = log1p(-q);
  let count = 0;
  for (let sum = 0; sum <= n; count++) {
    const keys = rounds(count);
    const u = uniform(keys[0], keys[1], i);
    sum = round(sum + Math.ceil(round(log(u) / logRest)));
  }
  return count - 1;
}

/** Returns the draw that two uniform numbers give, NaN if it is rejected. */
function attemptOnce(n: number, q: number, unit: number, v: number, math: Arithmetic): number {
  const { round, fma, log } = math;
  const rest = round(1 - q);
  const deviation = round(Math.sqrt(round(round(n * q) * rest)));
  const b = fma(round(2.53), deviation, round(1.15));
  const a = fma(round(0.01), q, fma(round(0.0248), b, round(-0.0873)));
  const centre = fma(n, q, 0.5);
  const bound = round(round(0.92) - round(round(4.2) / b));
  const odds = round(q / rest);
  const alpha = round(round(round(2.83) + round(round(5.1) / b)) * deviation);
  const m = Math.floor(round(round(n + 1) * q));
  const above = round(round(n - m) + 1);
  const peak = round(round(m + 0.5) * log(round(round(m + 1) / round(odds * above))));
  const u = round(unit - 0.5);
  const us = round(0.5 - Math.abs(u));
  const slope = round(round(round(2 * a) / us) + b);
  const k = Math.floor(fma(slope, u, centre));
  if (us >= round(0.07) && v <= bound) return k;
  if (k < 0 || k > n) return NaN;
  const hat = round(round(a / round(us * us)) + b);
  const s = log(round(round(v * alpha) / hat));
  const rise = round(round(n - k) + 1);
  let limit = fma(round(n + 1), log(round(above / rise)), peak);
  limit = fma(round(k + 0.5), log(round(round(odds * rise) / round(k + 1))), limit);
  limit = round(limit + stirlingTail(m, math));
  limit = round(limit + stirlingTail(round(n - m), math));
  limit = round(limit - stirlingTail(k, math));
  limit = round(limit - stirlingTail(round(n - k), math));
  return s <= limit ? k : NaN;
}

// ln(k!) minus Stirling's approximation for k from 0 to 9. JAX takes the series' value at 9 for all larger k.
const TAILS: readonly number[] = [
  0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509,
  0.0166446911898211, 0.0138761288230707, 0.0118967099458917, 0.010411265261972,
  0.00925546218271273, 0.00833056343336287,
];

function stirlingTail(k: number, { round }: Arithmetic): number {
  if (k <= 9) return round(TAILS[k]);
  const inner = round(round(1 / 360) - round(round(1 / 1260) / 100));
  return round(round(round(1 / 12) - round(inner / 100)) / 10);
}
