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
export { adadelta, scaleByAdadelta } from "./adadelta.ts";
export type {
  AdadeltaOptions,
  AdadeltaState,
  ScaleByAdadeltaOptions,
  ScaleByAdadeltaState,
} from "./adadelta.ts";
export { adagrad, scaleByRss } from "./adagrad.ts";
export type { AdagradState, ScaleByRssOptions, ScaleByRssState } from "./adagrad.ts";
export { adam } from "./adam.ts";
export type { AdamState } from "./adam.ts";
export { adamax, scaleByAdamax } from "./adamax.ts";
export type { ScaleByAdamaxOptions } from "./adamax.ts";
export { adamw } from "./adamw.ts";
export type { AdamwOptions, AdamwState } from "./adamw.ts";
export { addDecayedWeights } from "./add-decayed-weights.ts";
export type { AddDecayedWeightsOptions, DecayState } from "./add-decayed-weights.ts";
export { applyIfFinite } from "./apply-if-finite.ts";
export type { ApplyIfFiniteState } from "./apply-if-finite.ts";
export { applyUpdates } from "./apply-updates.ts";
export { chain } from "./chain.ts";
export { clip, clipByBlockRms, clipByGlobalNorm } from "./clip.ts";
export { cosineDistance, cosineSimilarity } from "./cosine-similarity.ts";
export type { CosineSimilarityOptions } from "./cosine-similarity.ts";
export { exponentialDecay } from "./exponential-decay.ts";
export type { ExponentialDecayOptions } from "./exponential-decay.ts";
export { globalNorm } from "./global-norm.ts";
export type {
  CountState,
  EmptyState,
  GradientTransformation,
  TensorTree,
} from "./gradient-transformation.ts";
export { hingeLoss } from "./hinge-loss.ts";
export { huberLoss } from "./huber-loss.ts";
export type { HuberLossOptions } from "./huber-loss.ts";
export type { Hyperparam, ScalarOrSchedule } from "./hyperparam.ts";
export { identity } from "./identity.ts";
export { injectHyperparams } from "./inject-hyperparams.ts";
export type { InjectHyperparamsState } from "./inject-hyperparams.ts";
export { joinSchedules } from "./join-schedules.ts";
export { klDivergence } from "./kl-divergence.ts";
export type { KlDivergenceOptions } from "./kl-divergence.ts";
export { lamb, scaleByTrustRatio } from "./lamb.ts";
export type { LambOptions, LambState, ScaleByTrustRatioOptions } from "./lamb.ts";
export { lion, scaleByLion } from "./lion.ts";
export type { LionOptions, LionState, ScaleByLionOptions, ScaleByLionState } from "./lion.ts";
export type { Labels, LabelTree, Mask, MaskTree } from "./mask.ts";
export { masked } from "./masked.ts";
export type { MaskedState } from "./masked.ts";
export { MultiSteps } from "./multi-steps.ts";
export type { MultiStepsOptions, MultiStepsState } from "./multi-steps.ts";
export { nadam, nadamw } from "./nadam.ts";
export { partition, partition as multiTransform } from "./partition.ts";
export type { PartitionState } from "./partition.ts";
export { piecewiseConstantSchedule } from "./piecewise-constant-schedule.ts";
export { polynomialSchedule } from "./polynomial-schedule.ts";
export type { PolynomialScheduleOptions } from "./polynomial-schedule.ts";
export { rmsprop } from "./rmsprop.ts";
export type { RmspropOptions, RmspropState } from "./rmsprop.ts";
export { scale, scaleByLearningRate, scaleBySchedule } from "./scale.ts";
export { scaleByAdam } from "./scale-by-adam.ts";
export type { ScaleByAdamOptions, ScaleByAdamState } from "./scale-by-adam.ts";
export { scaleByRms, scaleByStddev } from "./scale-by-rms.ts";
export type { ScaleByRmsOptions, ScaleByRmsState, ScaleByStddevState } from "./scale-by-rms.ts";
export type { MatchingSchedule, Schedule } from "./schedule.ts";
export { constantSchedule, cosineDecaySchedule, linearSchedule } from "./schedules.ts";
export type { CosineDecayOptions, LinearScheduleOptions } from "./schedules.ts";
export { freeze, setToZero } from "./set-to-zero.ts";
export { sgd } from "./sgd.ts";
export type { SgdOptions, SgdState } from "./sgd.ts";
export { sigmoidBinaryCrossEntropy } from "./sigmoid-binary-cross-entropy.ts";
export { sigmoidFocalLoss } from "./sigmoid-focal-loss.ts";
export { smoothLabels } from "./smooth-labels.ts";
export type { SigmoidFocalLossOptions } from "./sigmoid-focal-loss.ts";
export {
  softmaxCrossEntropy,
  softmaxCrossEntropyWithIntegerLabels,
} from "./softmax-cross-entropy.ts";
export type { SoftmaxCrossEntropyOptions } from "./softmax-cross-entropy.ts";
export { l2Loss, squaredError } from "./squared-error.ts";
export { trace } from "./trace.ts";
export type { TraceOptions, TraceState } from "./trace.ts";
export { warmupConstantSchedule, warmupCosineDecaySchedule } from "./warmup-schedules.ts";
export type { WarmupCosineDecayOptions } from "./warmup-schedules.ts";
