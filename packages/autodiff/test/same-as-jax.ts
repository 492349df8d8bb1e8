import type { TensorLike } from "@flaxen/autodiff";
import { asNDArray, astype, flatData } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { closeTo } from "@flaxen/testing";
import test from "ava";
import type { Macro } from "ava";

/**
 * The Python call (jax 0.10.2 on CPU, float32 unless it says otherwise), our call, and what JAX answers:
 * dtype and shape, then the elements in row-major order. The tolerance is relative; by default two units in
 * the last place, and 0 asks for equality.
 */
export type JaxRow = readonly [
  python: string,
  call: () => TensorLike,
  aval: string,
  elements: readonly (number | boolean)[],
  rtol?: number,
];

const ROUNDING: Readonly<Record<string, number>> = {
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
  float32: 2 ** -22,
  float64: 2 ** -51,
};

export const sameAsJax: Macro<[JaxRow]> = test.macro({
  title: (_, [python, call]) => {
    const ours = String(call)
      .replace(/^\(\) => /, "")
      .replaceAll("ad.", "");
    return `${ours} equals ${python}`;
  },
  exec: (t, [, call, aval, elements, rtol]) => {
    const actual = call() as NDArray;
    t.is(`${actual.dtype}[${actual.shape.join(", ")}]`, aval);
    const wide = actual.dtype === "float16" || actual.dtype === "bfloat16";
    const values = Array.from(
      flatData(wide ? astype(actual, "float32") : asNDArray(actual)),
      Number,
    );
    const tolerance = rtol ?? ROUNDING[actual.dtype] ?? 0;
    closeTo(t, values, elements.map(Number), { rtol: tolerance, atol: 0 });
  },
});
