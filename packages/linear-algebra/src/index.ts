/**
 * Linear algebra for strided arrays: products, factorizations, solvers and norms with the semantics of
 * `jax.numpy.linalg`.
 *
 * A layer above `@flaxen/ndarray` and `@flaxen/wasm`. Every function accepts anything shaped like an array
 * (an `NDArray`, a scijs `ndarray`, nested lists), with any strides, and works on batches over the leading
 * axes. Products run on SIMD kernels where WebAssembly is allowed, and give the same bits without.
 *
 * @example
 * ```ts
 * import { matmul, solve } from "@flaxen/linear-algebra";
 *
 * const a = [[0, 2], [1, 1]];
 * const x = solve(a, [4, 5]);
 * x; // => [3, 2]
 * matmul(a, x); // => [4, 5]
 * ```
 *
 * @packageDocumentation
 */
export { gemm } from "./gemm.ts";
export { openGemm } from "./open-gemm.ts";
export type { OpenGemm } from "./open-gemm.ts";
export { gemmInScratch } from "./gemm-in-scratch.ts";
export { matmul } from "./matmul.ts";
export { dot, outer, vdot } from "./dot.ts";
export { kron } from "./kron.ts";
export { tensordot } from "./tensordot.ts";
export type { TensordotAxes } from "./tensordot.ts";
export { einsum } from "./einsum.ts";
export { trace } from "./trace.ts";
export type { TraceOptions } from "./trace.ts";
export { qr } from "./qr.ts";
export type { QRMode, QROptions } from "./qr.ts";
export { lu } from "./lu.ts";
export { cholesky } from "./cholesky.ts";
export type { CholeskyOptions } from "./cholesky.ts";
export { inv, solve, triangularSolve } from "./solve.ts";
export type { TriangularSolveOptions } from "./solve.ts";
export { det, slogdet } from "./det.ts";
export type { ComplexOr } from "./det.ts";
export { svd } from "./svd.ts";
export type { SVDOptions } from "./svd.ts";
export { eigh } from "./eigh.ts";
export type { EighOptions } from "./eigh.ts";
export { lstsq } from "./lstsq.ts";
export type { LstsqOptions } from "./lstsq.ts";
export { pinv } from "./pinv.ts";
export type { PinvOptions } from "./pinv.ts";
export { matrixRank } from "./matrix-rank.ts";
export type { MatrixRankOptions } from "./matrix-rank.ts";
export { cond } from "./cond.ts";
export { matrixPower } from "./matrix-power.ts";
export { expm } from "./expm.ts";
export { norm } from "./norm.ts";
export type { NormOptions, NormOrder } from "./norm.ts";
export type { ComplexDType } from "./complex-operands.ts";
export type { RealDType } from "./operands.ts";
