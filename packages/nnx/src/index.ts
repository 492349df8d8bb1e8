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
export { dotProductAttention } from "./attention.ts";
export type { AttentionOptions } from "./attention.ts";
export { combineMasks, makeAttentionMask, makeCausalMask } from "./attention-masks.ts";
export type { AttentionMaskOptions, CausalMaskOptions } from "./attention-masks.ts";
export { Average } from "./average.ts";
export { BatchNorm } from "./batch-norm.ts";
export type { BatchNormCall, BatchNormOptions } from "./batch-norm.ts";
export { Bidirectional } from "./bidirectional.ts";
export type { BidirectionalCall, BidirectionalOptions } from "./bidirectional.ts";
export type { Callable, ForwardInputs } from "./callable.ts";
export { capture } from "./capture.ts";
export type { CaptureOptions } from "./capture.ts";
export { loadSafetensors, saveSafetensors } from "./checkpoint.ts";
export type { LoadOptions, LoadReport, SaveOptions } from "./checkpoint.ts";
export type { ConvPadding } from "./conv-padding.ts";
export { ConvTranspose } from "./conv-transpose.ts";
export type { ConvTransposeOptions, ConvTransposePadding } from "./conv-transpose.ts";
export { Conv } from "./conv.ts";
export type { ConvOptions } from "./conv.ts";
export { DiffState } from "./diff-state.ts";
export { Dict } from "./dict.ts";
export type { DictOf } from "./dict.ts";
export { display } from "./display.ts";
export { Dropout } from "./dropout.ts";
export type { DropoutCall, DropoutOptions } from "./dropout.ts";
export { promoteDtype } from "./dtypes.ts";
export type { PromoteDtypeOptions } from "./dtypes.ts";
export { Einsum } from "./einsum.ts";
export type { EinsumOptions } from "./einsum.ts";
export { EMA } from "./ema.ts";
export type { EMAOptions } from "./ema.ts";
export { Embed } from "./embed.ts";
export type { EmbedOptions } from "./embed.ts";
export { evalShape } from "./eval-shape.ts";
export { All, Any, Not, OfType, PathContains, rest, WithTag } from "./filters.ts";
export type { Filter, Predicate, PytreeClass, VariableClass } from "./filters.ts";
export { fit } from "./fit.ts";
export type { FitOptions, FitProgress, FitResult, FitSignal } from "./fit.ts";
export { freeze, unfreeze } from "./freeze.ts";
export type {
  ArgumentGradient,
  GradOptions,
  GradResult,
  Gradients,
  ValueAndGradResult,
} from "./grad-types.ts";
export { grad, valueAndGrad } from "./grad.ts";
export { clone, graphdef, GraphDef, merge, split } from "./graph.ts";
export { GroupNorm } from "./group-norm.ts";
export type { GroupNormOptions } from "./group-norm.ts";
export { GRUCell } from "./gru-cell.ts";
export { InstanceNorm } from "./instance-norm.ts";
export { jit } from "./jit.ts";
export type { InstanceNormOptions } from "./instance-norm.ts";
export { findDuplicates, iterGraph } from "./iter-graph.ts";
export type { FindDuplicatesOptions } from "./iter-graph.ts";
export { LayerNorm } from "./layer-norm.ts";
export type { LayerNormOptions } from "./layer-norm.ts";
export { LinearGeneral } from "./linear-general.ts";
export type { LinearGeneralOptions } from "./linear-general.ts";
export { Linear } from "./linear.ts";
export type { LinearOptions } from "./linear.ts";
export { List } from "./list.ts";
export { loadTorchStateDict } from "./load-torch.ts";
export type { LoadTorchOptions } from "./load-torch.ts";
export { LoRA, LoRALinear, LoRAParam } from "./lora.ts";
export type { LoRABase, LoRALinearOptions, LoRAOptions, LoRAParamClass } from "./lora.ts";
export { LSTMCell } from "./lstm-cell.ts";
export { Metric, MetricState } from "./metric.ts";
export { iterChildren, iterModules, Module, withAttributes } from "./module.ts";
export type { SetAttributesOptions } from "./module.ts";
export type { NormCall, NormOptions } from "./norm.ts";
export { MultiHeadAttention } from "./multi-head-attention.ts";
export type { MultiHeadAttentionCall, MultiHeadAttentionOptions } from "./multi-head-attention.ts";
export { MultiMetric } from "./multi-metric.ts";
export { OptArray, Optimizer, OptState, OptVariable } from "./optimizer.ts";
export type { OptimizerOptions, Transformation } from "./optimizer.ts";
export { OptimizedLSTMCell } from "./optimized-lstm-cell.ts";
export type { Path } from "./paths.ts";
export { avgPool, maxPool, minPool, pool } from "./pool.ts";
export type { AvgPoolOptions, PoolOptions, PoolPadding } from "./pool.ts";
export { pop } from "./pop.ts";
export { PReLU } from "./prelu.ts";
export type { PReLUOptions } from "./prelu.ts";
export { Pytree } from "./pytree.ts";
export type { RandomSource } from "./random-source.ts";
export { forkRngs, reseed, splitRngs } from "./random-streams.ts";
export type { ReseedOptions, StreamOptions } from "./random-streams.ts";
export { RNNCellBase } from "./recurrent.ts";
export type {
  GatedCellOptions,
  InitializeCarryOptions,
  RecurrentCellOptions,
} from "./recurrent.ts";
export { map, mapState, mergeState, recursiveMap, stateDifference } from "./recursive-map.ts";
export { RMSNorm } from "./rms-norm.ts";
export type { RMSNormOptions } from "./rms-norm.ts";
export { RngCount, RngKey, Rngs, RngState, RngStream } from "./rngs.ts";
export type { RngsOptions, Seed } from "./rngs.ts";
export { RNN } from "./rnn.ts";
export type { RNNCall, RNNOptions, RNNResult } from "./rnn.ts";
export { Sequential } from "./sequential.ts";
export type { SequentialLayer } from "./sequential.ts";
export { SimpleCell } from "./simple-cell.ts";
export type { SimpleCellOptions } from "./simple-cell.ts";
export { countParams } from "./sizes.ts";
export type { SowOptions } from "./sow.ts";
export { SpectralNorm } from "./spectral-norm.ts";
export type { SpectralNormOptions } from "./spectral-norm.ts";
export { runStack, stack, unstack } from "./stack.ts";
export type { StackOptions } from "./stack.ts";
export type {
  Captured,
  CapturedState,
  NestedState,
  PureState,
  Selected,
  State,
  StateOf,
  States,
} from "./state-types.ts";
export { fromFlatState, state, toFlatState, toPureDict } from "./state.ts";
export type { FlatState } from "./state.ts";
export { tabulate } from "./tabulate.ts";
export type { TabulateOptions } from "./tabulate.ts";
export type { TensorTree } from "./tensor-tree.ts";
export { update } from "./update.ts";
export { BatchStat, Cache, Intermediate, Param, Perturbation } from "./variable-types.ts";
export { TraceContextError, Variable } from "./variable.ts";
export type { Metadata } from "./variable.ts";
export { view } from "./view.ts";
export type { Viewable, ViewOptions } from "./view.ts";
export { WeightNorm } from "./weight-norm.ts";
export type { WeightNormOptions } from "./weight-norm.ts";
export { Welford } from "./welford.ts";
export type { Statistics } from "./welford.ts";
