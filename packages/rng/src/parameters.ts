import { describe, roundFloat } from "@flaxen/dtype";
import { asNDArray, astype, broadcastShapes, broadcastTo, flatData } from "@flaxen/ndarray";
import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { checkFloatDType, checkOptions, checkSampleShape } from "./arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { useKey } from "./key.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import { isTraced } from "./traced-key.ts";

/** What the elements of a parameter must be; NaN never is. */
export interface Rule {
  /** Tells whether an element follows the rule. */
  readonly allows: (x: number) => boolean;
  /** The rule in words, as in "a must be positive". */
  readonly text: string;
}

/** Numbers above 0 and below infinity. */
export const POSITIVE: Rule = {
  allows: (x) => x > 0 && x < Infinity,
  text: "be positive and finite",
};

/** Numbers of at least 0; infinity is one. */
export const NOT_NEGATIVE: Rule = { allows: (x) => x >= 0, text: "be at least 0" };

/** Numbers that are neither NaN nor infinite. */
export const FINITE: Rule = { allows: (x) => x - x === 0, text: "be finite" };

/** Numbers of at least 0 below infinity. */
export const FINITE_NOT_NEGATIVE: Rule = {
  allows: (x) => x >= 0 && x < Infinity,
  text: "be finite and at least 0",
};

/** Numbers above 0; infinity is one. */
export const ABOVE_ZERO: Rule = { allows: (x) => x > 0, text: "be positive" };

/** Probabilities. */
export const PROBABILITY: Rule = { allows: (x) => x >= 0 && x <= 1, text: "be in [0, 1]" };

/** One parameter of a sampler, broadcast to the shape of the sample: element `i` is `values[i * step]`. */
export interface Parameter {
  /** The values, rounded to the dtype of the sample; none of a stand-in. */
  readonly values: Float32Array | Float64Array;
  /** 1, or 0 for a single value that all elements share. */
  readonly step: 0 | 1;
}

/** A parameter as it was given, with its name and rule. */
export type ParameterInput = readonly [name: string, value: ArrayInput, rule: Rule];

/** The parameters of a sampler, broadcast to the shape of the sample. */
export interface BroadcastParameters {
  /** The shape of the sample. */
  readonly shape: Shape;
  /** Its number of elements. */
  readonly size: number;
  /** The parameters, in the order given. */
  readonly parameters: readonly Parameter[];
}

/**
 * Reads the parameters of a sampler and broadcasts them. Stand-ins have no values to check: before these are used, the
 * sampler hands itself over.
 *
 * The shape of the sample is that of all parameters together; a shape that is given must be the same.
 */
export function checkParameters(
  callee: string,
  shape: Shape | undefined,
  dtype: FloatDType,
  inputs: readonly ParameterInput[],
): BroadcastParameters {
  if (shape !== undefined) checkSampleShape(callee, shape);
  const arrays = inputs.map(([name, value]) => checkRealArray(callee, name, value));
  const joint = shape ?? jointShape(callee, inputs, [], arrays);
  const size = checkSampleShape(callee, joint);
  const parameters = arrays.map((array, i) => {
    checkBroadcast(callee, inputs, arrays, array, joint);
    if (isTraced(inputs[i][1])) return { values: new Float32Array(), step: 0 as const };
    const values = roundedValues(array, joint, dtype);
    const [name, given, { allows, text }] = inputs[i];
    for (const x of values) {
      if (!allows(x)) {
        const shown = describe(typeof given === "number" ? given : x);
        throw new RangeError(`${callee}: ${name} must ${text}, got ${shown}.`);
      }
    }
    return { values, step: array.size === 1 ? (0 as const) : (1 as const) };
  });
  return { shape: joint, size, parameters };
}

/** Asserts the arguments that all samplers of floating-point numbers with parameters share. */
export function checkFloatParameters(
  callee: string,
  key: unknown,
  shape: Shape | undefined,
  options: FloatOptions,
  inputs: readonly ParameterInput[],
): BroadcastParameters & { readonly dtype: FloatDType } {
  useKey(callee, key);
  checkOptions(callee, options);
  const dtype = checkFloatDType(callee, options.dtype);
  return { dtype, ...checkParameters(callee, shape, dtype, inputs) };
}

/** Returns an argument as an array of real numbers; a stand-in remains one. */
export function checkRealArray(callee: string, argument: string, x: unknown): NDArray {
  const isInput = typeof x === "number" || (typeof x === "object" && x !== null);
  let array = isInput ? readArray(x as ArrayInput) : undefined;
  // Lists of numbers are rounded once, to the dtype of the sample.
  if (Array.isArray(x) && array?.dtype === "float32") array = asNDArray(x, "float64");
  if (array === undefined || array.dtype.startsWith("complex")) {
    throw new TypeError(
      `${callee}: ${argument} must be a number or an array of real numbers, got ${describe(x)}.`,
    );
  }
  return array;
}

/** Returns an argument as an array of a real floating-point dtype; a stand-in remains one. */
export function checkFloatArray(
  callee: string,
  argument: string,
  x: unknown,
): { readonly array: NDArray; readonly dtype: FloatDType } {
  const isInput = typeof x === "object" && x !== null;
  const array = isInput ? readArray(x as ArrayInput) : undefined;
  switch (array?.dtype) {
    case "float16":
    case "bfloat16":
    case "float32":
    case "float64":
      if (!isTraced(x)) checkNotNaN(callee, argument, array);
      return { array, dtype: array.dtype };
    default:
      throw new TypeError(
        `${callee}: ${argument} must be an array of a real floating-point dtype, got ${describe(x)}.`,
      );
  }
}

function checkNotNaN(callee: string, argument: string, array: NDArray): void {
  const values = flatData<"float64">(astype(array, "float64"));
  if (values.some(Number.isNaN)) {
    throw new RangeError(`${callee}: ${argument} must not hold NaN, got ${describe(array)}.`);
  }
}

/** Reads an array, or returns undefined for what cannot be read as one; a stand-in remains one. */
export function readArray(x: ArrayInput): NDArray | undefined {
  if (isTraced(x)) return x as unknown as NDArray;
  try {
    return asNDArray(x);
  } catch {
    return undefined;
  }
}

/** Returns the shape to which parameters, and perhaps a shape of draws, broadcast together. */
export function jointShape(
  callee: string,
  inputs: readonly ParameterInput[],
  shape: Shape = [],
  arrays: readonly NDArray[] = inputs.map(([name, value]) => checkRealArray(callee, name, value)),
): number[] {
  try {
    return broadcastShapes(shape, ...arrays.map((x) => x.shape));
  } catch {
    throw new RangeError(
      `${callee}: ${namesOf(inputs)} must be broadcast-compatible, got ${shapesOf(arrays)}.`,
    );
  }
}

/** Asserts that an array, one of several inputs, broadcasts to a shape. */
export function checkBroadcast(
  callee: string,
  inputs: readonly (readonly [name: string, ...unknown[]])[],
  arrays: readonly NDArray[],
  { shape }: NDArray,
  joint: Shape,
): void {
  const shift = joint.length - shape.length;
  if (shift >= 0 && shape.every((n, i) => n === 1 || n === joint[shift + i])) return;
  throw new RangeError(
    `${callee}: ${namesOf(inputs)} must broadcast to shape ${describe(joint)}, got ${shapesOf(arrays)}.`,
  );
}

function namesOf(inputs: readonly (readonly [name: string, ...unknown[]])[]): string {
  return inputs.map(([name]) => name).join(" and ");
}

function shapesOf(arrays: readonly NDArray[]): string {
  const shapes = arrays.map((x) => describe(x.shape)).join(" and ");
  return arrays.length === 1 ? `shape ${shapes}` : `shapes ${shapes}`;
}

function roundedValues(
  array: NDArray,
  shape: Shape,
  dtype: FloatDType,
): Float32Array | Float64Array {
  const single = array.size === 1;
  const wide = astype(array, "float64");
  const values = flatData<"float64">(single ? wide : broadcastTo(wide, shape));
  // The sum makes -0 a plain 0, whose reciprocal is Infinity.
  if (dtype === "float64") return values.map((x) => x + 0);
  return Float32Array.from(values, (x) => roundFloat(dtype, x) + 0);
}
