/**
 * Flax NNX for TypeScript: models are plain classes, their state is found by walking their fields,
 * and gradients are taken of functions of models. Stands on `@flaxen/initializers`,
 * `@flaxen/autodiff` and `@flaxen/safetensors`; optimizers come from `@flaxen/optax`.
 *
 * ```ts
 * import { mean, relu, square } from "@flaxen/autodiff";
 * import type { Tensor, TensorLike } from "@flaxen/autodiff";
 * import { Linear, Module, Rngs, valueAndGrad } from "@flaxen/nnx";
 *
 * class MLP extends Module {
 *   linear1 = new Linear(2, 8, { rngs: new Rngs(0) });
 *   linear2 = new Linear(8, 1, { rngs: new Rngs(1) });
 *   forward(x: TensorLike): Tensor {
 *     return this.linear2.forward(relu(this.linear1.forward(x)));
 *   }
 * }
 * const loss = (model: MLP) => mean(square(model.forward([[0, 1]])));
 * const [value, grads] = valueAndGrad(loss)(new MLP());
 * grads.linear1.kernel.shape; // => [2, 8]
 * ```
 *
 * @packageDocumentation
 */
export { Accuracy } from "./accuracy.ts";
export type { AccuracyOptions } from "./accuracy.ts";
export { Average } from "./average.ts";
export { BatchNorm } from "./batch-norm.ts";
export type { BatchNormCall, BatchNormOptions } from "./batch-norm.ts";
export { loadSafetensors, saveSafetensors } from "./checkpoint.ts";
export type { LoadOptions, LoadReport, SaveOptions } from "./checkpoint.ts";
export type { ConvPadding } from "./conv-padding.ts";
export { Conv } from "./conv.ts";
export type { ConvOptions } from "./conv.ts";
export { DiffState } from "./diff-state.ts";
export { Dropout } from "./dropout.ts";
export type { DropoutCall, DropoutOptions } from "./dropout.ts";
export { promoteDtype } from "./dtypes.ts";
export type { PromoteDtypeOptions } from "./dtypes.ts";
export { All, Any, Not, OfType, PathContains, rest, WithTag } from "./filters.ts";
export type { Filter, Predicate, PytreeClass, VariableClass } from "./filters.ts";
export type {
  ArgumentGradient,
  GradOptions,
  GradResult,
  Gradients,
  ValueAndGradResult,
} from "./grad-types.ts";
export { grad, valueAndGrad } from "./grad.ts";
export { clone, graphdef, GraphDef, merge, split } from "./graph.ts";
export { Linear } from "./linear.ts";
export type { LinearOptions } from "./linear.ts";
export { Metric, MetricState } from "./metric.ts";
export { iterModules, Module } from "./module.ts";
export type { SetAttributesOptions } from "./module.ts";
export { MultiMetric } from "./multi-metric.ts";
export { OptArray, Optimizer, OptState, OptVariable } from "./optimizer.ts";
export type { OptimizerOptions, Transformation } from "./optimizer.ts";
export type { Path } from "./paths.ts";
export { avgPool, maxPool, minPool } from "./pool.ts";
export type { AvgPoolOptions, PoolOptions, PoolPadding } from "./pool.ts";
export { Pytree } from "./pytree.ts";
export { RngCount, RngKey, Rngs, RngState, RngStream } from "./rngs.ts";
export type { Seed } from "./rngs.ts";
export { Sequential } from "./sequential.ts";
export type { SequentialLayer } from "./sequential.ts";
export type { NestedState, PureState, Selected, State, StateOf, States } from "./state-types.ts";
export { fromFlatState, state, toFlatState, toPureDict } from "./state.ts";
export type { FlatState } from "./state.ts";
export type { TensorTree } from "./tensor-tree.ts";
export { update } from "./update.ts";
export { BatchStat, Cache, Intermediate, Param } from "./variable-types.ts";
export { TraceContextError, Variable } from "./variable.ts";
export type { Metadata } from "./variable.ts";
export { view } from "./view.ts";
export type { Viewable, ViewOptions } from "./view.ts";
