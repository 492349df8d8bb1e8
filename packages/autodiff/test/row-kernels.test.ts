import test from "ava";
import fc from "fast-check";
import { argmax, argmin } from "@flaxen/autodiff";
import type { DType } from "@flaxen/dtype";
import { checkKernels, scrambled } from "./check-kernels.ts";

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
