import type { DType } from "@flaxen/dtype";
import test from "ava";
import { checkEach, readAnswers } from "./answers.ts";
import type { Tolerance } from "./answers.ts";
import { operationDifference, secondDifference, titleOf } from "./operations.ts";
import type { Operation, ToleranceOf } from "./operations.ts";

type Group = "unary" | "binary" | "reductions" | "shapes" | "products" | "second";

const answers = readAnswers<Record<Group, readonly Operation[]>>("autodiff");

/** Two steps of the dtype, or a few in float32 and float64: JAX rounds after other steps of a formula than we do. */
const WIDTH: Readonly<Partial<Record<DType, Tolerance>>> = {
  float16: { rtol: 2e-3, atol: 1e-3 },
  bfloat16: { rtol: 1.6e-2, atol: 4e-3 },
  float32: { rtol: 1e-6, atol: 2e-7 },
  float64: { rtol: 4e-15, atol: 1e-15 },
};
const EXACT: Tolerance = { rtol: 0, atol: 0 };

const byWidth: ToleranceOf = (_, { dtype }) => WIDTH[dtype] ?? EXACT;

test("element-wise operations of one array and their gradients equal JAX", (t) => {
  checkEach(t, answers.unary, titleOf, (item) => operationDifference(item, byWidth));
});

test("element-wise operations of two arrays and their gradients equal JAX", (t) => {
  checkEach(t, answers.binary, titleOf, (item) => operationDifference(item, byWidth));
});

test("reductions and their gradients equal JAX", (t) => {
  checkEach(t, answers.reductions, titleOf, (item) => operationDifference(item, byWidth));
});

test("shape operations and their gradients equal JAX exactly", (t) => {
  checkEach(t, answers.shapes, titleOf, (item) => operationDifference(item, () => EXACT));
});

test("matrix products and their gradients equal JAX", (t) => {
  checkEach(t, answers.products, titleOf, (item) => operationDifference(item, byWidth));
});

test("gradients of gradients equal JAX", (t) => {
  const tolerance = { rtol: 2e-6, atol: 2e-6 };
  checkEach(t, answers.second, titleOf, (item) => secondDifference(item, () => tolerance));
});
