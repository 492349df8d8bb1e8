import type { DType } from "@flaxen/dtype";
import test from "ava";
import { checkEach, readAnswers } from "./answers.ts";
import type { Tolerance } from "./answers.ts";
import { operationDifference, titleOf } from "./operations.ts";
import type { Operation, ToleranceOf } from "./operations.ts";

const answers =
  readAnswers<Record<"convolutions" | "windows", readonly Operation[]>>("convolution");

/** The products are exact in float32; 16-bit floats are rounded once here and more than once in JAX. */
const WIDTH: Readonly<Partial<Record<DType, Tolerance>>> = {
  float16: { rtol: 2e-3, atol: 2e-3 },
  bfloat16: { rtol: 1.6e-2, atol: 1.6e-2 },
  float32: { rtol: 1e-6, atol: 1e-6 },
  float64: { rtol: 1e-14, atol: 1e-14 },
};

const byWidth: ToleranceOf = (_, { dtype }) => WIDTH[dtype]!;

test("convGeneralDilated(x, kernel, options) and both gradients equal JAX", (t) => {
  checkEach(t, answers.convolutions, titleOf, (item) => operationDifference(item, byWidth));
});

test("reduceWindow(x, operator, options) and its gradient equal JAX", (t) => {
  checkEach(t, answers.windows, titleOf, (item) => operationDifference(item, byWidth));
});
