/** Elements of a product that SIMD kernels compute. */
export type Floats = Float32Array | Float64Array;

/** Copies of fewer elements are quicker element by element than by making a view. */
const LOOP_COPY = 48;
/** The same without a view, for a whole array. */
const LOOP_WHOLE = 24;

/** Copies `count` elements. */
export function copy(from: Floats, fromAt: number, to: Floats, toAt: number, count: number): void {
  if (fromAt === 0 && count === from.length && count >= LOOP_WHOLE) to.set(from, toAt);
  else if (count < LOOP_COPY) {
    for (let i = 0; i < count; i++) to[toAt + i] = from[fromAt + i];
  } else to.set(from.subarray(fromAt, fromAt + count), toAt);
}
