import test from "ava";
import fc from "fast-check";
import { argmax, argmin, oneHot } from "@flaxen/autodiff";
import type { DType } from "@flaxen/dtype";
import { astype, NDArray } from "@flaxen/ndarray";
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
