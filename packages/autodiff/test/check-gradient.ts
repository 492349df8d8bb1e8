import { add, grad, multiply, sum } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { array, NDArray } from "@flaxen/ndarray";
import { closeTo } from "@flaxen/testing";
import type { ExecutionContext } from "ava";

/** A function of float64 tensors. */
export type Operation = (...inputs: Tensor[]) => Tensor;

/** Step of the central differences: their error is about step^2 plus 1e-16 / step. */
const STEP = 1e-5;

/** Fixed weights without symmetry, so that a transposed or shifted gradient cannot pass. */
function weights(shape: readonly number[]): NDArray {
  const size = shape.reduce((n, length) => n * length, 1);
  const data = Float64Array.from({ length: size }, (_, i) => Math.cos(1 + 1.7 * i) + 0.3);
  return new NDArray(data, shape);
}

function float64(values: unknown): NDArray {
  return array(values as number[], "float64");
}

/** The scalar `sum(weights * f(inputs))`. */
function weighted(f: Operation): Operation {
  return (...inputs) => {
    const out = f(...inputs);
    return sum(multiply(out, weights(out.shape)));
  };
}

/** Derivative of the scalar function by central differences in every element of one input. */
function centralDifferences(f: Operation, inputs: readonly NDArray[], position: number): NDArray {
  const { shape, data } = inputs[position];
  const slopes = new Float64Array(data.length);
  const at = (i: number, shift: number): number => {
    const moved = Float64Array.from(data as Float64Array);
    moved[i] += shift;
    const shifted = inputs.map((x, k) => (k === position ? new NDArray(moved, shape) : x));
    return Number((f(...shifted) as NDArray).item());
  };
  for (let i = 0; i < slopes.length; i++) slopes[i] = (at(i, STEP) - at(i, -STEP)) / (2 * STEP);
  return new NDArray(slopes, shape);
}

/** Compares the first derivatives of `f` in every input with central differences, in float64. */
export function checkGradient(t: ExecutionContext, f: Operation, inputs: readonly unknown[]): void {
  const arrays = inputs.map(float64);
  const scalar = weighted(f);
  arrays.forEach((_, position) => {
    const actual = grad(scalar, { argnums: position })(...arrays);
    closeTo(t, actual, centralDifferences(scalar, arrays, position), { rtol: 1e-7, atol: 1e-8 });
  });
}

/** Compares the second derivatives, by nesting `grad`, with central differences of the first. */
export function checkSecondGradient(
  t: ExecutionContext,
  f: Operation,
  inputs: readonly unknown[],
): void {
  const scalar = weighted(f);
  const slope: Operation = (...xs) =>
    xs
      .map((_, i) => grad(scalar, { argnums: i })(...xs))
      .map((g) => sum(multiply(g, weights(g.shape))))
      .reduce((a, b) => add(a, b));
  checkGradient(t, slope, inputs);
}
