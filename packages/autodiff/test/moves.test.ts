import test from "ava";
import fc from "fast-check";
import {
  add,
  argmax,
  argmin,
  broadcastTo,
  concatenate,
  flip,
  grad,
  logSoftmax,
  logsumexp,
  multiply,
  oneHot,
  pad,
  reduceWindow,
  slice,
  softmax,
  split,
  stack,
  sum,
  take,
  takeAlongAxis,
  transpose,
  unstack,
  vjp,
} from "@flaxen/autodiff";
import type { Padding, Tensor } from "@flaxen/autodiff";
import type { DType } from "@flaxen/dtype";
import { astype, full, NDArray } from "@flaxen/ndarray";
import { bitEqual } from "@flaxen/testing";
import { setWasmEnabled } from "@flaxen/wasm";
import { checkKernels, concrete, scrambled } from "./check-kernels.ts";

const DTYPES: readonly DType[] = ["bool", "int8", "bfloat16", "float32", "int32", "float64"];
const dtypes = fc.constantFrom(...DTYPES);
const lengths = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 6, max: 40 }));
const shapes = fc.array(lengths, { minLength: 0, maxLength: 4 }).map((shape) => {
  // A few thousand elements at most.
  while (shape.reduce((n, k) => n * k, 1) > 5000) shape = shape.map((n) => Math.ceil(n / 2));
  return shape;
});
const SETTINGS = { seed: 7, numRuns: 300 };

test("transpose(x, axes) kernel moves as the plain loop does", (t) => {
  const cases = shapes.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      dtype: dtypes,
      axes: fc.shuffledSubarray(
        shape.map((_, i) => i),
        { minLength: shape.length },
      ),
    }),
  );
  fc.assert(
    fc.property(cases, ({ shape, dtype, axes }) => {
      checkKernels(t, (x: Tensor) => transpose(x, axes), scrambled(dtype, shape));
    }),
    SETTINGS,
  );
});

test("transpose(x) kernel moves large matrices as the plain loop does", (t) => {
  for (const dtype of DTYPES) {
    for (const shape of [
      [65, 130],
      [3, 300],
      [300, 3],
      [17, 16, 33],
    ]) {
      const ran = checkKernels(t, (x: Tensor) => transpose(x), scrambled(dtype, shape));
      t.true(ran.has("transpose"));
    }
  }
});

test("slice(x, start, limit, strides) kernel moves as the plain loop does", (t) => {
  const cases = shapes.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      dtype: dtypes,
      ends: fc.tuple(...shape.map((n) => fc.tuple(fc.nat(n), fc.nat(n)))),
      strides: fc.tuple(...shape.map(() => fc.integer({ min: 1, max: 3 }))),
    }),
  );
  fc.assert(
    fc.property(cases, ({ shape, dtype, ends, strides }) => {
      const start = ends.map((pair) => Math.min(...pair));
      const limit = ends.map((pair) => Math.max(...pair));
      checkKernels(t, (x: Tensor) => slice(x, start, limit, [...strides]), scrambled(dtype, shape));
    }),
    SETTINGS,
  );
});

test("pad(x, paddings, value) kernel moves as the plain loop does", (t) => {
  const cases = shapes.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      dtype: dtypes,
      paddings: fc.tuple(
        ...shape.map((n) =>
          fc.tuple(
            fc.integer({ min: -Math.floor(n / 2), max: 5 }),
            fc.integer({ min: -Math.floor(n / 2), max: 5 }),
            fc.integer({ min: 0, max: 2 }),
          ),
        ),
      ),
      value: fc.constantFrom(0, -0, NaN, 3),
    }),
  );
  fc.assert(
    fc.property(cases, ({ shape, dtype, paddings, value }) => {
      checkKernels(t, (x: Tensor) => pad(x, [...paddings], value), scrambled(dtype, shape));
    }),
    SETTINGS,
  );
});

test("flip(x, axes) kernel moves as the plain loop does", (t) => {
  const cases = shapes.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      dtype: dtypes,
      axes: fc.subarray(shape.map((_, i) => i)),
    }),
  );
  fc.assert(
    fc.property(cases, ({ shape, dtype, axes }) => {
      checkKernels(t, (x: Tensor) => flip(x, axes), scrambled(dtype, shape));
    }),
    SETTINGS,
  );
});

test("concatenate and stack kernels move as the plain loop does", (t) => {
  const cases = shapes
    .filter((shape) => shape.length > 0)
    .chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        dtype: dtypes,
        axis: fc.nat(shape.length - 1),
        more: fc.array(fc.nat(4), { maxLength: 3 }),
      }),
    );
  fc.assert(
    fc.property(cases, ({ shape, dtype, axis, more }) => {
      const arrays = [shape[axis], ...more].map((n, i) =>
        scrambled(dtype, shape.with(axis, n), i + 1),
      );
      checkKernels(t, (...xs: Tensor[]) => concatenate(xs, axis), ...arrays);
      const equal = more.map((_, i) => scrambled(dtype, shape, i + 1));
      if (equal.length > 0) checkKernels(t, (...xs: Tensor[]) => stack(xs, axis), ...equal);
    }),
    SETTINGS,
  );
});

test("broadcastTo(x, shape) kernel moves as the plain loop does", (t) => {
  const cases = shapes.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      dtype: dtypes,
      kept: fc.tuple(...shape.map(() => fc.boolean())),
      dropped: fc.nat(shape.length),
    }),
  );
  fc.assert(
    fc.property(cases, ({ shape, dtype, kept, dropped }) => {
      const from = shape.map((n, axis) => (kept[axis] ? n : 1)).slice(dropped);
      checkKernels(t, (x: Tensor) => broadcastTo(x, shape), scrambled(dtype, from));
    }),
    SETTINGS,
  );
});

const INDEX_DTYPES = ["int8", "uint8", "int16", "uint16", "int32", "uint32"] as const;
const gathers = shapes
  .filter((shape) => shape.length > 0)
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      dtype: dtypes,
      axis: fc.nat(shape.length - 1),
      mode: fc.constantFrom("fill", "clip", "wrap"),
      indexDtype: fc.constantFrom(...INDEX_DTYPES),
      indexShape: fc.array(fc.nat(6), { maxLength: 2 }),
      seed: fc.nat(1000),
    }),
  )
  .filter(({ shape, axis }) => shape[axis] > 0);

/** Indices of which about half lie outside an axis of `length`. */
function someIndices(
  dtype: DType,
  shape: readonly number[],
  length: number,
  seed: number,
): NDArray {
  const data = scrambled("int32", shape, seed).data as Int32Array;
  const x = data.map((value) => (value % (2 * length)) - (dtype.startsWith("u") ? 0 : length));
  const huge = x.map((value, i) => (i % 7 === 6 ? 2 ** 31 - 1 : value));
  return astype(new NDArray(huge, shape), dtype);
}

test("take(x, indices, options) kernel and that of its gradient give the bits of the plain loops", (t) => {
  fc.assert(
    fc.property(gathers, ({ shape, dtype, axis, mode, indexDtype, indexShape, seed }) => {
      const indices = someIndices(indexDtype, indexShape, shape[axis], seed);
      const options = { axis, mode };
      const x = scrambled(dtype, shape, seed);
      const ran = checkKernels(t, (x, indices) => take(x, indices, options), x, indices);
      t.true(ran.has("take"));
      const ct = scrambled(dtype, take(x, indices, options).shape, seed + 1);
      if (!dtype.startsWith("float")) return;
      const pulled = checkKernels(
        t,
        (x, indices, ct) => vjp((x: Tensor) => take(x, indices, options), x)[1](ct),
        x,
        indices,
        ct,
      );
      t.true(pulled.has("takeScatter"));
    }),
    SETTINGS,
  );
});

test("takeAlongAxis(x, indices, axis) kernel and that of its gradient give the bits of the plain loops", (t) => {
  fc.assert(
    fc.property(gathers, ({ shape, dtype, axis, indexDtype, indexShape, seed }) => {
      const count = indexShape[0] ?? 1;
      const indices = someIndices(indexDtype, shape.with(axis, count), shape[axis], seed);
      const x = scrambled(dtype, shape, seed);
      const ran = checkKernels(t, (x, indices) => takeAlongAxis(x, indices, axis), x, indices);
      t.true(ran.has("takeAlongAxis"));
      if (!dtype.startsWith("float")) return;
      const pulled = checkKernels(
        t,
        (x, indices, ct) => vjp((x: Tensor) => takeAlongAxis(x, indices, axis), x)[1](ct),
        x,
        indices,
        scrambled(dtype, indices.shape, seed + 1),
      );
      t.true(pulled.has("scatterAlongAxis"));
    }),
    SETTINGS,
  );
});

test("operations give the same bits with kernels switched off", (t) => {
  const x = scrambled("float32", [6, 5, 7, 9]);
  const rows = scrambled("float32", [40, 11]);
  const indices = someIndices("int32", [30], 40, 1);
  const paddings: readonly Padding[] = [
    [1, 0],
    [0, 2, 1],
    [-1, 1],
    [1, 1],
  ];
  const results = (): NDArray[] =>
    [
      transpose(x),
      transpose(x, [0, 3, 1, 2]),
      flip(x, [1, 3]),
      pad(x, paddings, NaN),
      broadcastTo(slice(x, [0, 0, 0, 1], [6, 5, 7, 2]), [6, 5, 7, 9]),
      concatenate(split(x, [2, 3], { axis: 3 }).reverse(), 3),
      stack(unstack(x, { axis: 1 }), -1),
      take(rows, indices, { axis: 0 }),
      takeAlongAxis(rows, someIndices("int32", [40, 3], 11, 2), 1),
      oneHot(indices, 40),
      argmax(x, { axis: 2 }),
      argmin(rows),
      softmax(rows),
      logSoftmax(x, { axis: 1 }),
      logsumexp(rows, { axis: 0 }),
      reduceWindow(x, "max", { windowShape: [2, 2], strides: [2, 2] }),
      grad((x: Tensor) => sum(reduceWindow(x, "min", { windowShape: [3, 2], padding: "SAME" })))(x),
      grad((rows: Tensor) => sum(take(rows, indices, { axis: 0 })))(rows),
    ].map(concrete);
  const quick = results();
  setWasmEnabled(false);
  const plain = results();
  setWasmEnabled(true);
  quick.forEach((result, i) => bitEqual(t, result, plain[i]));
});

test("grad of split and unstack joins the parts once, and pads only what is missing", (t) => {
  const x = scrambled("float32", [4, 6, 5]);
  const weighted = (parts: readonly Tensor[]): Tensor =>
    parts.map((part, i) => sum(multiply(part, i + 1))).reduce((a, b) => add(a, b));
  const whole = checkKernels(
    t,
    grad((x: Tensor) =>
      weighted(unstack(multiply(x, x), { axis: 1 }).map((part) => multiply(part, part))),
    ),
    x,
  );
  t.true(whole.has("concatenate"));
  t.false(whole.has("pad"));
  const some = grad((x: Tensor) => {
    const [, second, , fourth] = split(x, [1, 2, 4], { axis: 1 });
    return weighted([fourth, second]);
  });
  const expected = full([4, 6, 5], 0, "float32").data.map((_, i) => {
    const row = Math.floor(i / 5) % 6;
    return row === 1 ? 2 : row >= 4 ? 1 : 0;
  });
  bitEqual(t, some(x), new NDArray(expected, [4, 6, 5]));
});
