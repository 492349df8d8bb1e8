import type { Workload } from "../workload.ts";

const SIZES = [8, 16, 32, 64, 127, 128, 129, 256, 257, 511, 512, 513, 1024];
const TRANSPOSED = [256, 512];

function product(n: number, transposeA: boolean, transposeB: boolean): Workload {
  const form = `${transposeA ? ", Aᵀ B" : ""}${transposeB ? ", A Bᵀ" : ""}`;
  return {
    name: `matmul ${n}${form}`,
    family: "matrix products",
    kind: "matmul",
    sizes: { n, transposeA: Number(transposeA), transposeB: Number(transposeB) },
    unit: "GF/s",
    count: 2 * n ** 3,
    comparison: "values",
    checks: 1,
  };
}

/** Square float32 products; the transposed operands are views where a library has views. */
export const matrixProducts: readonly Workload[] = [
  ...SIZES.map((n) => product(n, false, false)),
  ...TRANSPOSED.flatMap((n) => [product(n, true, false), product(n, false, true)]),
];
