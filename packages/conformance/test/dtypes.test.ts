import type { DType } from "@flaxen/dtype";
import test from "ava";
import { checkEach, readAnswers } from "./answers.ts";
import type { Tolerance } from "./answers.ts";
import { operationDifference, tangentDifference, titleOf, waysDifference } from "./operations.ts";
import type { Operation, Tangent, ToleranceOf } from "./operations.ts";

type Group = "unary" | "binary" | "reductions" | "shapes" | "products";
type Answers = Readonly<Record<Group, readonly Operation[]>>;

const dtypes = readAnswers<Answers & { readonly tangents: readonly Tangent[] }>("dtypes");
const autodiff = readAnswers<Answers>("autodiff");
const convolution =
  readAnswers<Record<"convolutions" | "windows", readonly Operation[]>>("convolution");

/** Two steps of the dtype, or a few in float32 and float64, as in autodiff.test.ts. */
const WIDTH: Readonly<Partial<Record<DType, Tolerance>>> = {
  float16: { rtol: 2e-3, atol: 1e-3 },
  bfloat16: { rtol: 1.6e-2, atol: 4e-3 },
  float32: { rtol: 1e-6, atol: 2e-7 },
  float64: { rtol: 4e-15, atol: 1e-15 },
};
const EXACT: Tolerance = { rtol: 0, atol: 0 };
const byWidth: ToleranceOf = (_, { dtype }) => WIDTH[dtype] ?? EXACT;

for (const group of ["unary", "binary", "reductions", "products"] as const) {
  test.serial(`${group} operations in every dtype equal JAX`, (t) => {
    checkEach(t, dtypes[group], titleOf, (item) => operationDifference(item, byWidth));
  });
}

test.serial("shape operations in every dtype equal JAX exactly", (t) => {
  checkEach(t, dtypes.shapes, titleOf, (item) => operationDifference(item, () => EXACT));
});

test.serial("tangents equal JAX", (t) => {
  checkEach(t, dtypes.tangents, titleOf, (item) => tangentDifference(item, byWidth));
});

for (const group of ["unary", "binary", "reductions", "shapes", "products"] as const) {
  test.serial(`${group}: eager, jit and plain JavaScript give the same bits`, (t) => {
    checkEach(t, [...autodiff[group], ...dtypes[group]], titleOf, waysDifference);
  });
}

test.serial("convolutions and windows: eager, jit and plain JavaScript give the same bits", (t) => {
  const cases = [...convolution.convolutions, ...convolution.windows];
  checkEach(t, cases, titleOf, waysDifference);
});
