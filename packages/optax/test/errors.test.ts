import test from "ava";
import { array, zeros } from "@flaxen/ndarray";
import * as optax from "@flaxen/optax";
import type { GradientTransformation, Schedule } from "@flaxen/optax";

const {
  adam,
  adamw,
  addDecayedWeights,
  applyUpdates,
  chain,
  clip,
  clipByGlobalNorm,
  constantSchedule,
  cosineDecaySchedule,
  globalNorm,
  l2Loss,
  linearSchedule,
  scale,
  scaleByAdam,
  scaleByLearningRate,
  scaleBySchedule,
  sgd,
  sigmoidBinaryCrossEntropy,
  softmaxCrossEntropy,
  softmaxCrossEntropyWithIntegerLabels,
  squaredError,
  trace,
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
  "RangeError: adamw: weightDecay must be a non-negative finite number, got -1.",
);
test(
  refuses,
  () => addDecayedWeights(NaN),
  "RangeError: addDecayedWeights: weightDecay must be a non-negative finite number, got NaN.",
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
  () => softmaxCrossEntropy(X, X, { axis: wrong([0]) }),
  "TypeError: softmaxCrossEntropy: axis must be an integer, got [0].",
);
test(
  refuses,
  () => softmaxCrossEntropy(1, 1),
  "RangeError: softmaxCrossEntropy: logits must have an axis of classes, got float32[].",
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
