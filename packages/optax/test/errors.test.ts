import test from "ava";
import { array, full, zeros } from "@flaxen/ndarray";
import * as optax from "@flaxen/optax";
import type { GradientTransformation, Schedule } from "@flaxen/optax";

const {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  addDecayedWeights,
  applyIfFinite,
  applyUpdates,
  chain,
  clip,
  clipByBlockRms,
  clipByGlobalNorm,
  constantSchedule,
  cosineDecaySchedule,
  cosineDistance,
  cosineSimilarity,
  exponentialDecay,
  freeze,
  globalNorm,
  hingeLoss,
  huberLoss,
  injectHyperparams,
  joinSchedules,
  klDivergence,
  l2Loss,
  lamb,
  linearSchedule,
  lion,
  masked,
  MultiSteps,
  nadam,
  nadamw,
  partition,
  piecewiseConstantSchedule,
  polynomialSchedule,
  rmsprop,
  scale,
  scaleByAdadelta,
  scaleByAdam,
  scaleByAdamax,
  scaleByLearningRate,
  scaleByLion,
  scaleByRms,
  scaleByRss,
  scaleBySchedule,
  scaleByStddev,
  scaleByTrustRatio,
  setToZero,
  sgd,
  sigmoidBinaryCrossEntropy,
  sigmoidFocalLoss,
  smoothLabels,
  softmaxCrossEntropy,
  softmaxCrossEntropyWithIntegerLabels,
  squaredError,
  trace,
  warmupConstantSchedule,
  warmupCosineDecaySchedule,
} = optax;

// Lets a test pass what the types forbid.
const wrong = (value: unknown): never => value as never;

const refuses = test.macro({
  exec(t, run: () => unknown, message: string) {
    const error = t.throws(run);
    t.is(`${error?.name}: ${error?.message}`, message);
  },
  title: (label, _: () => unknown, message: string) =>
    label ?? message.slice(message.indexOf(": ") + 2),
});

// Arguments of the factories.
test(
  refuses,
  () => sgd(-0.1),
  "RangeError: sgd: learningRate must be a non-negative finite number or a schedule, got -0.1.",
);
test(
  refuses,
  () => adam(NaN),
  "RangeError: adam: learningRate must be a non-negative finite number or a schedule, got NaN.",
);
test(
  refuses,
  () => adamw(Infinity),
  "RangeError: adamw: learningRate must be a non-negative finite number or a schedule, got Infinity.",
);
test(
  refuses,
  () => scaleByLearningRate(-1),
  "RangeError: scaleByLearningRate: learningRate must be a non-negative finite number or a schedule, got -1.",
);
test(
  refuses,
  () => adam(wrong("0.1")),
  'TypeError: adam: learningRate must be a non-negative finite number or a schedule, got "0.1".',
);
test(
  refuses,
  () => sgd(wrong(undefined)),
  "TypeError: sgd: learningRate must be a non-negative finite number or a schedule, got undefined.",
);
test(
  refuses,
  () => sgd(0.1, { momentum: 1 }),
  "RangeError: sgd: momentum must be a number in [0, 1), got 1.",
);
test(
  refuses,
  () => sgd(0.1, { momentum: NaN }),
  "RangeError: sgd: momentum must be a number in [0, 1), got NaN.",
);
test(
  refuses,
  () => sgd(0.1, { momentum: wrong(null) }),
  "TypeError: sgd: momentum must be a number in [0, 1), got null.",
);
test(
  refuses,
  () => sgd(0.1, { nesterov: wrong(1) }),
  "TypeError: sgd: nesterov must be a boolean, got 1.",
);
test(
  refuses,
  () => sgd(0.1, { nesterov: true }),
  "RangeError: sgd: momentum must be given when nesterov is true, got undefined.",
);
test(refuses, () => trace(-0.1), "RangeError: trace: decay must be a number in [0, 1), got -0.1.");
test(
  refuses,
  () => trace(0.5, { nesterov: wrong("yes") }),
  'TypeError: trace: nesterov must be a boolean, got "yes".',
);
test(
  refuses,
  () => adam(0.1, { b1: 1 }),
  "RangeError: adam: b1 must be a number in [0, 1), got 1.",
);
test(
  refuses,
  () => adam(0.1, { b2: -0.5 }),
  "RangeError: adam: b2 must be a number in [0, 1), got -0.5.",
);
test(
  refuses,
  () => adamw(0.1, { b2: NaN }),
  "RangeError: adamw: b2 must be a number in [0, 1), got NaN.",
);
test(
  refuses,
  () => scaleByAdam({ eps: -1e-8 }),
  "RangeError: scaleByAdam: eps must be a non-negative finite number, got -1e-8.",
);
test(
  refuses,
  () => adam(0.1, { epsRoot: Infinity }),
  "RangeError: adam: epsRoot must be a non-negative finite number, got Infinity.",
);
test(
  refuses,
  () => adam(0.1, { eps: wrong("small") }),
  'TypeError: adam: eps must be a non-negative finite number, got "small".',
);
test(
  refuses,
  () => adamw(0.1, { weightDecay: -1 }),
  "RangeError: adamw: weightDecay must be a non-negative finite number or a schedule, got -1.",
);
test(
  refuses,
  () => addDecayedWeights(NaN),
  "RangeError: addDecayedWeights: weightDecay must be a non-negative finite number or a schedule, got NaN.",
);
test(
  refuses,
  () => clip(-1),
  "RangeError: clip: maxDelta must be a non-negative finite number, got -1.",
);
test(
  refuses,
  () => clipByGlobalNorm(0),
  "RangeError: clipByGlobalNorm: maxNorm must be a positive finite number, got 0.",
);
test(refuses, () => scale(NaN), "RangeError: scale: stepSize must be a finite number, got NaN.");
test(
  refuses,
  () => scale(wrong([1])),
  "TypeError: scale: stepSize must be a finite number, got [1].",
);
test(
  refuses,
  () => scaleBySchedule(wrong(0.1)),
  "TypeError: scaleBySchedule: stepSizeFn must be a function of the count, got 0.1.",
);
test(
  refuses,
  () => chain(wrong(adam)),
  "TypeError: chain: transformations must have init and update, got adam at 0.",
);
test(
  refuses,
  () => chain(clip(1), wrong(null)),
  "TypeError: chain: transformations must have init and update, got null at 1.",
);

// Schedules.
test(
  refuses,
  () => constantSchedule(NaN),
  "RangeError: constantSchedule: value must be a finite number, got NaN.",
);
test(
  refuses,
  () => constantSchedule(wrong("a")),
  'TypeError: constantSchedule: value must be a finite number, got "a".',
);
test(
  refuses,
  () => cosineDecaySchedule(NaN, 1),
  "RangeError: cosineDecaySchedule: initValue must be a finite number, got NaN.",
);
test(
  refuses,
  () => cosineDecaySchedule(1, 0),
  "RangeError: cosineDecaySchedule: decaySteps must be a positive finite number, got 0.",
);
test(
  refuses,
  () => cosineDecaySchedule(1, 2, { alpha: NaN }),
  "RangeError: cosineDecaySchedule: alpha must be a finite number, got NaN.",
);
test(
  refuses,
  () => cosineDecaySchedule(1, 2, { exponent: 0 }),
  "RangeError: cosineDecaySchedule: exponent must be a positive finite number, got 0.",
);
test(
  refuses,
  () => linearSchedule(Infinity, 0, 1),
  "RangeError: linearSchedule: initValue must be a finite number, got Infinity.",
);
test(
  refuses,
  () => linearSchedule(0, NaN, 1),
  "RangeError: linearSchedule: endValue must be a finite number, got NaN.",
);
test(
  refuses,
  () => linearSchedule(0, 1, -3),
  "RangeError: linearSchedule: transitionSteps must be a positive finite number, got -3.",
);
test(
  refuses,
  () => linearSchedule(0, 1, 3, { transitionBegin: -1 }),
  "RangeError: linearSchedule: transitionBegin must be a non-negative finite number, got -1.",
);
test(
  refuses,
  () => constantSchedule(1)(-1),
  "RangeError: constantSchedule: count must be a non-negative number or a numeric tensor, got -1.",
);
test(
  refuses,
  () => cosineDecaySchedule(1, 2)(NaN),
  "RangeError: cosineDecaySchedule: count must be a non-negative number or a numeric tensor, got NaN.",
);
test(
  refuses,
  () => linearSchedule(1, 0, 2)(wrong("1")),
  'TypeError: linearSchedule: count must be a non-negative number or a numeric tensor, got "1".',
);
test(
  refuses,
  () => linearSchedule(1, 0, 2)(array([true])),
  "TypeError: linearSchedule: count must be a non-negative number or a numeric tensor, got bool[1].",
);

// Trees and states of update.
const P = { w: zeros([2]), b: zeros([3]) };
const step = (tx: GradientTransformation, updates: unknown, state?: unknown): unknown =>
  tx.update(updates, state === undefined ? tx.init(P) : state, P);
test(
  refuses,
  () => adam(0.1).init({ w: zeros([2], "int32") }),
  "TypeError: adam.init: params must be floating-point tensors, got int32[2] at w.",
);
test(
  refuses,
  () => sgd(0.1, { momentum: 0.9 }).init([zeros([], "bool")]),
  "TypeError: sgd.init: params must be floating-point tensors, got bool[] at 0.",
);
test(
  refuses,
  () => scaleByAdam().init({ layers: [{ w: "kernel" }] }),
  'TypeError: scaleByAdam.init: params must be a tree of tensors, got "kernel" at layers.0.w.',
);
test(
  refuses,
  () => adam(0.1).init(wrong(adam)),
  "TypeError: adam.init: params must be a tree of tensors, got adam.",
);
test(
  refuses,
  () => step(adam(0.1), { w: zeros([2]) }),
  "TypeError: adam.update: updates must have the structure of the state, got {w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => step(adamw(0.1), [P.w, P.b]),
  "TypeError: adamw.update: updates must have the structure of the state, got [*, *] for {b: *, w: *}.",
);
test(
  refuses,
  () => step(adam(0.1), { w: zeros([2]), b: null }),
  "TypeError: adam.update: updates must have the structure of the state, got {b: null, w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => step(sgd(0.1, { momentum: 0.5 }), P.w),
  "TypeError: sgd.update: updates must have the structure of the state, got * for {b: *, w: *}.",
);
test(
  refuses,
  () => step(trace(0.5), { w: zeros([2]), c: zeros([3]) }),
  "TypeError: trace.update: updates must have the structure of the state, got {c: *, w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => step(adam(0.1), { w: zeros([2, 1]), b: zeros([3]) }),
  "RangeError: adam.update: updates must have the shapes of the state, got float32[2, 1] for float32[2] at w.",
);
test(
  refuses,
  () => step(adam(0.1), { w: "w", b: zeros([3]) }),
  'TypeError: adam.update: updates must be a tree of tensors, got "w" at w.',
);
test(
  refuses,
  () => step(adam(0.1), P, []),
  "TypeError: adam.update: state must be the array of 2 states that init returned, got an array of 0.",
);
test(
  refuses,
  () => step(sgd(0.1), P, {}),
  "TypeError: sgd.update: state must be the array of 2 states that init returned, got Object.",
);
test(
  refuses,
  () => step(chain(clip(1)), P, null),
  "TypeError: chain.update: state must be the array of 1 states that init returned, got null.",
);
test(
  refuses,
  () => step(adam(0.1), P, [{ count: 0 }, {}]),
  "TypeError: adam.update: state must have the fields count, mu, nu, got {count}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => step(adam(0.1), P, [P.w, {}]),
  "TypeError: adam.update: state must have the fields count, mu, nu, got float32[2]. Pass what init or the last update returned.",
);
test(
  refuses,
  () => step(trace(0.5), P, 3),
  "TypeError: trace.update: state must have the fields trace, got 3. Pass what init or the last update returned.",
);
test(
  refuses,
  () =>
    step(
      scaleBySchedule(() => 1),
      P,
      {},
    ),
  "TypeError: scaleBySchedule.update: state must have the fields count, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => step(scaleByAdam(), P, { count: 0, mu: P, nu: { w: P.w } }),
  "TypeError: scaleByAdam.update: state.nu must have the structure of state.mu, got {w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => step(scale(1), { w: adam }),
  "TypeError: scale.update: updates must be a tree of tensors, got adam at w.",
);
test(
  refuses,
  () => step(sgd(0.1), { w: "w" }),
  'TypeError: sgd.update: updates must be a tree of tensors, got "w" at w.',
);
test(
  refuses,
  () => step(clip(1), ["w"]),
  'TypeError: clip.update: updates must be a tree of tensors, got "w" at 0.',
);
test(
  refuses,
  () => step(clipByGlobalNorm(1), ["w"]),
  'TypeError: clipByGlobalNorm.update: updates must be a tree of tensors, got "w" at 0.',
);
test(
  refuses,
  () => globalNorm("w"),
  'TypeError: globalNorm: updates must be a tree of tensors, got "w".',
);

// Values of schedules.
const returning = (value: unknown): Schedule => (() => value) as unknown as Schedule;
test(
  refuses,
  () => step(sgd(returning(NaN)), P),
  "RangeError: sgd.update: learningRate must return a finite number or a scalar tensor, got NaN.",
);
test(
  refuses,
  () => step(adam(returning("1")), P),
  'TypeError: adam.update: learningRate must return a finite number or a scalar tensor, got "1".',
);
test(
  refuses,
  () => step(scaleBySchedule(returning(zeros([2]))), P),
  "RangeError: scaleBySchedule.update: stepSizeFn must return a finite number or a scalar tensor, got float32[2].",
);

// Weight decay.
test(
  refuses,
  () => adamw(0.1).update(P, adamw(0.1).init(P)),
  "Error: adamw.update: params must be given to decay them, got undefined. Call update(updates, state, params).",
);
test(
  refuses,
  () => addDecayedWeights(0.1).update(P, {}),
  "Error: addDecayedWeights.update: params must be given to decay them, got undefined. Call update(updates, state, params).",
);
test(
  refuses,
  () => addDecayedWeights(0.1).update(P, {}, { w: P.w }),
  "TypeError: addDecayedWeights.update: params must have the structure of updates, got {w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => addDecayedWeights(0.1).update(P, {}, { w: P.b, b: P.b }),
  "RangeError: addDecayedWeights.update: params must have the shapes of updates, got float32[3] for float32[2] at w.",
);
test(
  refuses,
  () => step(addDecayedWeights(0.1, { mask: wrong({ w: 1, b: true }) }), P),
  "TypeError: addDecayedWeights.update: mask must be a tree of booleans, got 1.",
);
test(
  refuses,
  () => step(addDecayedWeights(0.1, { mask: { w: true } }), P),
  "TypeError: addDecayedWeights.update: mask must have the structure of params or of its upper part, got {w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => step(adamw(0.1, { mask: () => [true, true] }), P),
  "TypeError: adamw.update: mask must have the structure of params or of its upper part, got [*, *] for {b: *, w: *}.",
);
test(
  refuses,
  () => step(adamw(0.1, { mask: { w: [true], b: true } }), P),
  "TypeError: adamw.update: mask must have the structure of params or of its upper part, got {b: *, w: [*]} for {b: *, w: *}.",
);

// applyUpdates.
test(
  refuses,
  () => applyUpdates(P, { w: P.w }),
  "TypeError: applyUpdates: updates must have the structure of params, got {w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => applyUpdates({ layers: [P.w] }, { layers: [zeros([1])] }),
  "RangeError: applyUpdates: updates must have the shapes of params, got float32[1] for float32[2] at layers.0.",
);
test(
  refuses,
  () => applyUpdates({ w: "w" }, P),
  'TypeError: applyUpdates: params must be a tree of tensors, got "w" at w.',
);
test(
  "a long structure is cut in messages",
  refuses,
  () =>
    applyUpdates(
      Array.from({ length: 100 }, () => P.w),
      [],
    ),
  `TypeError: applyUpdates: updates must have the structure of params, got [] for [${"*, ".repeat(39)}*,....`,
);

// Losses.
const X = zeros([2, 3]);
test(
  refuses,
  () => softmaxCrossEntropy(zeros([2, 3], "int32"), X),
  "TypeError: softmaxCrossEntropy: logits must be floating-point, got int32[2, 3].",
);
test(
  refuses,
  () => softmaxCrossEntropy(X, zeros([3])),
  "RangeError: softmaxCrossEntropy: labels must have the shape of logits, [2, 3], got float32[3].",
);
test(
  refuses,
  () => softmaxCrossEntropy(X, X, { axis: 2 }),
  "RangeError: softmaxCrossEntropy: axis must be an integer in [-2, 2), got 2.",
);
test(
  refuses,
  () => softmaxCrossEntropy(X, X, { axis: wrong("0") }),
  'TypeError: softmaxCrossEntropy: axis must be an integer or an array of integers, got "0".',
);
test(
  refuses,
  () => softmaxCrossEntropy(1, 1),
  "RangeError: softmaxCrossEntropy: logits must have at least one axis, got float32[].",
);
test(
  refuses,
  () => softmaxCrossEntropyWithIntegerLabels(zeros([2, 3], "bool"), [0, 0]),
  "TypeError: softmaxCrossEntropyWithIntegerLabels: logits must be floating-point, got bool[2, 3].",
);
test(
  refuses,
  () => softmaxCrossEntropyWithIntegerLabels(X, zeros([2])),
  "TypeError: softmaxCrossEntropyWithIntegerLabels: labels must be integers, got float32[2].",
);
test(
  "labels must not be fractions",
  refuses,
  () => softmaxCrossEntropyWithIntegerLabels(X, [0.5, 1]),
  "TypeError: softmaxCrossEntropyWithIntegerLabels: labels must be integers, got float32[2].",
);
test(
  refuses,
  () => softmaxCrossEntropyWithIntegerLabels(X, [true, false]),
  "TypeError: softmaxCrossEntropyWithIntegerLabels: labels must be integers, got bool[2].",
);
test(
  refuses,
  () => softmaxCrossEntropyWithIntegerLabels(X, [0, 1, 2]),
  "RangeError: softmaxCrossEntropyWithIntegerLabels: labels must have the shape of logits without axis 1, [2], got int32[3].",
);
test(
  refuses,
  () => softmaxCrossEntropyWithIntegerLabels(X, [[0], [1]]),
  "RangeError: softmaxCrossEntropyWithIntegerLabels: labels must have the shape of logits without axis 1, [2], got int32[2, 1].",
);
test(
  refuses,
  () => softmaxCrossEntropyWithIntegerLabels(X, [0, 3]),
  "RangeError: softmaxCrossEntropyWithIntegerLabels: labels must be from 0 to 2, got 3.",
);
test(
  refuses,
  () => softmaxCrossEntropyWithIntegerLabels(X, array([-1, 0], "int64")),
  "RangeError: softmaxCrossEntropyWithIntegerLabels: labels must be from 0 to 2, got -1.",
);
test(
  refuses,
  () => softmaxCrossEntropyWithIntegerLabels(zeros([2, 0]), [0, 0]),
  "RangeError: softmaxCrossEntropyWithIntegerLabels: logits must have at least one class, got float32[2, 0].",
);
test(
  refuses,
  () => softmaxCrossEntropyWithIntegerLabels(X, [0, 1], { axis: -3 }),
  "RangeError: softmaxCrossEntropyWithIntegerLabels: axis must be an integer in [-2, 2), got -3.",
);
test(
  refuses,
  () => sigmoidBinaryCrossEntropy(zeros([2], "int32"), [0, 1]),
  "TypeError: sigmoidBinaryCrossEntropy: logits must be floating-point, got int32[2].",
);
test(
  refuses,
  () => sigmoidBinaryCrossEntropy([0, 1], [[0], [1]]),
  "RangeError: sigmoidBinaryCrossEntropy: labels must have the shape of logits, [2], got float32[2, 1].",
);
test(
  refuses,
  () => squaredError(zeros([2], "int32"), [0, 1]),
  "TypeError: squaredError: predictions must be floating-point, got int32[2].",
);
test(
  refuses,
  () => squaredError([1, 2], [1]),
  "RangeError: squaredError: targets must have the shape of predictions, [2], got float32[1].",
);
test(
  refuses,
  () => l2Loss([1, 2], 1),
  "RangeError: l2Loss: targets must have the shape of predictions, [2], got int32[].",
);

// Further arguments of the factories.
test(
  refuses,
  () => adam(zeros([2])),
  "RangeError: adam: learningRate must be a number or a floating-point scalar, got float32[2].",
);
test(
  refuses,
  () => adam(array(1, "int32")),
  "TypeError: adam: learningRate must be a number or a floating-point scalar, got int32[].",
);
test(
  refuses,
  () => adam(0.1, { b1: zeros([1]) }),
  "RangeError: adam: b1 must be a number or a floating-point scalar, got float32[1].",
);
test(
  refuses,
  () => adam(0.1, { nesterov: wrong("yes") }),
  'TypeError: adam: nesterov must be a boolean, got "yes".',
);
test(
  refuses,
  () => adam(0.1, { muDtype: wrong("float") }),
  'TypeError: adam: muDtype must be the name of a floating-point dtype, got "float".',
);
test(
  refuses,
  () => scaleByAdam({ muDtype: "int32" }),
  'TypeError: scaleByAdam: muDtype must be the name of a floating-point dtype, got "int32".',
);
test(
  refuses,
  () => sgd(0.1, { accumulatorDtype: wrong(16) }),
  "TypeError: sgd: accumulatorDtype must be the name of a floating-point dtype, got 16.",
);
test(
  refuses,
  () => trace(0.1, { accumulatorDtype: "bool" }),
  'TypeError: trace: accumulatorDtype must be the name of a floating-point dtype, got "bool".',
);
test(
  refuses,
  () => adamw(0.1, { weightDecay: wrong("a") }),
  'TypeError: adamw: weightDecay must be a non-negative finite number or a schedule, got "a".',
);
test(
  refuses,
  () => rmsprop(-1),
  "RangeError: rmsprop: learningRate must be a non-negative finite number or a schedule, got -1.",
);
test(
  refuses,
  () => rmsprop(0.1, { decay: 1 }),
  "RangeError: rmsprop: decay must be a number in [0, 1), got 1.",
);
test(
  refuses,
  () => rmsprop(0.1, { eps: -1 }),
  "RangeError: rmsprop: eps must be a non-negative finite number, got -1.",
);
test(
  refuses,
  () => rmsprop(0.1, { initialScale: NaN }),
  "RangeError: rmsprop: initialScale must be a non-negative finite number, got NaN.",
);
test(
  refuses,
  () => rmsprop(0.1, { initialScale: wrong(zeros([])) }),
  "TypeError: rmsprop: initialScale must be a non-negative finite number, got float32[].",
);
test(
  refuses,
  () => rmsprop(0.1, { epsInSqrt: wrong(1) }),
  "TypeError: rmsprop: epsInSqrt must be a boolean, got 1.",
);
test(
  refuses,
  () => rmsprop(0.1, { biasCorrection: wrong(0) }),
  "TypeError: rmsprop: biasCorrection must be a boolean, got 0.",
);
test(
  refuses,
  () => rmsprop(0.1, { centered: wrong(null) }),
  "TypeError: rmsprop: centered must be a boolean, got null.",
);
test(
  refuses,
  () => rmsprop(0.1, { momentum: 1.5 }),
  "RangeError: rmsprop: momentum must be a number in [0, 1), got 1.5.",
);
test(
  refuses,
  () => rmsprop(0.1, { nesterov: true }),
  "RangeError: rmsprop: momentum must be given when nesterov is true, got undefined.",
);
test(
  refuses,
  () => rmsprop(0.1, { nesterov: wrong(2) }),
  "TypeError: rmsprop: nesterov must be a boolean, got 2.",
);
test(
  refuses,
  () => scaleByRms({ decay: -0.5 }),
  "RangeError: scaleByRms: decay must be a number in [0, 1), got -0.5.",
);
test(
  refuses,
  () => scaleByStddev({ eps: Infinity }),
  "RangeError: scaleByStddev: eps must be a non-negative finite number, got Infinity.",
);
test(
  refuses,
  () => adagrad(0.1, { initialAccumulatorValue: -0.1 }),
  "RangeError: adagrad: initialAccumulatorValue must be a non-negative finite number, got -0.1.",
);
test(
  refuses,
  () => adagrad(0.1, { eps: NaN }),
  "RangeError: adagrad: eps must be a non-negative finite number, got NaN.",
);
test(
  refuses,
  () => scaleByRss({ eps: wrong("0") }),
  'TypeError: scaleByRss: eps must be a non-negative finite number, got "0".',
);
test(
  refuses,
  () => lion(0.1, { b1: 1 }),
  "RangeError: lion: b1 must be a number in [0, 1), got 1.",
);
test(
  refuses,
  () => lion(0.1, { weightDecay: -1 }),
  "RangeError: lion: weightDecay must be a non-negative finite number or a schedule, got -1.",
);
test(
  refuses,
  () => scaleByLion({ b2: 2 }),
  "RangeError: scaleByLion: b2 must be a number in [0, 1), got 2.",
);
test(
  refuses,
  () => scaleByLion({ muDtype: wrong(null) }),
  "TypeError: scaleByLion: muDtype must be the name of a floating-point dtype, got null.",
);
test(
  refuses,
  () => nadam(0.1, { b2: 1 }),
  "RangeError: nadam: b2 must be a number in [0, 1), got 1.",
);
test(
  refuses,
  () => nadamw(0.1, { eps: -1 }),
  "RangeError: nadamw: eps must be a non-negative finite number, got -1.",
);
test(
  refuses,
  () => lamb(0.1, { epsRoot: -1 }),
  "RangeError: lamb: epsRoot must be a non-negative finite number, got -1.",
);
test(
  refuses,
  () => scaleByTrustRatio({ minNorm: -1 }),
  "RangeError: scaleByTrustRatio: minNorm must be a non-negative finite number, got -1.",
);
test(
  refuses,
  () => scaleByTrustRatio({ trustCoefficient: NaN }),
  "RangeError: scaleByTrustRatio: trustCoefficient must be a non-negative finite number, got NaN.",
);
test(
  refuses,
  () => scaleByTrustRatio({ eps: wrong(true) }),
  "TypeError: scaleByTrustRatio: eps must be a non-negative finite number, got true.",
);
test(
  refuses,
  () => adamax(0.1, { b2: 1 }),
  "RangeError: adamax: b2 must be a number in [0, 1), got 1.",
);
test(
  refuses,
  () => scaleByAdamax({ eps: -1 }),
  "RangeError: scaleByAdamax: eps must be a non-negative finite number, got -1.",
);
test(
  refuses,
  () => adadelta(1, { rho: 1 }),
  "RangeError: adadelta: rho must be a number in [0, 1), got 1.",
);
test(
  refuses,
  () => scaleByAdadelta({ eps: NaN }),
  "RangeError: scaleByAdadelta: eps must be a non-negative finite number, got NaN.",
);
test(
  refuses,
  () => clipByBlockRms(0),
  "RangeError: clipByBlockRms: threshold must be a positive finite number, got 0.",
);
test(
  refuses,
  () => masked(wrong(adam), true),
  "TypeError: masked: inner must have init and update, got adam.",
);
test(
  refuses,
  () => partition(wrong(null), "a"),
  "TypeError: partition: transforms must be an object of transformations, got null.",
);
test(
  refuses,
  () => partition({ a: sgd(1), b: wrong(3) }, "a"),
  "TypeError: partition: transforms must have init and update, got 3 at b.",
);
test(
  refuses,
  () => new MultiSteps(wrong({}), 2),
  "TypeError: MultiSteps: inner must have init and update, got Object.",
);
test(
  refuses,
  () => new MultiSteps(sgd(1), 0),
  "RangeError: MultiSteps: everyKSchedule must be a positive integer, got 0.",
);
test(
  refuses,
  () => new MultiSteps(sgd(1), 1.5),
  "RangeError: MultiSteps: everyKSchedule must be a positive integer, got 1.5.",
);
test(
  refuses,
  () => new MultiSteps(sgd(1), wrong("2")),
  'TypeError: MultiSteps: everyKSchedule must be a positive integer, got "2".',
);
test(
  refuses,
  () => new MultiSteps(sgd(1), 2, { useGradMean: wrong(1) }),
  "TypeError: MultiSteps: useGradMean must be a boolean, got 1.",
);
test(
  refuses,
  () => new MultiSteps(sgd(1), 2, { accumulatorDtype: "int8" }),
  'TypeError: MultiSteps: accumulatorDtype must be the name of a floating-point dtype, got "int8".',
);
test(
  refuses,
  () => applyIfFinite(wrong(undefined), 2),
  "TypeError: applyIfFinite: inner must have init and update, got undefined.",
);
test(
  refuses,
  () => applyIfFinite(sgd(1), -1),
  "RangeError: applyIfFinite: maxConsecutiveErrors must be a non-negative integer, got -1.",
);
test(
  refuses,
  () => applyIfFinite(sgd(1), wrong("5")),
  'TypeError: applyIfFinite: maxConsecutiveErrors must be a non-negative integer, got "5".',
);
test(
  refuses,
  () => injectHyperparams(wrong(sgd(1)), { a: 1 }),
  "TypeError: injectHyperparams: innerFactory must be a function of the hyper-parameters, got Object.",
);
test(
  refuses,
  () => injectHyperparams(({ a }) => sgd(a), wrong(1)),
  "TypeError: injectHyperparams: hyperparams must be an object, got 1.",
);
test(
  refuses,
  () => injectHyperparams(({ a }) => sgd(a), { a: NaN }),
  "RangeError: injectHyperparams: hyperparams.a must be a finite number, got NaN.",
);
test(
  refuses,
  () => injectHyperparams(({ a }) => sgd(a), { a: wrong("1") }),
  'TypeError: injectHyperparams: hyperparams.a must be a finite number, got "1".',
);
test(
  refuses,
  () => injectHyperparams(({ a }) => sgd(a), { a: zeros([3]) }),
  "RangeError: injectHyperparams: hyperparams.a must be a number or a floating-point scalar, got float32[3].",
);

// Further schedules.
test(
  refuses,
  () => exponentialDecay(NaN, 1, 0.5),
  "RangeError: exponentialDecay: initValue must be a finite number, got NaN.",
);
test(
  refuses,
  () => exponentialDecay(1, 0, 0.5),
  "RangeError: exponentialDecay: transitionSteps must be a positive finite number, got 0.",
);
test(
  refuses,
  () => exponentialDecay(1, 1, 0),
  "RangeError: exponentialDecay: decayRate must be a positive finite number, got 0.",
);
test(
  refuses,
  () => exponentialDecay(1, 1, 0.5, { transitionBegin: -1 }),
  "RangeError: exponentialDecay: transitionBegin must be a non-negative finite number, got -1.",
);
test(
  refuses,
  () => exponentialDecay(1, 1, 0.5, { staircase: wrong(1) }),
  "TypeError: exponentialDecay: staircase must be a boolean, got 1.",
);
test(
  refuses,
  () => exponentialDecay(1, 1, 0.5, { endValue: Infinity }),
  "RangeError: exponentialDecay: endValue must be a finite number, got Infinity.",
);
test(
  refuses,
  () => exponentialDecay(1, 1, 0.5)(-1),
  "RangeError: exponentialDecay: count must be a non-negative number or a numeric tensor, got -1.",
);
test(
  refuses,
  () => polynomialSchedule(NaN, 1, 1),
  "RangeError: polynomialSchedule: initValue must be a finite number, got NaN.",
);
test(
  refuses,
  () => polynomialSchedule(1, NaN, 1),
  "RangeError: polynomialSchedule: endValue must be a finite number, got NaN.",
);
test(
  refuses,
  () => polynomialSchedule(1, 0, 0),
  "RangeError: polynomialSchedule: transitionSteps must be a positive finite number, got 0.",
);
test(
  refuses,
  () => polynomialSchedule(1, 0, 1, { power: 0 }),
  "RangeError: polynomialSchedule: power must be a positive finite number, got 0.",
);
test(
  refuses,
  () => polynomialSchedule(1, 0, 1, { transitionBegin: NaN }),
  "RangeError: polynomialSchedule: transitionBegin must be a non-negative finite number, got NaN.",
);
test(
  refuses,
  () => piecewiseConstantSchedule(NaN),
  "RangeError: piecewiseConstantSchedule: initValue must be a finite number, got NaN.",
);
test(
  refuses,
  () => piecewiseConstantSchedule(1, wrong(3)),
  "TypeError: piecewiseConstantSchedule: boundariesAndScales must be an object of factors by count, got 3.",
);
test(
  refuses,
  () => piecewiseConstantSchedule(1, wrong({ a: 1 })),
  'RangeError: piecewiseConstantSchedule: boundariesAndScales must have non-negative integers as keys, got "a".',
);
test(
  refuses,
  () => piecewiseConstantSchedule(1, { [-1]: 1 }),
  'RangeError: piecewiseConstantSchedule: boundariesAndScales must have non-negative integers as keys, got "-1".',
);
test(
  refuses,
  () => piecewiseConstantSchedule(1, { 5: -1 }),
  "RangeError: piecewiseConstantSchedule: boundariesAndScales[5] must be a non-negative finite number, got -1.",
);
test(
  refuses,
  () => piecewiseConstantSchedule(1, { 5: wrong("x") }),
  'TypeError: piecewiseConstantSchedule: boundariesAndScales[5] must be a non-negative finite number, got "x".',
);
test(
  refuses,
  () => joinSchedules([wrong(1)], []),
  "TypeError: joinSchedules: schedules must be an array of functions, got [1].",
);
test(
  refuses,
  () => joinSchedules([], []),
  "RangeError: joinSchedules: schedules must have at least one schedule, got [].",
);
test(
  refuses,
  () => joinSchedules([constantSchedule(1), constantSchedule(1), constantSchedule(1)], [1]),
  "RangeError: joinSchedules: boundaries must be 2 increasing non-negative integers, got [1].",
);
test(
  refuses,
  () => joinSchedules([constantSchedule(1), constantSchedule(1), constantSchedule(1)], [2, 2]),
  "RangeError: joinSchedules: boundaries must be 2 increasing non-negative integers, got [2, 2].",
);
test(
  refuses,
  () => joinSchedules([constantSchedule(1), constantSchedule(1), constantSchedule(1)], [-1, 2]),
  "RangeError: joinSchedules: boundaries must be 2 increasing non-negative integers, got [-1, 2].",
);
test(
  refuses,
  () => joinSchedules([constantSchedule(1), constantSchedule(1), constantSchedule(1)], [0.5, 2]),
  "RangeError: joinSchedules: boundaries must be 2 increasing non-negative integers, got [0.5, 2].",
);
test(
  refuses,
  () => joinSchedules([constantSchedule(1), constantSchedule(1), constantSchedule(1)], [1, NaN]),
  "RangeError: joinSchedules: boundaries must be 2 increasing non-negative integers, got [1, NaN].",
);
test(
  refuses,
  () => joinSchedules([constantSchedule(1), constantSchedule(1), constantSchedule(1)], [1, 2, 3]),
  "RangeError: joinSchedules: boundaries must be 2 increasing non-negative integers, got [1, 2, 3].",
);
test(
  refuses,
  () => joinSchedules([constantSchedule(1), constantSchedule(1), constantSchedule(1)], wrong(5)),
  "TypeError: joinSchedules: boundaries must be 2 increasing non-negative integers, got 5.",
);
test(
  refuses,
  () =>
    joinSchedules([constantSchedule(1), constantSchedule(1), constantSchedule(1)], wrong(["1", 2])),
  'TypeError: joinSchedules: boundaries must be 2 increasing non-negative integers, got ["1", 2].',
);
test(
  refuses,
  () => joinSchedules([wrong(() => "1")], [])(0),
  'TypeError: joinSchedules: schedules must return a number, got "1".',
);
test(
  refuses,
  () => joinSchedules([wrong(() => "1")], [])(zeros([])),
  'TypeError: joinSchedules: schedules must return a number or a tensor, got "1".',
);
test(
  refuses,
  () => joinSchedules([() => 1], [])(-2),
  "RangeError: joinSchedules: count must be a non-negative number or a numeric tensor, got -2.",
);
test(
  refuses,
  () => warmupCosineDecaySchedule(NaN, 1, { warmupSteps: 1, decaySteps: 2 }),
  "RangeError: warmupCosineDecaySchedule: initValue must be a finite number, got NaN.",
);
test(
  refuses,
  () => warmupCosineDecaySchedule(0, NaN, { warmupSteps: 1, decaySteps: 2 }),
  "RangeError: warmupCosineDecaySchedule: peakValue must be a finite number, got NaN.",
);
test(
  refuses,
  () => warmupCosineDecaySchedule(0, 1, { warmupSteps: 1.5, decaySteps: 2 }),
  "RangeError: warmupCosineDecaySchedule: warmupSteps must be a non-negative integer, got 1.5.",
);
test(
  refuses,
  () => warmupCosineDecaySchedule(0, 1, wrong({ warmupSteps: 1 })),
  "TypeError: warmupCosineDecaySchedule: decaySteps must be a positive finite number, got undefined.",
);
test(
  refuses,
  () => warmupCosineDecaySchedule(0, 1, { warmupSteps: 2, decaySteps: 2 }),
  "RangeError: warmupCosineDecaySchedule: decaySteps must be more than warmupSteps = 2, got 2.",
);
test(
  refuses,
  () => warmupCosineDecaySchedule(0, 1, { warmupSteps: 1, decaySteps: 2, endValue: NaN }),
  "RangeError: warmupCosineDecaySchedule: endValue must be a finite number, got NaN.",
);
test(
  refuses,
  () => warmupCosineDecaySchedule(0, 1, { warmupSteps: 1, decaySteps: 2, exponent: 0 }),
  "RangeError: warmupCosineDecaySchedule: exponent must be a positive finite number, got 0.",
);
test(
  refuses,
  () => warmupCosineDecaySchedule(0, 1, { warmupSteps: 1, decaySteps: 2 })(NaN),
  "RangeError: warmupCosineDecaySchedule: count must be a non-negative number or a numeric tensor, got NaN.",
);
test(
  refuses,
  () => warmupConstantSchedule(NaN, 1, 1),
  "RangeError: warmupConstantSchedule: initValue must be a finite number, got NaN.",
);
test(
  refuses,
  () => warmupConstantSchedule(0, NaN, 1),
  "RangeError: warmupConstantSchedule: peakValue must be a finite number, got NaN.",
);
test(
  refuses,
  () => warmupConstantSchedule(0, 1, -1),
  "RangeError: warmupConstantSchedule: warmupSteps must be a non-negative finite number, got -1.",
);

// Further trees and states of update.
test(
  refuses,
  () => step(scaleByRms(), P, {}),
  "TypeError: scaleByRms.update: state must have the fields nu, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => step(scaleByRms({ biasCorrection: true }), P, { nu: P }),
  "TypeError: scaleByRms.update: state must have the fields count, nu, got {nu}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => step(scaleByStddev(), P, { nu: P }),
  "TypeError: scaleByStddev.update: state must have the fields mu, nu, got {nu}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => step(scaleByStddev({ biasCorrection: true }), P, {}),
  "TypeError: scaleByStddev.update: state must have the fields count, mu, nu, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => step(scaleByRss(), P, {}),
  "TypeError: scaleByRss.update: state must have the fields sumOfSquares, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => step(scaleByLion(), P, {}),
  "TypeError: scaleByLion.update: state must have the fields count, mu, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => step(scaleByAdamax(), P, {}),
  "TypeError: scaleByAdamax.update: state must have the fields count, mu, nu, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => step(scaleByAdadelta(), P, {}),
  "TypeError: scaleByAdadelta.update: state must have the fields eG, eX, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => step(masked(scale(1), true), P, {}),
  "TypeError: masked.update: state must have the fields innerState, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => step(freeze(true), P, {}),
  "TypeError: freeze.update: state must have the fields innerState, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => step(partition({ a: scale(1) }, "a"), P, {}),
  "TypeError: partition.update: state must have the fields innerStates, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => step(partition({ a: scale(1) }, "a"), P, { innerStates: {} }),
  "TypeError: partition.update: state must have the fields a, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => step(new MultiSteps(scale(1), 2), P, {}),
  "TypeError: MultiSteps.update: state must have the fields miniStep, gradientStep, innerOptState, accGrads, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => step(applyIfFinite(scale(1), 2), P, {}),
  "TypeError: applyIfFinite.update: state must have the fields notfiniteCount, lastFinite, totalNotfinite, innerState, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () =>
    step(
      addDecayedWeights(() => 0.1),
      P,
      {},
    ),
  "TypeError: addDecayedWeights.update: state must have the fields count, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () =>
    step(
      addDecayedWeights(() => 0.1, { mask: true }),
      P,
      { count: 0 },
    ),
  "TypeError: addDecayedWeights.update: state must have the fields innerState, got {count}. Pass what init or the last update returned.",
);
test(
  "step(addDecayedWeights(() => 0.1, { mask: true }), P, { innerState: {} }) refuses",
  refuses,
  () =>
    step(
      addDecayedWeights(() => 0.1, { mask: true }),
      P,
      { innerState: {} },
    ),
  "TypeError: addDecayedWeights.update: state must have the fields count, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () =>
    step(
      injectHyperparams(({ a }) => scale(Number(a)), { a: 1 }),
      P,
      {},
    ),
  "TypeError: injectHyperparams.update: state must have the fields count, hyperparams, hyperparamsStates, innerState, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => new MultiSteps(sgd(1), 2).hasUpdated(wrong({})),
  "TypeError: MultiSteps.hasUpdated: state must have the fields miniStep, gradientStep, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => step(rmsprop(1), { w: P.w }),
  "TypeError: rmsprop.update: updates must have the structure of the state, got {w: *} for {b: *, w: *}.",
);
test(
  "step(rmsprop(1, { centered: true }), { w: P.w }) refuses",
  refuses,
  () => step(rmsprop(1, { centered: true }), { w: P.w }),
  "TypeError: rmsprop.update: updates must have the structure of the state, got {w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => step(adagrad(1), { w: P.w }),
  "TypeError: adagrad.update: updates must have the structure of the state, got {w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => step(lion(1), { w: P.w }),
  "TypeError: lion.update: updates must have the structure of the state, got {w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => step(adamax(1), { w: P.w }),
  "TypeError: adamax.update: updates must have the structure of the state, got {w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => step(new MultiSteps(sgd(1), 2), { w: P.w }),
  "TypeError: MultiSteps.update: updates must have the structure of the state, got {w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => adadelta(1).update({ w: P.w }, adadelta(1).init(P), { w: P.w }),
  "TypeError: adadelta.update: updates must have the structure of the state, got {w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => rmsprop(1).init({ w: zeros([2], "int32") }),
  "TypeError: rmsprop.init: params must be floating-point tensors, got int32[2] at w.",
);
test(
  refuses,
  () => adagrad(1).init({ w: zeros([2], "int32") }),
  "TypeError: adagrad.init: params must be floating-point tensors, got int32[2] at w.",
);
test(
  refuses,
  () => lion(1).init({ w: zeros([2], "int32") }),
  "TypeError: lion.init: params must be floating-point tensors, got int32[2] at w.",
);
test(
  refuses,
  () => nadam(1).init({ w: zeros([2], "int32") }),
  "TypeError: nadam.init: params must be floating-point tensors, got int32[2] at w.",
);
test(
  refuses,
  () => lamb(1).init({ w: zeros([2], "int32") }),
  "TypeError: lamb.init: params must be floating-point tensors, got int32[2] at w.",
);
test(
  refuses,
  () => adamax(1).init({ w: zeros([2], "int32") }),
  "TypeError: adamax.init: params must be floating-point tensors, got int32[2] at w.",
);
test(
  refuses,
  () => adadelta(1).init({ w: zeros([2], "int32") }),
  "TypeError: adadelta.init: params must be floating-point tensors, got int32[2] at w.",
);
test(
  refuses,
  () => new MultiSteps(scale(1), 2).init({ w: zeros([2], "int32") }),
  "TypeError: MultiSteps.init: params must be floating-point tensors, got int32[2] at w.",
);
test(
  refuses,
  () =>
    setToZero().update(
      { w: "w" },
      wrong({
        innerState: {},
        innerStates: { a: {} },
        notfiniteCount: 0,
        lastFinite: 0,
        totalNotfinite: 0,
      }),
    ),
  'TypeError: setToZero.update: updates must be a tree of tensors, got "w" at w.',
);
test(
  refuses,
  () =>
    clipByBlockRms(1).update(
      { w: "w" },
      wrong({
        innerState: {},
        innerStates: { a: {} },
        notfiniteCount: 0,
        lastFinite: 0,
        totalNotfinite: 0,
      }),
    ),
  'TypeError: clipByBlockRms.update: updates must be a tree of tensors, got "w" at w.',
);
test(
  refuses,
  () =>
    masked(scale(1), true).update(
      { w: "w" },
      wrong({
        innerState: {},
        innerStates: { a: {} },
        notfiniteCount: 0,
        lastFinite: 0,
        totalNotfinite: 0,
      }),
    ),
  'TypeError: masked.update: updates must be a tree of tensors, got "w" at w.',
);
test(
  refuses,
  () =>
    partition({ a: scale(1) }, "a").update(
      { w: "w" },
      wrong({
        innerState: {},
        innerStates: { a: {} },
        notfiniteCount: 0,
        lastFinite: 0,
        totalNotfinite: 0,
      }),
    ),
  'TypeError: partition.update: updates must be a tree of tensors, got "w" at w.',
);
test(
  refuses,
  () =>
    applyIfFinite(scale(1), 1).update(
      { w: "w" },
      wrong({
        innerState: {},
        innerStates: { a: {} },
        notfiniteCount: 0,
        lastFinite: 0,
        totalNotfinite: 0,
      }),
    ),
  'TypeError: applyIfFinite.update: updates must be a tree of tensors, got "w" at w.',
);
test(
  refuses,
  () => scaleByStddev().update(P, { mu: P, nu: { w: P.w } }),
  "TypeError: scaleByStddev.update: state.nu must have the structure of state.mu, got {w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => scaleByAdadelta().update(P, { eG: P, eX: { w: P.w } }),
  "TypeError: scaleByAdadelta.update: state.eX must have the structure of state.eG, got {w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => scaleByAdamax().update(P, { count: zeros([]), mu: P, nu: { w: P.w } }),
  "TypeError: scaleByAdamax.update: state.nu must have the structure of state.mu, got {w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => lamb(0.1).update(P, lamb(0.1).init(P)),
  "Error: lamb.update: params must be given to decay them, got undefined. Call update(updates, state, params).",
);
test(
  refuses,
  () => scaleByTrustRatio().update(P, {}),
  "Error: scaleByTrustRatio.update: params must be given to measure them, got undefined. Call update(updates, state, params).",
);
test(
  refuses,
  () => scaleByTrustRatio().update(P, {}, { w: P.b, b: P.b }),
  "RangeError: scaleByTrustRatio.update: params must have the shapes of updates, got float32[3] for float32[2] at w.",
);
test(
  refuses,
  () => lion(0.1).update(P, lion(0.1).init(P)),
  "Error: lion.update: params must be given to decay them, got undefined. Call update(updates, state, params).",
);
test(
  refuses,
  () => step(addDecayedWeights(returning("a")), P),
  'TypeError: addDecayedWeights.update: weightDecay must return a finite number or a scalar tensor, got "a".',
);
test(
  refuses,
  () => step(adamw(0.1, { weightDecay: returning(NaN) }), P),
  "RangeError: adamw.update: weightDecay must return a finite number or a scalar tensor, got NaN.",
);
test(
  refuses,
  () => masked(scale(1), wrong({ w: 1, b: true })).init(P),
  "TypeError: masked.init: mask must be a tree of booleans, got 1.",
);
test(
  refuses,
  () => masked(scale(1), { w: true }).init(P),
  "TypeError: masked.init: mask must have the structure of params or of its upper part, got {w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => masked(scale(1), () => [true]).update(P, { innerState: {} }),
  "TypeError: masked.update: mask must have the structure of updates or of its upper part, got [*] for {b: *, w: *}.",
);
test(
  refuses,
  () => freeze([true]).init(P),
  "TypeError: freeze.init: mask must have the structure of params or of its upper part, got [*] for {b: *, w: *}.",
);
test(
  refuses,
  () => masked(scale(1), true).update(P, { innerState: {} }, { w: P.w }),
  "TypeError: masked.update: params must have the structure of updates, got {w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => step(masked({ init: () => ({}), update: (_, s) => [wrong([]), s] }, true), P),
  "TypeError: masked.update: the updates of the inner transformation must have the structure of updates, got [] for {b: *, w: *}.",
);
test(
  refuses,
  () => partition({ a: scale(1) }, wrong({ w: 1, b: "a" })).init(P),
  "TypeError: partition.init: paramLabels must be a tree of labels, got 1.",
);
test(
  refuses,
  () => partition({ a: scale(1) }, { w: "a" }).init(P),
  "TypeError: partition.init: paramLabels must have the structure of params or of its upper part, got {w: *} for {b: *, w: *}.",
);
test(
  refuses,
  () => partition({ a: scale(1), b: scale(2) }, { w: "a", b: "c" }).init(P),
  'RangeError: partition.init: paramLabels must be among "a", "b", got "c".',
);
test(
  refuses,
  () => partition({ a: scale(1) }, () => "b").update(P, { innerStates: { a: { innerState: {} } } }),
  'RangeError: partition.update: paramLabels must be among "a", got "b".',
);
test(
  refuses,
  () => step(new MultiSteps(scale(1), returning(0)), P),
  "RangeError: MultiSteps.update: everyKSchedule must return a positive integer or an integer scalar, got 0.",
);
test(
  refuses,
  () => step(new MultiSteps(scale(1), returning(1.5)), P),
  "RangeError: MultiSteps.update: everyKSchedule must return a positive integer or an integer scalar, got 1.5.",
);
test(
  refuses,
  () => step(new MultiSteps(scale(1), returning("2")), P),
  'TypeError: MultiSteps.update: everyKSchedule must return a positive integer or an integer scalar, got "2".',
);
test(
  refuses,
  () => step(new MultiSteps(scale(1), returning(full([], 2))), P),
  "TypeError: MultiSteps.update: everyKSchedule must return a positive integer or an integer scalar, got float32[].",
);
test(
  refuses,
  () => step(new MultiSteps(scale(1), returning(full([1], 2, "int32"))), P),
  "TypeError: MultiSteps.update: everyKSchedule must return a positive integer or an integer scalar, got int32[1].",
);
test(
  refuses,
  () =>
    injectHyperparams(
      wrong(() => 1),
      { a: 1 },
    ).init(P),
  "TypeError: injectHyperparams.init: the result of innerFactory must have init and update, got 1.",
);
const HYPER = injectHyperparams(({ a }) => sgd(a), { a: constantSchedule(1) });
test(
  refuses,
  () => HYPER.update(P, wrong({ ...HYPER.init(P), hyperparams: {} })),
  "TypeError: injectHyperparams.update: state must have the fields a, got {}. Pass what init or the last update returned.",
);
test(
  refuses,
  () => HYPER.update(P, wrong({ ...HYPER.init(P), hyperparams: { a: "1" } })),
  'TypeError: injectHyperparams.update: state.hyperparams.a must be a finite number, got "1".',
);
test(
  refuses,
  () => HYPER.update(P, wrong({ ...HYPER.init(P), hyperparams: { a: zeros([2]) } })),
  "RangeError: injectHyperparams.update: state.hyperparams.a must be a number or a floating-point scalar, got float32[2].",
);
test(
  refuses,
  () => HYPER.update(P, wrong({ ...HYPER.init(P), hyperparamsStates: {} })),
  "TypeError: injectHyperparams.update: state must have the fields count, got undefined. Pass what init or the last update returned.",
);
test(
  refuses,
  () => injectHyperparams(({ a }) => sgd(a), { a: returning("1") }).init(P),
  'TypeError: injectHyperparams.init: a must return a finite number or a scalar tensor, got "1".',
);
test(
  refuses,
  () => injectHyperparams(({ a }) => sgd(a), { a: 1 }).init({ w: "w" }),
  'TypeError: injectHyperparams.init: params must be a tree of tensors, got "w" at w.',
);

// Further losses.
test(
  refuses,
  () => softmaxCrossEntropy(X, X, { axis: [0, -2] }),
  "RangeError: softmaxCrossEntropy: axis must name each axis once, got [0, -2].",
);
test(
  refuses,
  () => softmaxCrossEntropy(X, X, { where: [1, 0] }),
  "TypeError: softmaxCrossEntropy: where must be booleans, got float32[2].",
);
test(
  refuses,
  () => softmaxCrossEntropy(X, X, { where: [true, false, true] }),
  "RangeError: softmaxCrossEntropy: where must have the shape of logits, [2, 3], or that without its axes [1], got bool[3].",
);
test(
  refuses,
  () => softmaxCrossEntropyWithIntegerLabels(X, [0, 1], { where: [[true], [true], [true]] }),
  "RangeError: softmaxCrossEntropyWithIntegerLabels: where must have the shape of logits, [2, 3], or that without its axes [1], got bool[3, 1].",
);
test(
  refuses,
  () => softmaxCrossEntropyWithIntegerLabels(X, [0, 1], { axis: [0, 1] }),
  "RangeError: softmaxCrossEntropyWithIntegerLabels: labels must have the shape of logits without axes 0, 1, [], got int32[2].",
);
test(
  refuses,
  () => softmaxCrossEntropyWithIntegerLabels(X, 6, { axis: [0, 1] }),
  "RangeError: softmaxCrossEntropyWithIntegerLabels: labels must be from 0 to 5, got 6.",
);
test(
  refuses,
  () => huberLoss(zeros([2], "int32")),
  "TypeError: huberLoss: predictions must be floating-point, got int32[2].",
);
test(
  refuses,
  () => huberLoss([1, 2], [1]),
  "RangeError: huberLoss: targets must have the shape of predictions, [2], got float32[1].",
);
test(
  refuses,
  () => huberLoss([1, 2], [1, 2], { delta: 0 }),
  "RangeError: huberLoss: delta must be a positive finite number, got 0.",
);
test(
  refuses,
  () => smoothLabels(zeros([2], "int32"), 0.1),
  "TypeError: smoothLabels: labels must be floating-point, got int32[2].",
);
test(
  refuses,
  () => smoothLabels(1, 0.1),
  "RangeError: smoothLabels: labels must have at least one axis, got float32[].",
);
test(
  refuses,
  () => smoothLabels([0, 1], 1.5),
  "RangeError: smoothLabels: alpha must be a number in [0, 1], got 1.5.",
);
test(
  refuses,
  () => smoothLabels([0, 1], NaN),
  "RangeError: smoothLabels: alpha must be a number in [0, 1], got NaN.",
);
test(
  refuses,
  () => smoothLabels([0, 1], "0.1" as never),
  'TypeError: smoothLabels: alpha must be a number in [0, 1], got "0.1".',
);
test(
  refuses,
  () => hingeLoss(zeros([2], "bool"), [1, 1]),
  "TypeError: hingeLoss: predictorOutputs must be floating-point, got bool[2].",
);
test(
  refuses,
  () => hingeLoss([1, 2], [1]),
  "RangeError: hingeLoss: targets must have the shape of predictorOutputs, [2], got float32[1].",
);
test(
  refuses,
  () => cosineSimilarity(zeros([2], "int32"), [1, 1]),
  "TypeError: cosineSimilarity: predictions must be floating-point, got int32[2].",
);
test(
  refuses,
  () => cosineDistance([1, 2], zeros([2], "int32")),
  "TypeError: cosineDistance: targets must be floating-point, got int32[2].",
);
test(
  refuses,
  () => cosineDistance([1, 2], [1]),
  "RangeError: cosineDistance: targets must have the shape of predictions, [2], got float32[1].",
);
test(
  refuses,
  () => cosineSimilarity([1, 2], [1, 2], { epsilon: -1 }),
  "RangeError: cosineSimilarity: epsilon must be a non-negative finite number, got -1.",
);
test(
  refuses,
  () => cosineSimilarity([1, 2], [1, 2], { axis: 1 }),
  "RangeError: cosineSimilarity: axis must be an integer in [-1, 1), got 1.",
);
test(
  refuses,
  () => cosineSimilarity(1, 2),
  "RangeError: cosineSimilarity: predictions must have at least one axis, got float32[].",
);
test(
  refuses,
  () => cosineDistance([1, 2], [1, 2], { where: [0, 1] }),
  "TypeError: cosineDistance: where must be booleans, got float32[2].",
);
test(
  refuses,
  () => klDivergence(zeros([2], "int32"), [1, 1]),
  "TypeError: klDivergence: logPredictions must be floating-point, got int32[2].",
);
test(
  refuses,
  () => klDivergence([1, 2], zeros([2], "int32")),
  "TypeError: klDivergence: targets must be floating-point, got int32[2].",
);
test(
  refuses,
  () => klDivergence(X, [1, 2]),
  "RangeError: klDivergence: targets must have the shape of logPredictions, [2, 3], got float32[2].",
);
test(
  refuses,
  () => klDivergence(X, X, { axis: wrong(null) }),
  "TypeError: klDivergence: axis must be an integer or an array of integers, got null.",
);
test(
  refuses,
  () => klDivergence(X, X, { where: true }),
  "RangeError: klDivergence: where must have the shape of logPredictions, [2, 3], or that without its axes [1], got bool[].",
);
test(
  refuses,
  () => sigmoidFocalLoss(zeros([2], "int32"), [0, 1]),
  "TypeError: sigmoidFocalLoss: logits must be floating-point, got int32[2].",
);
test(
  refuses,
  () => sigmoidFocalLoss([0, 1], [1]),
  "RangeError: sigmoidFocalLoss: labels must have the shape of logits, [2], got float32[1].",
);
test(
  refuses,
  () => sigmoidFocalLoss([0, 1], [0, 1], { alpha: 1.5 }),
  "RangeError: sigmoidFocalLoss: alpha must be a number in [0, 1], got 1.5.",
);
test(
  refuses,
  () => sigmoidFocalLoss([0, 1], [0, 1], { gamma: -1 }),
  "RangeError: sigmoidFocalLoss: gamma must be a non-negative finite number, got -1.",
);
