import { describe, finfo, log1p32, log32 } from "@flaxen/dtype";
import { arithmeticOf } from "./arithmetic.ts";
import type { FloatDType } from "./arguments.ts";
import type { Key } from "./make-key.ts";
import { positiveUniformValues } from "./positive-uniform-values.ts";
import { uniformValues } from "./uniform-values.ts";
import { fillRuns } from "./word-runs.ts";
import { fillWords } from "./words.ts";

/** How finely Gumbel noise resolves its tails: from one, two, or (float32 only) all of two random words an element. */
export type GumbelMode = "low" | "high" | "highest";

/** Returns the mode of Gumbel noise, by default `"low"`. */
export function checkGumbelMode(callee: string, mode: unknown): GumbelMode {
  switch (mode) {
    case undefined:
      return "low";
    case "low":
    case "high":
    case "highest":
      return mode;
    default:
      throw new RangeError(
        `${callee}: mode must be "low", "high" or "highest", got ${describe(mode)}.`,
      );
  }
}

/** Draws `size` values of `dtype` from the standard Gumbel distribution. */
export function gumbelValues(
  key: Key,
  size: number,
  dtype: FloatDType,
  mode: GumbelMode,
): Float32Array | Float64Array {
  if (mode === "highest" && dtype === "float32") return fromFractions(key, size);
  const { log, log1p, round } = arithmeticOf(dtype);
  const { nmant, tiny } = finfo(dtype);
  if (mode === "low") {
    const values = positiveUniformValues(key, size, dtype);
    for (let i = 0; i < size; i++) values[i] = -log(-log(values[i]));
    return values;
  }
  // Below 1/2 the second half of the draws continues the fractions of the first.
  const draws = uniformValues(key, 2 * size, dtype, 0, 1);
  const step = 2 ** -nmant;
  const values = draws.slice(0, size);
  for (let i = 0; i < size; i++) {
    const high = values[i];
    const x = high >= 0.5 ? high : round(round(high + step * draws[size + i]) + tiny);
    values[i] = -log(-log1p(-x));
  }
  return values;
}

/**
 * Fills `out` with consecutive float32 values, the first of which has index `start`, of the `size` that
 * {@link gumbelValues} would draw in the mode `"low"`.
 */
export function fillGumbels(key: Key, size: number, start: number, out: Float32Array): void {
  const { tiny } = finfo("float32");
  // Words and values share their memory: value i replaces word i.
  const words = new Uint32Array(out.buffer, out.byteOffset, out.length);
  fillRuns(key, size, start, words);
  for (let i = 0; i < out.length; i++) {
    out[i] = -log32(-log32((words[i] >>> 9) * 2 ** -23 || tiny));
  }
}

/** Draws float32 values from fractions of 64 bits, taken from the nearer end of the unit interval. */
function fromFractions(key: Key, size: number): Float32Array {
  const words = new Uint32Array(2 * size);
  fillWords(key, words);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const high = words[i];
    const low = words[size + i];
    if (high < 2 ** 31) {
      values[i] = -log32(-log1p32(-truncated(high, low)));
    } else {
      const carry = low === 0 ? 1 : 0;
      values[i] = -log32(-log32(truncated((~high + carry) >>> 0, -low >>> 0)));
    }
  }
  return values;
}

/** Returns the fraction `high:low / 2^64`, cut after its leading 24 bits. */
function truncated(high: number, low: number): number {
  const zeros = Math.clz32(high);
  if (zeros === 32) {
    const more = Math.clz32(low);
    return (((low << more) >>> 8) | 0x800000) * 2 ** (-56 - more);
  }
  const leading = zeros === 0 ? high : (high << zeros) | (low >>> (32 - zeros));
  return (leading >>> 8) * 2 ** (-24 - zeros);
}
