import test from "ava";
import fc from "fast-check";
import { expectTypeOf } from "expect-type";
import { add, astype as cast, floor, grad, multiply, sum, tree } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import type { DType } from "@flaxen/dtype";
import {
  array,
  arrayEqual,
  asNDArray,
  astype,
  full,
  isNDArray,
  reshape,
  zeros,
} from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import {
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
  cosineDecaySchedule,
  freeze,
  identity,
  injectHyperparams,
  lamb,
  linearSchedule,
  lion,
  masked,
  MultiSteps,
  multiTransform,
  nadam,
  nadamw,
  partition,
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
  trace,
} from "@flaxen/optax";
import type {
  AdamState,
  EmptyState,
  GradientTransformation,
  MaskedState,
  TraceState,
} from "@flaxen/optax";
import { bitEqual, closeTo, flatValues } from "@flaxen/testing";
import { adamState, trajectories } from "./optax-answers.ts";

interface Params {
  b: Tensor;
  layers: { w: Tensor }[];
}

const MASK = { b: false, layers: [{ w: true }] };

/** The nine numbers of a test as a tree of parameters. */
function params(values: readonly number[], dtype: DType = "float32"): Params {
  const flat = array([...values], dtype);
  const part = (from: number, to: number, shape: number[]): NDArray =>
    reshape(asNDArray(flat.lo(from).hi(to - from)), shape);
  return { b: part(0, 3, [3]), layers: [{ w: part(3, 9, [2, 3]) }] };
}

function start(dtype?: DType): Params {
  return params(
    Array.from({ length: 9 }, (_, i) => (i - 4) / 2),
    dtype,
  );
}

function offset(t: number, dtype?: DType): Params {
  return params(
    Array.from({ length: 9 }, (_, i) => (((t * 7 + i * 13) % 11) - 5) / 4),
    dtype,
  );
}

function numbers(value: unknown): number[] {
  return tree.leaves(value).flatMap(flatValues);
}

/** `x / 2 + o` rounded to float32 as the reference does. */
function gradient(p: Params, t: number): Params {
  const at = (x: Tensor, o: Tensor): Tensor => {
    const [xs, os] = [numbers(x), numbers(o)];
    return reshape(array(xs.map((value, i) => Math.fround(value / 2 + os[i]!))), x.shape);
  };
  return tree.map(at, p, offset(t)) as Params;
}

/** Every optimizer that is compared with Optax, under its name there. */
const OPTIMIZERS: Readonly<Record<string, () => GradientTransformation>> = {
  "sgd(0.1)": () => sgd(0.1),
  "sgd(0.1, momentum=0.9)": () => sgd(0.1, { momentum: 0.9 }),
  "sgd(0.1, momentum=0.9, nesterov=True)": () => sgd(0.1, { momentum: 0.9, nesterov: true }),
  "sgd(cosine_decay_schedule(0.1, 20), momentum=0.5)": () =>
    sgd(cosineDecaySchedule(0.1, 20), { momentum: 0.5 }),
  "adam(0.01)": () => adam(0.01),
  "adam(0.01, b1=0.8, b2=0.95, eps=1e-3, eps_root=1e-4)": () =>
    adam(0.01, { b1: 0.8, b2: 0.95, eps: 1e-3, epsRoot: 1e-4 }),
  "adam(cosine_decay_schedule(0.05, 20, alpha=0.1))": () =>
    adam(cosineDecaySchedule(0.05, 20, { alpha: 0.1 })),
  "adamw(0.01)": () => adamw(0.01),
  "adamw(0.01, weight_decay=0.2, mask=mask)": () => adamw(0.01, { weightDecay: 0.2, mask: MASK }),
  "chain(clip_by_global_norm(1.5), adam(0.01))": () => chain(clipByGlobalNorm(1.5), adam(0.01)),
  "chain(clip(0.5), sgd(0.1))": () => chain(clip(0.5), sgd(0.1)),
  "chain(add_decayed_weights(0.1), trace(0.9, nesterov=True), scale_by_schedule(linear_schedule(0.1, 0.01, 10, 5)), scale(-1.0))":
    () =>
      chain(
        addDecayedWeights(0.1),
        trace(0.9, { nesterov: true }),
        scaleBySchedule(linearSchedule(0.1, 0.01, 10, { transitionBegin: 5 })),
        scale(-1),
      ),
};

/** The optimizers above and the transformations on their own: all keep the laws below. */
const TRANSFORMATIONS: Readonly<Record<string, () => GradientTransformation>> = {
  ...OPTIMIZERS,
  "identity()": () => identity(),
  "chain()": () => chain(),
  "scale(-0.5)": () => scale(-0.5),
  "scaleByLearningRate(0.1)": () => scaleByLearningRate(0.1),
  "scaleByAdam()": () => scaleByAdam(),
  "addDecayedWeights()": () => addDecayedWeights(),
  "adamw(0.1, mask function)": () => adamw(0.1, { mask: () => MASK }),
  "sgd(own schedule)": () => sgd(() => 0.25),
  "sgd(tensor)": () => sgd(array(0.25), { momentum: array(0.5), nesterov: true }),
  "sgd(0.1, bfloat16 momentum)": () => sgd(0.1, { momentum: 0.9, accumulatorDtype: "bfloat16" }),
  "adam(0.1, float32 mean)": () => adam(0.1, { muDtype: "float32" }),
  "adam(tensors)": () =>
    adam(array(0.1), {
      b1: array(0.8),
      b2: array(0.9),
      eps: array(1e-6),
      epsRoot: array(1e-6),
      nesterov: true,
    }),
  "adamw(0.1, scheduled decay)": () => adamw(0.1, { weightDecay: linearSchedule(0.1, 0, 5) }),
  "adamw(0.1, scheduled decay, mask)": () =>
    adamw(0.1, { weightDecay: linearSchedule(0.1, 0, 5), mask: MASK }),
  "rmsprop(0.1)": () => rmsprop(0.1),
  "rmsprop(0.1, centered)": () =>
    rmsprop(cosineDecaySchedule(0.1, 5), { centered: true, momentum: 0.9, eps: 1e-3 }),
  "rmsprop(0.1, corrected)": () =>
    rmsprop(0.1, { biasCorrection: true, epsInSqrt: false, momentum: 0.5, nesterov: true }),
  "rmsprop(0.1, centered, corrected)": () =>
    rmsprop(0.1, { centered: true, biasCorrection: true, eps: 1e-3 }),
  "scaleByRms()": () => scaleByRms(),
  "scaleByStddev()": () => scaleByStddev({ eps: array(1e-3), decay: array(0.5) }),
  "adagrad(0.1)": () => adagrad(0.1),
  "scaleByRss()": () => scaleByRss({ initialAccumulatorValue: 0, eps: array(0.01) }),
  "lion(0.1)": () => lion(0.1),
  "scaleByLion()": () => scaleByLion({ b1: array(0.5), b2: array(0.5), muDtype: "bfloat16" }),
  "nadam(0.1)": () => nadam(0.1),
  "nadamw(0.1)": () => nadamw(0.1),
  "lamb(0.1)": () => lamb(0.1),
  "scaleByTrustRatio()": () => scaleByTrustRatio({ minNorm: array(0.5), eps: array(0.5) }),
  "adamax(0.1)": () => adamax(0.1),
  "scaleByAdamax()": () => scaleByAdamax({ b1: array(0.5), b2: array(0.5), eps: array(0.5) }),
  "adadelta(1)": () => adadelta(1, { weightDecay: 0.1 }),
  "scaleByAdadelta()": () => scaleByAdadelta({ rho: array(0.5), eps: array(0.5) }),
  "clipByBlockRms(0.5)": () => clipByBlockRms(0.5),
  "setToZero()": () => setToZero(),
  "freeze(true)": () => freeze(true),
  "masked(adam, true)": () => masked(adam(0.1), true),
  "masked(adamw, mask)": () => masked(adamw(0.1), MASK),
  "masked(adam, mask function)": () => masked(adam(0.1), () => MASK),
  "partition({ a, b }, a)": () => partition({ a: sgd(0.1, { momentum: 0.5 }), b: adam(1) }, "a"),
  "partition(by mask)": () =>
    partition({ a: adamw(0.1), b: sgd(1) }, () => ({ b: "b", layers: "a" })),
  "new MultiSteps(adam, 1)": () => new MultiSteps(adam(0.1), 1),
  "new MultiSteps(adam, 3)": () => new MultiSteps(adam(0.1), 3),
  "new MultiSteps(sgd, schedule)": () =>
    new MultiSteps(sgd(0.1), (step) => add(step, 1), { useGradMean: false }),
  "applyIfFinite(adam, 3)": () => applyIfFinite(adam(0.1), 3),
  "injectHyperparams(adamw)": () =>
    injectHyperparams(({ rate, decay }) => adamw(rate, { weightDecay: decay }), {
      rate: cosineDecaySchedule(0.1, 5),
      decay: 0.1,
    }),
};

/** One update after another, with the state of each. */
function run(
  transformation: GradientTransformation,
  steps: number,
  first: Params = start(),
  gradientOf: (p: Params, t: number) => Params = gradient,
): { params: Params; state: unknown }[] {
  const rows: { params: Params; state: unknown }[] = [];
  let [p, state] = [first, transformation.init(first)];
  for (let t = 0; t < steps; t++) {
    const [updates, next] = transformation.update(gradientOf(p, t), state, p);
    [p, state] = [applyUpdates(p, updates), next];
    rows.push({ params: p, state });
  }
  return rows;
}

const follows = test.macro({
  exec(t, name: string) {
    const rows = run(OPTIMIZERS[name]!(), 25);
    for (const [step, expected] of Object.entries(trajectories[name]!)) {
      closeTo(t, numbers(rows[Number(step) - 1]!.params), expected, { rtol: 1e-6, atol: 1e-7 });
    }
  },
  title: (_, name) => `${name} follows Optax for 25 updates`,
});
for (const name of Object.keys(OPTIMIZERS)) test(follows, name);

test("every optimizer of the answers is tested", (t) => {
  t.deepEqual(Object.keys(OPTIMIZERS), Object.keys(trajectories));
});

test("adam(learningRate) keeps the state that Optax keeps", (t) => {
  const { state } = run(adam(0.01), 25)[24]!;
  const leaves = tree.leaves(state);
  t.is(leaves.length, adamState.length);
  leaves.forEach((leaf, i) => closeTo(t, numbers(leaf), adamState[i], { rtol: 1e-5, atol: 1e-6 }));
});

/** Paths, dtypes and shapes of a tree's leaves. */
function layout(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value !== "object" || value === null) return [`${path.join(".")}: ${String(value)}`];
  if (isNDArray(value)) return [`${path.join(".")}: ${value.dtype}[${value.shape.join(", ")}]`];
  return Object.entries(value).flatMap(([key, child]) => layout(child, [...path, key]));
}

test("the states have the paths of Optax", (t) => {
  const moments = ["mu", "nu"].flatMap((name) => [
    `0.${name}.b: float32[3]`,
    `0.${name}.layers.0.w: float32[2, 3]`,
  ]);
  const schedule = cosineDecaySchedule(0.1, 3);
  const count = "0.count: int32[]";
  t.deepEqual(layout(adam(0.1).init(start())), [count, ...moments]);
  t.deepEqual(layout(adam(schedule).init(start())), [count, ...moments, "1.count: int32[]"]);
  t.deepEqual(layout(adamw(0.1).init(start())), [count, ...moments]);
  t.deepEqual(layout(adamw(schedule).init(start())), [count, ...moments, "2.count: int32[]"]);
  t.deepEqual(layout(sgd(0.1).init(start())), []);
  t.deepEqual(layout(sgd(0.1, { momentum: 0 }).init(start())), [
    "0.trace.b: float32[3]",
    "0.trace.layers.0.w: float32[2, 3]",
  ]);
  t.deepEqual(layout(chain(clipByGlobalNorm(1), adam(0.1)).init(start())).slice(0, 2), [
    "1.0.count: int32[]",
    "1.0.mu.b: float32[3]",
  ]);
  t.deepEqual(sgd(0.1).init(start()), [{}, {}]);
});

/** A deep copy of the numbers of a tree, for a comparison later. */
function frozen(value: unknown): string {
  return JSON.stringify(tree.leaves(value).map((leaf) => [layout(leaf), numbers(leaf)]));
}

const lawful = test.macro({
  exec(t, name: string) {
    const make = TRANSFORMATIONS[name]!;
    for (const dtype of ["float32", "float64", "bfloat16", "float16"] as const) {
      const transformation = make();
      const [p, g] = [start(dtype), offset(1, dtype)];
      const before = frozen([p, g]);
      const state = transformation.init(p);
      const stateBefore = frozen(state);
      const [updates, next] = transformation.update(g, state, p);
      t.deepEqual(layout(updates), layout(p), "updates have the layout of the parameters");
      t.deepEqual(layout(next), layout(state), "a state keeps its layout");
      t.deepEqual(layout(applyUpdates(p, updates)), layout(p));
      t.is(frozen([p, g]), before, "parameters and gradients stay as they are");
      t.is(frozen(state), stateBefore, "an old state stays as it is");
      t.true(
        tree.leaves(next).every((leaf) => isNDArray(leaf)),
        "a state is a plain tree",
      );
      // The same update once more, from the old state: nothing is hidden in the transformation.
      const again = transformation.update(g, state, p);
      t.is(frozen(again), frozen([updates, next]), "update is a pure function");
    }
  },
  title: (_, name) => `${name} keeps the laws of a transformation`,
});
for (const name of Object.keys(TRANSFORMATIONS)) test(lawful, name);

const independent = test.macro({
  exec(t, name: string) {
    const [one, other] = [TRANSFORMATIONS[name]!(), TRANSFORMATIONS[name]!()];
    const alone = run(one, 3);
    const [p, state] = [start(), other.init(start())];
    const interleaved = run(one, 3);
    other.update(offset(0), state, p);
    for (const [i, { params, state: s }] of alone.entries()) {
      bitEqual(t, numbers(interleaved[i]!.params), numbers(params));
      bitEqual(t, numbers(interleaved[i]!.state), numbers(s));
    }
  },
  title: (_, name) => `two instances of ${name} are independent`,
});
for (const name of Object.keys(TRANSFORMATIONS)) test(independent, name);

const edges = test.macro({
  exec(t, name: string) {
    const tx = TRANSFORMATIONS[name]!();
    if (name.includes("mask")) {
      t.pass();
      return;
    }
    for (const p of [
      [],
      {},
      [null, { a: undefined }],
      zeros([0, 3]),
      array(2),
      [[full([1], 3)], { x: zeros([2, 0, 1]) }],
      0.5,
    ]) {
      const [updates, state] = tx.update(p, tx.init(p), p);
      t.deepEqual(tree.structure(updates), tree.structure(p));
      t.deepEqual(tree.structure(state), tree.structure(tx.init(p)));
    }
  },
  title: (_, name) => `${name} takes empty trees, empty arrays, scalars and numbers`,
});
for (const name of Object.keys(TRANSFORMATIONS)) test(edges, name);

test("update(updates) reads strided views", (t) => {
  const view = array([
    [1, 2, 3],
    [4, 5, 6],
  ]).transpose(1, 0);
  const copy = array(view.toArray());
  for (const make of [
    () => adamw(0.1),
    () => sgd(0.1, { momentum: 0.5 }),
    () => clipByGlobalNorm(1),
  ]) {
    const tx: GradientTransformation = make();
    const [a] = tx.update(view, tx.init(view), view);
    const [b] = tx.update(copy, tx.init(copy), copy);
    t.true(arrayEqual(a, b));
  }
});

test("init(params) takes whole numbers for floating-point scalars", (t) => {
  t.deepEqual(layout(trace(0.5).init({ a: 2, b: 0.5 })), [
    "trace.a: float32[]",
    "trace.b: float32[]",
  ]);
});

test("update(updates) passes NaN on and no further", (t) => {
  const tx = adam(0.1);
  const [updates] = tx.update(array([NaN, 1]), tx.init(array([0, 0])));
  closeTo(t, updates, [NaN, -0.1], { rtol: 1e-5 });
});

test("adam(learningRate) stays finite for extreme gradients as Optax does", (t) => {
  // optax.adam(0.1) on np.float32([0, 1e-30, 1e-12, 1e18, 1e20, -1e20]), first update:
  const expected = [-0, -9.9999984e-24, -9.998998e-6, -0.09999933, -0, 0];
  const tx = adam(0.1);
  const g = array([0, 1e-30, 1e-12, 1e18, 1e20, -1e20]);
  const [updates] = tx.update(g, tx.init(g));
  closeTo(t, updates, expected, { rtol: 1e-5, atol: 0 });
});

test("adam(learningRate) is exact to float64 on float64 parameters", (t) => {
  const tx = adam(0.1, { b1: 0.5, b2: 0.75, eps: 1e-3 });
  let state = tx.init(array([0], "float64"));
  let [m, v] = [0, 0];
  for (let step = 1; step <= 5; step++) {
    const g = Math.sin(step);
    const [updates, next] = tx.update(array([g], "float64"), state);
    state = next;
    [m, v] = [0.5 * m + 0.5 * g, 0.75 * v + 0.25 * g * g];
    const expected = (-0.1 * m) / (1 - 0.5 ** step) / (Math.sqrt(v / (1 - 0.75 ** step)) + 1e-3);
    closeTo(t, updates, [expected], { rtol: 1e-14 });
  }
});

test("update(updates) keeps the dtype of the state when gradients have another one", (t) => {
  const p = array([1, 2], "bfloat16");
  const g = array([0.5, 0.25], "float32");
  for (const tx of [adam(0.1), sgd(0.1, { momentum: 0.5 })] as GradientTransformation[]) {
    const state = tx.init(p);
    const [updates, next] = tx.update(g, state, p);
    t.deepEqual(layout(next), layout(state));
    t.is((applyUpdates(p, updates) as NDArray).dtype, "bfloat16");
  }
});

test("adam(learningRate) counts without wrapping", (t) => {
  const tx = adam(0.1);
  const [p] = [array([1])];
  const [first] = tx.init(p);
  const late = [{ ...first, count: array(2 ** 31 - 1, "int32") }, {}] as const;
  const [updates, [next]] = tx.update(p, late);
  t.is((next.count as NDArray).item(), 2 ** 31 - 1);
  t.true(Number.isFinite(numbers(updates)[0]));
});

test("clipByGlobalNorm(maxNorm) leaves small updates and limits the norm of others", (t) => {
  const vector = fc.array(fc.float({ noNaN: true, min: -1e3, max: 1e3 }), { maxLength: 6 });
  const property = fc.property(
    vector,
    vector,
    fc.double({ min: 1e-3, max: 1e3 }),
    (a, b, maxNorm) => {
      const g = { a: array(a, "float32"), b: [array(b, "float32")] };
      const [clipped] = clipByGlobalNorm(maxNorm).update(g, {});
      const norm = Math.hypot(...a, ...b);
      if (norm < maxNorm * (1 - 1e-6)) bitEqual(t, numbers(clipped), numbers(g));
      else t.true(Math.hypot(...numbers(clipped)) <= maxNorm * (1 + 1e-5));
    },
  );
  fc.assert(property, { seed: 1, numRuns: 200 });
});

test("clipByGlobalNorm(maxNorm) treats infinities and NaN as Optax does", (t) => {
  // optax.clip_by_global_norm(1.0) on np.float32([np.inf, 1]) and on np.float32([np.nan, 1]):
  bitEqual(t, clipByGlobalNorm(1).update(array([Infinity, 1]), {})[0], [NaN, 0]);
  bitEqual(t, clipByGlobalNorm(1).update(array([NaN, 1]), {})[0], [NaN, NaN]);
});

test("addDecayedWeights(weightDecay, { mask }) takes the upper part of a tree and null", (t) => {
  const p = { a: [array([1]), array([2])], b: array([4]), c: null };
  const g = tree.map((x) => zeros((x as NDArray).shape), p) as typeof p;
  const decayed = (mask: unknown): number[] =>
    numbers(addDecayedWeights(0.5, { mask: mask as boolean }).update(g, {}, p)[0]);
  t.deepEqual(decayed(true), [0.5, 1, 2]);
  t.deepEqual(decayed(false), [0, 0, 0]);
  t.deepEqual(decayed({ a: true, b: false, c: null }), [0.5, 1, 0]);
  t.deepEqual(decayed({ a: [false, true], b: true, c: null }), [0, 1, 2]);
  t.deepEqual(
    decayed(() => ({ a: [true, false], b: false, c: null })),
    [0.5, 0, 0],
  );
  t.deepEqual(
    decayed((tree_: unknown) => tree.map((x) => (x as NDArray).shape[0] === 1, tree_)),
    [0.5, 1, 2],
  );
});

test("sgd(schedule) casts what a schedule returns to the dtype of the updates", (t) => {
  const schedule = (): NDArray => array(0.5, "float32");
  const tx = sgd(schedule);
  const p = astype(array([1, 2]), "bfloat16");
  const [updates] = tx.update(p, tx.init(p));
  t.is(updates.dtype, "bfloat16");
  t.deepEqual(updates.toArray(), [-0.5, -1]);
});

test("applyUpdates(params, updates) keeps the dtype of the parameters", (t) => {
  const p = array([1, 2], "bfloat16");
  const next = applyUpdates(p, array([0.25, 0.5], "float32"));
  t.is(next.dtype, "bfloat16");
  t.deepEqual(next.toArray(), [1.25, 2.5]);
});

test("update(updates) can be differentiated", (t) => {
  const weights = array([0.5, -2, 1.5], "float64");
  const at = array([0.3, -0.7, 2], "float64");
  for (const make of [
    () => adamw(0.1, { weightDecay: 0.2 }),
    () => sgd(cosineDecaySchedule(0.1, 5), { momentum: 0.9, nesterov: true }),
    () => chain(clipByGlobalNorm(1), scale(-0.5)),
    () => clip(1),
    () => adam(0.1, { nesterov: true, epsRoot: 0.01 }),
    () => rmsprop(0.1, { momentum: 0.5 }),
    () => rmsprop(0.1, { centered: true, biasCorrection: true, eps: 0.1 }),
    () => adagrad(0.1),
    () => lamb(0.1, { weightDecay: 0.1 }),
    () => adamax(0.1),
    () => adadelta(1, { eps: 0.1 }),
    () => clipByBlockRms(0.5),
    () => clipByBlockRms(5),
    () => new MultiSteps(adam(0.1), 2),
    () => applyIfFinite(adam(0.1), 2),
    () => masked(adam(0.1), true),
  ]) {
    const tx: GradientTransformation = make();
    // Two updates, so that the gradient also flows through the state.
    const result = (g: Tensor): Tensor => {
      const [first, state] = tx.update(g, tx.init(weights), weights);
      const [second] = tx.update(multiply(g, 0.5), state, weights);
      return sum(multiply(applyUpdates(first, second), weights));
    };
    const value = (i: number, step: number): number => {
      const data = Float64Array.from(at.data as Float64Array);
      data[i]! += step;
      return numbers(result(array(data)))[0]!;
    };
    const expected = [0, 1, 2].map((i) => (value(i, 1e-6) - value(i, -1e-6)) / 2e-6);
    closeTo(t, grad(result)(at), expected, { rtol: 1e-6, atol: 1e-8 });
  }
});

test("the types follow the parameters and the transformation", (t) => {
  const p = { w: array([1]), layers: [{ b: 2 }] };
  const tx = adam(0.1);
  const state = tx.init(p);
  const [updates, next] = tx.update(p, state, p);
  expectTypeOf(updates).toEqualTypeOf(p);
  expectTypeOf(applyUpdates(p, updates)).toEqualTypeOf(p);
  expectTypeOf(next).toEqualTypeOf<AdamState>();
  expectTypeOf(chain(clip(1), trace(0.9)).init(p)).toEqualTypeOf<[EmptyState, TraceState]>();
  expectTypeOf(tx).toExtend<GradientTransformation>();
  expectTypeOf(masked(tx, true).init(p)).toEqualTypeOf<MaskedState<AdamState>>();
  expectTypeOf(new MultiSteps(tx, 2)).toExtend<GradientTransformation>();
  expectTypeOf(new MultiSteps(tx, 2).init(p).innerOptState).toEqualTypeOf<AdamState>();
  const parts = partition({ a: tx, b: trace(0.9) }, "a").init(p).innerStates;
  expectTypeOf(parts.a.innerState).toEqualTypeOf<AdamState>();
  expectTypeOf(parts.b.innerState).toEqualTypeOf<TraceState>();
  const injected = injectHyperparams(({ rate }) => adam(rate), { rate: 0.1 });
  expectTypeOf(injected.init(p).hyperparams).toEqualTypeOf<{ readonly rate: Tensor }>();
  // @ts-expect-error: a name that is no hyper-parameter
  t.throws(() => injectHyperparams(({ other }) => adam(other), { rate: 0.1 }).init(p));
  expectTypeOf(cosineDecaySchedule(1, 2)(3)).toEqualTypeOf<number>();
  expectTypeOf(cosineDecaySchedule(1, 2)(array(3))).toEqualTypeOf<Tensor>();
  // @ts-expect-error: a learning rate is a number or a function
  t.throws(() => adam("0.1"));
  // @ts-expect-error: the state of another transformation
  t.throws(() => tx.update(p, sgd(0.1, { momentum: 0.5 }).init(p)));
});

test("injectHyperparams(innerFactory, hyperparams) differentiates by a hyper-parameter", (t) => {
  const p = array([1, -2], "float64");
  const tx = injectHyperparams(({ learningRate, b1 }) => adam(learningRate, { b1 }), {
    learningRate: 0.1,
    b1: 0.5,
  });
  const state = tx.init(p);
  const total = (learningRate: Tensor): Tensor => {
    const hyperparams = { ...state.hyperparams, learningRate };
    const [first, next] = tx.update(p, { ...state, hyperparams }, p);
    const [second] = tx.update(multiply(p, 2), next, p);
    return sum(multiply(p, add(first, second)));
  };
  // Every update is proportional to the learning rate.
  const whole = numbers(total(array(0.1, "float64")))[0]!;
  closeTo(t, grad(total)(array(0.1, "float64")), [whole / 0.1], { rtol: 1e-12 });
});

test("injectHyperparams(innerFactory, hyperparams) shows and takes values", (t) => {
  const tx = injectHyperparams(({ rate, momentum }) => sgd(rate, { momentum }), {
    rate: linearSchedule(1, 0, 4),
    momentum: 0.5,
  });
  const p = array([0]);
  const g = array([1]);
  let state = tx.init(p);
  t.deepEqual(numbers(state.hyperparams), [0.5, 1]);
  const seen: number[] = [];
  for (let step = 0; step < 3; step++) {
    [, state] = tx.update(g, state, p);
    seen.push(...numbers(state.hyperparams.rate));
  }
  t.deepEqual(seen, [1, 0.75, 0.5]);
  t.deepEqual(numbers(state.count), [3]);
  t.deepEqual(numbers(state.hyperparamsStates), [3]);
  // A value of one's own holds on, a bare number too; a schedule goes its way.
  const own = { rate: array(9), momentum: 0 as unknown as Tensor };
  const [updates, next] = tx.update(g, { ...state, hyperparams: own }, p);
  t.deepEqual(numbers(updates), [-0.25]);
  t.deepEqual(layout(next.hyperparams), ["rate: float32[]", "momentum: float32[]"]);
  t.deepEqual(numbers(next.hyperparams), [0, 0.25]);
  t.deepEqual(layout(tx.init(array([0], "bfloat16")).hyperparams), [
    "rate: float32[]",
    "momentum: float32[]",
  ]);
  t.deepEqual(layout(tx.init(array([0], "float64")).hyperparams), [
    "rate: float64[]",
    "momentum: float64[]",
  ]);
});

test("scalar tensors do as hyper-parameters what numbers do", (t) => {
  const at = (x: number): Tensor => array(x, "float64");
  const g = array([0.5, -2, 0], "float64");
  const pairs: readonly (readonly [GradientTransformation, GradientTransformation])[] = [
    [sgd(0.1, { momentum: 0.9 }), sgd(at(0.1), { momentum: at(0.9) })],
    [
      adamw(0.1, { b1: 0.8, b2: 0.95, eps: 0.1, epsRoot: 0.2, weightDecay: 0.3, nesterov: true }),
      adamw(at(0.1), {
        b1: at(0.8),
        b2: at(0.95),
        eps: at(0.1),
        epsRoot: at(0.2),
        weightDecay: at(0.3),
        nesterov: true,
      }),
    ],
    [rmsprop(0.1, { decay: 0.8, eps: 0.1 }), rmsprop(at(0.1), { decay: at(0.8), eps: at(0.1) })],
    [adagrad(0.1, { eps: 0.2 }), adagrad(at(0.1), { eps: at(0.2) })],
    [lion(0.1, { b1: 0.5, b2: 0.6 }), lion(at(0.1), { b1: at(0.5), b2: at(0.6) })],
    [
      adamax(0.1, { b1: 0.5, b2: 0.6, eps: 0.1 }),
      adamax(at(0.1), { b1: at(0.5), b2: at(0.6), eps: at(0.1) }),
    ],
    [adadelta(0.1, { rho: 0.5 }), adadelta(at(0.1), { rho: at(0.5) })],
  ];
  for (const pair of pairs) {
    const [expected, found] = pair.map((tx) => {
      const [, state] = tx.update(g, tx.init(g), g);
      return numbers(tx.update(g, state, g));
    });
    closeTo(t, found, expected!, { rtol: 1e-13 });
  }
});

test("scaleByStddev() stays finite when rounding makes a variance negative", (t) => {
  const tx = scaleByStddev({ decay: 0.9, eps: 1e-8 });
  const g = array([0.7, 1e3]);
  let [updates, state] = [g as Tensor, tx.init(g)];
  for (let step = 0; step < 300; step++) [updates, state] = tx.update(g as Tensor, state);
  t.true(numbers(updates).every(Number.isFinite));
});

test("adam(learningRate, { muDtype }) stores the mean in that dtype and uses it unrounded", (t) => {
  const p = array([1, 2]);
  const g = array([0.3, -0.7]);
  const [plain, short] = [adam(0.1), adam(0.1, { muDtype: "bfloat16" })];
  const [a] = plain.update(g, plain.init(p));
  const [b, state] = short.update(g, short.init(p));
  bitEqual(t, numbers(b), numbers(a));
  t.deepEqual(layout(state[0].mu), [": bfloat16[2]"]);
  t.deepEqual(layout(state[0].nu), [": float32[2]"]);
});

test("masked(inner, mask) shows null to the inner transformation", (t) => {
  const seen: unknown[] = [];
  const spy: GradientTransformation<object> = {
    init: (p) => (seen.push(p), {}),
    update: (u, s, p) => (seen.push(u, p), [u, s]),
  };
  const p = { a: [array([1]), array([2])], b: array([3]), c: null };
  const tx = masked(spy, { a: [false, true], b: true, c: null });
  const [updates] = tx.update(p, tx.init(p));
  const blank = { a: [null, p.a[1]], b: p.b, c: null };
  t.deepEqual(seen, [blank, blank, undefined]);
  t.deepEqual(updates, p);
});

test("multiTransform is partition", (t) => {
  t.is(multiTransform, partition);
});

test("partition(transforms, paramLabels) updates each part by its own", (t) => {
  const p = { w: array([1]), v: array([1]), u: [array([1]), array([1])] };
  const tx = partition(
    { one: sgd(1), two: adamw(0.5, { weightDecay: 0 }), none: setToZero() },
    { w: "one", v: "two", u: ["none", "one"] },
  );
  const state = tx.init(p);
  closeTo(t, numbers(tx.update(p, state, p)[0]), [0, -1, -0.5, -1], { rtol: 1e-5 });
  t.deepEqual(layout(state), [
    "innerStates.two.innerState.0.count: int32[]",
    "innerStates.two.innerState.0.mu.u.0: null",
    "innerStates.two.innerState.0.mu.u.1: null",
    "innerStates.two.innerState.0.mu.v: float32[1]",
    "innerStates.two.innerState.0.mu.w: null",
    "innerStates.two.innerState.0.nu.u.0: null",
    "innerStates.two.innerState.0.nu.u.1: null",
    "innerStates.two.innerState.0.nu.v: float32[1]",
    "innerStates.two.innerState.0.nu.w: null",
  ]);
});

test("new MultiSteps(inner, k) equals the inner transformation on mean gradients", (t) => {
  const inner = adam(0.1);
  const tx = new MultiSteps(inner, 3);
  const p = start();
  let [state, innerState] = [tx.init(p), inner.init(p)];
  for (let round = 0; round < 2; round++) {
    const gradients = [0, 1, 2].map((i) => offset(3 * round + i));
    const mean = tree.map(
      (a: Tensor, b: Tensor, c: Tensor) => multiply(add(add(a, b), c), 1 / 3),
      ...(gradients as [Params, Params, Params]),
    ) as Params;
    const [expected, next] = inner.update(mean, innerState);
    innerState = next;
    gradients.forEach((g, i) => {
      const [updates, after] = tx.update(g, state, p);
      state = after;
      t.is((tx.hasUpdated(state) as NDArray).item(), i === 2);
      if (i < 2) t.true(numbers(updates).every((x) => x === 0));
      else closeTo(t, numbers(updates), numbers(expected), { rtol: 1e-5, atol: 1e-7 });
    });
  }
  t.deepEqual(numbers([state.miniStep, state.gradientStep]), [0, 2]);
  t.true(numbers(state.accGrads).every((x) => x === 0));
  t.false((tx.hasUpdated(tx.init(p)) as NDArray).item());
});

test("new MultiSteps(inner, schedule) asks the schedule at every round", (t) => {
  const tx = new MultiSteps(sgd(1), (step) => ((step as NDArray).item() === 0 ? 1 : 2));
  const g = array([1]);
  let state = tx.init(g);
  const seen: number[] = [];
  for (let i = 0; i < 5; i++) {
    const [updates, next] = tx.update(g, state);
    seen.push(...numbers(updates));
    state = next;
  }
  t.deepEqual(seen, [-1, 0, -1, 0, -1]);
});

test("new MultiSteps(inner, k) gathers 16-bit gradients in float32", (t) => {
  const p = array([0], "bfloat16");
  t.deepEqual(layout(new MultiSteps(sgd(1), 2).init(p).accGrads), [": float32[1]"]);
  const own = new MultiSteps(sgd(1), 2, { accumulatorDtype: "float64" });
  t.deepEqual(layout(own.init(p).accGrads), [": float64[1]"]);
  const [updates] = own.update(p, own.init(p));
  t.deepEqual(layout(updates), [": bfloat16[1]"]);
});

test("new MultiSteps(inner, k) with a traced count selects as with a plain one", (t) => {
  const tx = new MultiSteps(adam(0.1), 2);
  const p = array([1, -2], "float64");
  const [, state] = tx.update(p, tx.init(p));
  for (const miniStep of [0, 1]) {
    const total = (g: Tensor, isTraced: boolean): Tensor => {
      // A count that depends on the gradient is traced with it.
      const zero = cast(floor(multiply(sum(g), 0)), "int32");
      const step = array(miniStep, "int32");
      const traced = { ...state, miniStep: isTraced ? add(step, zero) : step };
      const [updates, next] = tx.update(g, traced);
      const [later] = tx.update(g, next);
      return sum(multiply(add(updates, later), p));
    };
    const [plain, traced] = [false, true].map((isTraced) =>
      grad((g: Tensor) => total(g, isTraced))(p),
    );
    closeTo(t, traced, numbers(plain), { rtol: 1e-12, atol: 1e-15 });
  }
});

test("applyIfFinite(inner, maxConsecutiveErrors) skips and gives up", (t) => {
  const tx = applyIfFinite(sgd(1, { momentum: 0.5 }), 2);
  const [good, bad] = [array([1]), array([Infinity])];
  let state = tx.init(good);
  const step = (g: NDArray): number => {
    const [updates, next] = tx.update(g, state);
    state = next;
    return numbers(updates)[0]!;
  };
  t.is(step(good), -1);
  t.is(step(bad), 0);
  t.is(step(bad), 0);
  t.deepEqual(numbers([state.notfiniteCount, state.totalNotfinite]), [2, 2]);
  t.is((state.lastFinite as NDArray).item(), false);
  t.is(step(good), -1.5);
  t.deepEqual(numbers([state.notfiniteCount, state.totalNotfinite]), [0, 2]);
  for (const expected of [0, 0, -Infinity]) t.is(step(bad), expected);
});

test("lamb(learningRate) and scaleByTrustRatio() leave a leaf of norm 0 as it is", (t) => {
  const tx = scaleByTrustRatio();
  t.deepEqual(numbers(tx.update(array([1, 2]), {}, array([0, 0]))[0]), [1, 2]);
  t.deepEqual(numbers(tx.update(array([0, 0]), {}, array([1, 2]))[0]), [0, 0]);
  const slope = grad((g: Tensor) => sum(tx.update(g, {}, array([1, 2]))[0]))(array([0, 0]));
  t.deepEqual(numbers(slope), [1, 1]);
});

test("clipByBlockRms(threshold) limits the root mean square of each leaf", (t) => {
  const g = { a: array([3, 4, 0, 0]), b: array([1e30, -1e30]), c: zeros([0]) };
  const [clipped] = clipByBlockRms(2).update(g, {});
  closeTo(t, clipped.a, [2.4, 3.2, 0, 0], { rtol: 1e-6 });
  bitEqual(t, clipByBlockRms(2.5).update(g.a, {})[0], [3, 4, 0, 0]);
  // As in Optax, a square that overflows leaves nothing.
  bitEqual(t, clipped.b, [0, -0]);
});
