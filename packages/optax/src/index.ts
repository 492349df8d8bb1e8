/**
 * Gradient transformations, schedules and losses after Optax: everything between a gradient and the
 * next parameters. Works on plain trees of tensors, stands on `@flaxen/autodiff` and knows nothing of
 * modules.
 *
 * ```ts
 * import { grad, square, sum } from "@flaxen/autodiff";
 * import { array } from "@flaxen/ndarray";
 * import { applyUpdates, sgd } from "@flaxen/optax";
 *
 * const tx = sgd(0.25);
 * const params = { w: array([3, -2]) };
 * const grads = grad((p: typeof params) => sum(square(p.w)))(params);
 * const [updates, state] = tx.update(grads, tx.init(params));
 * applyUpdates(params, updates); // => { w: [1.5, -1] }
 * ```
 *
 * @packageDocumentation
 */
export { adam } from "./adam.ts";
export type { AdamState } from "./adam.ts";
export { adamw } from "./adamw.ts";
export type { AdamwOptions, AdamwState } from "./adamw.ts";
export { addDecayedWeights } from "./add-decayed-weights.ts";
export type { AddDecayedWeightsOptions, Mask, MaskTree } from "./add-decayed-weights.ts";
export { applyUpdates } from "./apply-updates.ts";
export { chain } from "./chain.ts";
export { clip, clipByGlobalNorm } from "./clip.ts";
export { globalNorm } from "./global-norm.ts";
export type {
  CountState,
  EmptyState,
  GradientTransformation,
  TensorTree,
} from "./gradient-transformation.ts";
export { identity } from "./identity.ts";
export { scale, scaleByLearningRate, scaleBySchedule } from "./scale.ts";
export { scaleByAdam } from "./scale-by-adam.ts";
export type { ScaleByAdamOptions, ScaleByAdamState } from "./scale-by-adam.ts";
export { constantSchedule, cosineDecaySchedule, linearSchedule } from "./schedules.ts";
export type {
  CosineDecayOptions,
  LinearScheduleOptions,
  MatchingSchedule,
  Schedule,
} from "./schedules.ts";
export { sgd } from "./sgd.ts";
export type { SgdOptions, SgdState } from "./sgd.ts";
export { sigmoidBinaryCrossEntropy } from "./sigmoid-binary-cross-entropy.ts";
export {
  softmaxCrossEntropy,
  softmaxCrossEntropyWithIntegerLabels,
} from "./softmax-cross-entropy.ts";
export type { SoftmaxCrossEntropyOptions } from "./softmax-cross-entropy.ts";
export { l2Loss, squaredError } from "./squared-error.ts";
export { trace } from "./trace.ts";
export type { TraceOptions, TraceState } from "./trace.ts";
