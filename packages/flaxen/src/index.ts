/**
 * Flax NNX for TypeScript under one import.
 *
 * Operations, transformations and array creation are plain functions; `nnx`, `optax`, `random`,
 * `initializers`, `linalg` and `safetensors` are namespaces that hold the packages of these names.
 *
 * @example
 * ```ts
 * import { array, grad, nnx, random, square, sum } from "flaxen";
 *
 * random.bits(random.key(0)).item(); // => 4070199207
 * grad((x) => sum(square(x)))(array([1, 2])); // => [2, 4]
 * new nnx.Linear(3, 4, { rngs: new nnx.Rngs(0) }).kernel.value.shape; // => [3, 4]
 * ```
 *
 * @packageDocumentation
 */
export {
  abs,
  add,
  all,
  any,
  argmax,
  argmin,
  astype,
  broadcastTo,
  ceil,
  celu,
  clip,
  concatenate,
  convGeneralDilated,
  cos,
  divide,
  dot,
  einsum,
  elu,
  equal,
  erf,
  erfc,
  exp,
  expandDims,
  expm1,
  flip,
  floor,
  gelu,
  glu,
  grad,
  greater,
  greaterEqual,
  hardSigmoid,
  hardSilu,
  hardSwish,
  hardTanh,
  identity,
  isTensor,
  isTracer,
  isfinite,
  isnan,
  jit,
  leakyRelu,
  less,
  lessEqual,
  log,
  log1p,
  logSigmoid,
  logSoftmax,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  logsumexp,
  matmul,
  max,
  maximum,
  mean,
  min,
  minimum,
  moveaxis,
  multiply,
  negative,
  notEqual,
  oneHot,
  pad,
  padtypeToPads,
  power,
  prod,
  ravel,
  reciprocal,
  reduceWindow,
  relu,
  relu6,
  remainder,
  reshape,
  round,
  rsqrt,
  selu,
  setThreads,
  sigmoid,
  sign,
  silu,
  sin,
  slice,
  softSign,
  softmax,
  softplus,
  split,
  sqrt,
  square,
  squeeze,
  stack,
  standardize,
  std,
  stopGradient,
  subtract,
  sum,
  swapaxes,
  swish,
  take,
  takeAlongAxis,
  tanh,
  threads,
  toTensor,
  transpose,
  unstack,
  valueAndGrad,
  variance,
  vjp,
  where,
  tree,
} from "@flaxen/autodiff";
export type { Tensor, TensorLike } from "@flaxen/autodiff";
export { enableX64, finfo, iinfo, promoteTypes, resultType, x64Enabled } from "@flaxen/dtype";
export type { DType } from "@flaxen/dtype";
export * as initializers from "@flaxen/initializers";
export * as linalg from "@flaxen/linear-algebra";
export {
  arange,
  argsort,
  array,
  arrayEqual,
  asNDArray,
  eye,
  full,
  fullLike,
  isNDArray,
  linspace,
  NDArray,
  ones,
  onesLike,
  sort,
  zeros,
  zerosLike,
} from "@flaxen/ndarray";
export type { ArrayInput, NDArrayLike, Shape } from "@flaxen/ndarray";
export * as nnx from "@flaxen/nnx";
export * as optax from "@flaxen/optax";
export * as random from "@flaxen/rng";
export * as safetensors from "@flaxen/safetensors";
export { setWasmEnabled, wasmEnabled } from "@flaxen/wasm";
