import { webAssembly } from "./web-assembly.ts";

/** A module with `r(a, b, c)`, a lane of `f32x4.relaxedMadd`, in bytes so that pages need no builder for it. */
const PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 125, 125, 125, 1, 125, 3, 2, 1, 0, 7, 5, 1, 1, 114,
  0, 0, 10, 23, 1, 21, 0, 32, 0, 253, 19, 32, 1, 253, 19, 32, 2, 253, 19, 253, 133, 2, 253, 31, 0,
  15, 11,
];

/** Two factors, an addend, and the float32 nearest to the exact value: */
const CASES: readonly (readonly [a: number, b: number, c: number, result: number])[] = [
  // the product has more bits than float32,
  [1 + 2 ** -12, 1 + 2 ** -12, -1 - 2 ** -11, 2 ** -24],
  // the sum is so near to the middle of two values that float64 would round it there,
  [1 + 2 ** -15, 2 ** -24 - 2 ** -39, 1 + 2 ** -23, 1 + 2 ** -23],
  // and the result is subnormal.
  [2 ** -75 + 2 ** -98, 2 ** -75, 0, 2 ** -149],
];

let fused: boolean | undefined;

/**
 * Tells whether `f32x4.relaxedMadd` exists and rounds once in this engine, on this processor; where it does, kernels
 * use it for what they otherwise compute in float64 lanes, with the same bits.
 *
 * @returns Whether it does for products that tell one rounding from two. The answer is found once.
 *
 * @example
 * ```ts
 * import { fusedSupported } from "@flaxen/wasm";
 *
 * typeof fusedSupported(); // => "boolean"
 * ```
 */
export function fusedSupported(): boolean {
  return (fused ??= roundsOnce());
}

function roundsOnce(): boolean {
  try {
    const { Instance, Module } = webAssembly()!;
    const { exports } = new Instance(new Module(Uint8Array.from(PROBE)), {});
    const { r } = exports as { r(a: number, b: number, c: number): number };
    return CASES.every(([a, b, c, result]) => r(a, b, c) === result);
  } catch {
    return false;
  }
}
