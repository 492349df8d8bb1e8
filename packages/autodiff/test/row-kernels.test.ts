import test from "ava";
import fc from "fast-check";
import { argmax, argmin, logSoftmax, logsumexp, oneHot, softmax, vjp } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import type { DType } from "@flaxen/dtype";
import { astype, full, NDArray, ones } from "@flaxen/ndarray";
import { checkKernels, concrete, scrambled } from "./check-kernels.ts";

const SETTINGS = { seed: 7, numRuns: 300 };
const lengths = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 6, max: 40 }));
const rows = fc.record({
  shape: fc.tuple(lengths, lengths, lengths),
  axis: fc.nat(2),
  seed: fc.nat(1000),
});

const SEARCHED: readonly DType[] = [
  "bool",
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "float32",
  "float64",
];

test("argmax(x) and argmin(x) kernels find what the plain loops find", (t) => {
  fc.assert(
    fc.property(
      rows,
      fc.constantFrom(...SEARCHED),
      fc.boolean(),
      ({ shape, axis, seed }, dtype, all) => {
        const options = all ? {} : { axis };
        const x = scrambled(dtype, shape, seed);
        const ran = checkKernels(
          t,
          (x) => {
            argmax(x, options);
            argmin(x, options);
          },
          x,
        );
        t.is(ran.size, 2);
      },
    ),
    SETTINGS,
  );
});

const LABEL_DTYPES: readonly DType[] = ["int8", "uint8", "int16", "uint16", "int32", "uint32"];
const HOT_DTYPES: readonly DType[] = ["bool", "int8", "bfloat16", "float16", "float32", "float64"];

test("oneHot(x, numClasses, options) kernel gives the bits of the plain loop", (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }),
      fc.nat(12),
      fc.nat(3),
      fc.constantFrom(...LABEL_DTYPES),
      fc.constantFrom(...HOT_DTYPES),
      (shape, numClasses, place, labelDtype, dtype) => {
        const size = shape.reduce((n, k) => n * k, 1);
        const labels = Int32Array.from({ length: size }, (_, i) => ((i * 7) % 15) - 2);
        const x = astype(new NDArray(labels, shape), labelDtype);
        const axis = Math.min(place, shape.length);
        const ran = checkKernels(t, (x) => oneHot(x, numClasses, { axis, dtype }), x);
        t.is(ran.size, 1);
      },
    ),
    SETTINGS,
  );
});

test("oneHot(x, numClasses) takes labels and results of every dtype", (t) => {
  t.deepEqual(concrete(oneHot([[0], [2]], 3, { dtype: "complex64" })).toArray(), [
    [
      [
        { re: 1, im: 0 },
        { re: 0, im: 0 },
        { re: 0, im: 0 },
      ],
    ],
    [
      [
        { re: 0, im: 0 },
        { re: 0, im: 0 },
        { re: 1, im: 0 },
      ],
    ],
  ]);
  t.deepEqual(concrete(oneHot([1, 0], 2, { dtype: "int64" })).toArray(), [
    [0n, 1n],
    [1n, 0n],
  ]);
  t.deepEqual(concrete(oneHot([true, false], 2)).toArray(), [
    [0, 1],
    [1, 0],
  ]);
  t.deepEqual(concrete(oneHot([-0, 1.5, NaN, 1, Infinity], 2)).toArray(), [
    [1, 0],
    [0, 0],
    [0, 0],
    [0, 1],
    [0, 0],
  ]);
});

/** Axes to reduce, and whether lengths of 1 lie between them. */
const spans = fc.constantFrom<readonly number[]>([0], [1], [2], [0, 1], [1, 2], [0, 1, 2]);

test("softmax, logSoftmax and logsumexp kernels give the bits of the plain loops", (t) => {
  fc.assert(
    fc.property(
      fc.tuple(fc.nat(9), fc.nat(9), fc.oneof(fc.nat(9), fc.integer({ min: 10, max: 70 }))),
      spans,
      fc.nat(1000),
      fc.constantFrom(0, 0.02, 0.3),
      (shape, axis, seed, special) => {
        const wild = scrambled("float32", shape, seed).data as Float32Array;
        const x = wild.map((value, i) =>
          (i * 7919) % 1000 < 1000 * special ? value : Math.sin(i * 1.7 + seed) * 5,
        );
        const ran = checkKernels(
          t,
          (x) => {
            softmax(x, { axis });
            logSoftmax(x, { axis });
            logsumexp(x, { axis });
            vjp((x: Tensor) => logsumexp(x, { axis, keepdims: true }), x)[1](
              ones(shape.map((n, i) => (axis.includes(i) ? 1 : n))),
            );
          },
          new NDArray(x, shape),
        );
        t.true(["softmax", "logSoftmax", "logsumexp"].every((name) => ran.has(name)));
      },
    ),
    SETTINGS,
  );
});

test("softmax, logSoftmax and logsumexp kernels handle rows of nothing but special values", (t) => {
  for (const value of [NaN, Infinity, -Infinity, 0, -0, 3e38, -3e38, 1e-45]) {
    for (const length of [1, 3, 4, 5, 8]) {
      for (const axis of [0, 1]) {
        const x = full([length, length], value, "float32");
        checkKernels(
          t,
          (x) => {
            softmax(x, { axis });
            logSoftmax(x, { axis });
            logsumexp(x, { axis });
            softmax(x, { axis, where: full([length, length], false) });
          },
          x,
        );
      }
    }
  }
});
