import type { FloatDType } from "./arguments.ts";
import { arithmeticOf } from "./arithmetic.ts";

/** From so many elements on, XLA sums an array with vector instructions. */
export const VECTOR_SIZE = 4096;

/**
 * Returns a function that sums `length` neighbours, with the roundings that JAX has on a CPU when it sums the last axis of
 * an array of `size` elements.
 *
 * Small arrays, and those of 16-bit numbers, are summed one element after the other. Larger ones are cut into vectors
 * of 64 bytes, the last filled up with zeros. Four vectors are added to each other, as a group; then four groups (two at
 * the end of a float64 row), and these to those before. After 1024 elements, and in the end, this partial sum joins the
 * total by the formula of Kahan (1965), "Pracniques: further remarks on reducing truncation errors". Last the two halves
 * of the vector, of its half and so on are added. https://doi.org/10.1145/363707.363723
 */
export function rowSum(
  dtype: FloatDType,
  length: number,
  size: number,
): (values: ArrayLike<number>, start: number) => number {
  const { round } = arithmeticOf(dtype);
  const lanes = dtype === "float64" ? 8 : 16;
  if (size < VECTOR_SIZE || dtype === "float16" || dtype === "bfloat16") {
    return (values, start) => {
      let sum = 0;
      for (let i = start; i < start + length; i++) sum = round(sum + values[i]);
      return sum;
    };
  }
  const vectors = Array.from({ length: 5 }, () => new Float64Array(lanes));
  const [total, carry, partial, groups, group] = vectors;
  const add = (sum: Float64Array, terms: Float64Array): void => {
    for (let lane = 0; lane < lanes; lane++) sum[lane] = round(sum[lane] + terms[lane]);
  };
  const sumGroup = (values: ArrayLike<number>, from: number, end: number): Float64Array => {
    group.fill(0);
    for (let i = from; i < end; i++) {
      const lane = (i - from) % lanes;
      group[lane] = round(group[lane] + values[i]);
    }
    return group;
  };
  const sumGroups = (values: ArrayLike<number>, from: number, end: number): Float64Array => {
    groups.fill(0);
    for (let i = from; i < end; i += 4 * lanes) {
      add(groups, sumGroup(values, i, Math.min(i + 4 * lanes, end)));
    }
    return groups;
  };
  const closePartial = (): void => {
    for (let lane = 0; lane < lanes; lane++) {
      const term = round(partial[lane] - carry[lane]);
      const sum = round(total[lane] + term);
      const lost = round(round(sum - total[lane]) - term);
      carry[lane] = Number.isFinite(lost) ? lost : 0;
      total[lane] = sum;
    }
    partial.fill(0);
  };
  const sumVectors = (values: ArrayLike<number>, start: number): Float64Array => {
    const end = start + length;
    if (length <= 4 * lanes) return sumGroup(values, start, end);
    for (const vector of vectors) vector.fill(0);
    let from = start;
    for (let next = from + 16 * lanes; next <= end; next += 16 * lanes) {
      add(partial, sumGroups(values, from, next));
      if ((next - start) % 1024 === 0) closePartial();
      from = next;
    }
    const step = dtype === "float64" ? 8 * lanes : 4 * lanes;
    for (; from < end; from += step) {
      add(partial, sumGroups(values, from, Math.min(from + step, end)));
    }
    closePartial();
    return total;
  };
  return (values, start) => {
    const sums = sumVectors(values, start);
    for (let half = lanes / 2; half >= 1; half /= 2) {
      for (let lane = 0; lane < half; lane++) sums[lane] = round(sums[lane] + sums[lane + half]);
    }
    return sums[0];
  };
}
