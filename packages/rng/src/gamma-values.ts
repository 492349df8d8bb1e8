import { finfo } from "@flaxen/dtype";
import { arithmeticOf } from "./arithmetic.ts";
import type { FloatDType } from "./arguments.ts";
import type { Key } from "./make-key.ts";
import type { Parameter } from "./parameters.ts";
import { scalarDraws, splitWords } from "./scalar-draws.ts";
import { hashCounters } from "./threefry.ts";

/** Keys that are split at a time. */
const KEYS = 4096;

/**
 * Draws `size` values of `dtype` from gamma distributions of scale 1, or their logarithms as `lastLog` computes them.
 *
 * Marsaglia and Tsang (2000), "A simple method for generating gamma variables", ACM Transactions on Mathematical Software
 * 26, section 2; below 1 the shape is raised by 1 and the draw multiplied by `u ** (1 / a)`. Each element has a key of its
 * own, in which it draws until one draw is accepted. https://doi.org/10.1145/358407.358414
 */
export function gammaValues(
  key: Key,
  size: number,
  { values: shapes, step }: Parameter,
  dtype: FloatDType,
  logSpace: boolean,
  lastLog: (x: number) => number = arithmeticOf(dtype).log,
): Float32Array | Float64Array {
  const { words, partitionable } = key;
  const { split, uniform, normal } = scalarDraws(dtype, partitionable);
  const { round, fma, log, log1p, pow } = arithmeticOf(dtype);
  const third = round(1 / 3);
  const squeeze = round(0.0331);
  const smallest = dtype === "float16" ? 0 : finfo(dtype).tiny;
  // In the partitionable layout a key depends on its place alone, so that few need to be kept at a time.
  const run = partitionable ? KEYS : Math.max(size, 1);
  const keys = new Uint32Array(2 * Math.min(run, size));
  if (!partitionable) splitWords(words[0], words[1], partitionable, size, keys);
  const pair = new Uint32Array(4);
  const triple = new Uint32Array(6);
  const inner = new Uint32Array(4);
  const results = dtype === "float64" ? new Float64Array(size) : new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const shape = shapes[i * step];
    const raised = shape >= 1 ? shape : round(shape + 1);
    const d = round(raised - third);
    const c = round(third * round(1 / Math.sqrt(d)));
    const place = i % run;
    if (partitionable && place === 0) {
      hashCounters(words[0], words[1], [Math.min(run, size - i), 0, 0, i, 2, 0, 1], keys);
    }
    split(keys[2 * place], keys[2 * place + 1], 2, pair);
    triple[0] = pair[0];
    triple[1] = pair[1];
    // x2 and v3 are the square of the normal number and the cube of 1 + c x.
    let x2 = 0;
    let v3 = 1;
    let u = 2;
    while (
      u >= fma(-squeeze, round(x2 * x2), 1) &&
      log(u) >= fma(x2, 0.5, round(d * round(round(1 - v3) + log(v3))))
    ) {
      split(triple[0], triple[1], 3, triple);
      inner[0] = triple[2];
      inner[1] = triple[3];
      let x: number;
      let v: number;
      do {
        split(inner[0], inner[1], 2, inner);
        x = normal(inner[2], inner[3]);
        v = fma(x, c, 1);
      } while (v <= 0);
      x2 = round(x * x);
      v3 = round(round(v * v) * v);
      u = uniform(triple[4], triple[5]);
    }
    const last = uniform(pair[2], pair[3]);
    if (logSpace) {
      const logarithm = log1p(-last);
      const unit = shape >= 1 || logarithm === 0;
      const boost = unit ? 0 : round(logarithm * round(1 / shape));
      results[i] = round(round(lastLog(d) + lastLog(v3)) + boost);
    } else {
      const boost = shape >= 1 ? 1 : pow(round(1 - last), round(1 / shape));
      const value = round(round(d * v3) * boost);
      // Subnormal numbers count as 0.
      results[i] = value < smallest ? 0 : value;
    }
  }
  return results;
}
