/**
 * Differentiable array operations, and transformations that turn functions of arrays into their gradients.
 *
 * Operations are free functions with the names of `jax.numpy`, `jax.lax` and `jax.nn`. Each takes and
 * returns {@link Tensor}s: ordinary arrays, or their stand-ins while a function is being differentiated.
 *
 * @example
 * ```ts
 * import { grad, sum, tanh } from "@flaxen/autodiff";
 * import { array } from "@flaxen/ndarray";
 *
 * const slope = grad((x) => sum(tanh(x)));
 * slope(array([0, Infinity])); // => [1, 0]
 * ```
 *
 * @packageDocumentation
 */
export {
  celu,
  elu,
  gelu,
  glu,
  hardSigmoid,
  hardSilu,
  hardSwish,
  hardTanh,
  identity,
  leakyRelu,
  logSigmoid,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softplus,
  softSign,
  swish,
} from "./activations.ts";
export type { GeluOptions } from "./activations.ts";
export { argmax, argmin } from "./argmax.ts";
export type { ArgReductionOptions } from "./argmax.ts";
export { astype } from "./astype.ts";
export { broadcastTo } from "./broadcast-to.ts";
export { equal, greater, greaterEqual, less, lessEqual, notEqual } from "./comparison.ts";
export { concatenate, stack } from "./concatenate.ts";
export { padtypeToPads } from "./conv-padding.ts";
export type { PaddingName, WindowPadding } from "./conv-padding.ts";
export { convGeneralDilated } from "./convolution.ts";
export type { ConvOptions } from "./convolution.ts";
export { cumsum } from "./cumsum.ts";
export { einsum } from "./einsum.ts";
export {
  add,
  divide,
  maximum,
  minimum,
  multiply,
  remainder,
  subtract,
} from "./elementwise-binary.ts";
export {
  abs,
  cos,
  erf,
  erfc,
  exp,
  expm1,
  log,
  log1p,
  negative,
  reciprocal,
  rsqrt,
  sign,
  sin,
  sqrt,
  square,
  tanh,
} from "./elementwise-unary.ts";
export { max, min } from "./extremum.ts";
export { flip } from "./flip.ts";
export { grad, valueAndGrad, vjp } from "./grad.ts";
export type {
  Argument,
  Arguments,
  AuxOf,
  Gradient,
  GradientOf,
  GradOptions,
  GradResult,
  ValueAndGradResult,
} from "./gradient-types.ts";
export { take, takeAlongAxis } from "./indexing.ts";
export type { IndexMode, TakeOptions } from "./indexing.ts";
export {
  all,
  any,
  isfinite,
  isnan,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
} from "./logical.ts";
export { jit } from "./jit/jit.ts";
export type { JitOptions, Jitted } from "./jit/jitted.ts";
export type { Compilation } from "./jit/entries.ts";
export type { ProgramDescription } from "./jit/program.ts";
export { jvp } from "./jvp.ts";
export { dot, matmul } from "./matmul.ts";
export { oneHot } from "./one-hot.ts";
export type { OneHotOptions } from "./one-hot.ts";
export { pad } from "./pad.ts";
export type { Padding } from "./pad.ts";
export { reduceWindow } from "./pooling.ts";
export type { ReduceWindowOptions, WindowOperator } from "./pooling.ts";
export { power } from "./power.ts";
export { bind } from "./primitive.ts";
export type { Primitive, ShapedArray, VjpContext } from "./primitive.ts";
export { mean, prod, std, sum, variance } from "./reduction.ts";
export type { ReductionOptions, VarianceOptions } from "./reduction.ts";
export { expandDims, ravel, reshape, squeeze } from "./reshape.ts";
export { ceil, floor, round } from "./rounding.ts";
export { clip, where } from "./selection.ts";
export { slice } from "./slice.ts";
export { logSoftmax, logsumexp, softmax, standardize } from "./softmax.ts";
export type { LogsumexpOptions, SoftmaxOptions, StandardizeOptions } from "./softmax.ts";
export { split, unstack } from "./split.ts";
export type { SplitOptions } from "./split.ts";
export { setThreads, threads } from "./threads/set-threads.ts";
export { stopGradient } from "./stop-gradient.ts";
export { isTensor, isTracer, toTensor, Tracer } from "./tensor.ts";
export type { Tensor, TensorLike, Trace } from "./tensor.ts";
export { moveaxis, swapaxes, transpose } from "./transpose.ts";
export * as tree from "./tree.ts";
export type { Structure } from "./tree-structure.ts";
export type { Tree } from "./tree.ts";
