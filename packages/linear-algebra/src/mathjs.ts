/**
 * Arrays in mathjs: converters, and a registration that lets its functions and expressions take arrays.
 *
 * A sub-path of its own, so that nothing else knows of mathjs; the instance is an argument, so mathjs is not
 * imported here either.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { fromMathjs, registerArrays } from "@flaxen/linear-algebra/mathjs";
 * import { all, create } from "mathjs";
 *
 * const math = create(all);
 * registerArrays(math);
 * const A = array([[1, 2], [3, 4]]);
 * const x = array([1, 10]);
 * fromMathjs(math.evaluate("A * x", { A, x })); // => [21, 43]
 * ```
 *
 * @packageDocumentation
 */
import { describe } from "@flaxen/dtype";
import type { Complex, DType } from "@flaxen/dtype";
import { array, asNDArray, isNDArray } from "@flaxen/ndarray";
import type { ArrayInput, NDArray, NestedArray } from "@flaxen/ndarray";

/** The part of a mathjs instance, as made by its `create(all)`, that is used here. */
export interface MathInstance {
  /** Makes typed functions, and knows the types. */
  readonly typed: unknown;
  /** Makes a matrix from nested lists. */
  matrix(data: never): unknown;
  /** Makes a complex number. */
  complex(re: never, im: never): unknown;
  /** Evaluates an expression. */
  evaluate(expression: never, scope?: never): unknown;
  /** Adds functions to the instance. */
  import(functions: never, options?: never): void;
}

/**
 * Converts an array to a mathjs matrix, or to a number if it has no axes.
 *
 * Elements become numbers, booleans, bigints or complex numbers of mathjs.
 *
 * @param math - The mathjs instance.
 * @param x - Any shape and dtype; any strides. Axes of length 0 are kept only if no axis follows them.
 * @returns What `math.matrix` returns, dense; or a scalar.
 *
 * @example
 * ```ts
 * import { toMathjs } from "@flaxen/linear-algebra/mathjs";
 * import { all, create } from "mathjs";
 *
 * const math = create(all);
 * String(toMathjs(math, [[1, 2], [3, 4]])); // => "[[1, 2], [3, 4]]"
 * ```
 */
export function toMathjs<M extends MathInstance>(math: M, x: ArrayInput): ReturnType<M["matrix"]> {
  const { matrix, complex } = math as unknown as Callable;
  const convert = (value: NestedArray | Complex): unknown => {
    if (Array.isArray(value)) return value.map(convert);
    return typeof value === "object" && "re" in value ? complex(value.re, value.im) : value;
  };
  const nested = convert(asNDArray(x).toArray());
  return (Array.isArray(nested) ? matrix(nested) : nested) as ReturnType<M["matrix"]>;
}

/**
 * Converts a mathjs matrix, nested lists or a scalar to an array.
 *
 * Numbers, big numbers and fractions become float64, as mathjs computes; bigints int64, booleans bool, and
 * complex numbers complex128, also when only some elements are complex.
 *
 * @param value - A dense or sparse matrix, nested lists, or a scalar.
 * @param dtype - The dtype to have instead.
 * @returns A new array.
 * @throws {@link RangeError} if nested lists are ragged.
 * @throws {@link TypeError} if there is anything else, a unit or a string for example, or `dtype` is no dtype name.
 *
 * @example
 * ```ts
 * import { fromMathjs } from "@flaxen/linear-algebra/mathjs";
 * import { all, create } from "mathjs";
 *
 * const math = create(all);
 * fromMathjs(math.transpose(math.matrix([[1, 2], [3, 4]]))); // => [[1, 3], [2, 4]]
 * fromMathjs(math.sqrt(-4)); // => { re: 0, im: 2 }
 * ```
 */
export function fromMathjs<D extends DType = DType>(value: unknown, dtype?: D): NDArray<D> {
  const nested = readNested(value);
  const kinds = new Set(leavesOf(nested).map((leaf) => typeof leaf));
  const natural = kinds.has("object")
    ? "complex128"
    : kinds.has("number") || kinds.size !== 1
      ? "float64"
      : kinds.has("bigint")
        ? "int64"
        : "bool";
  return array(unify(nested, natural) as ArrayInput, dtype ?? (natural as D));
}

/**
 * Teaches a mathjs instance to take arrays: in the scope of `math.evaluate`, and as arguments of its operators
 * and matrix functions.
 *
 * Arrays are converted as by {@link toMathjs}, so results are matrices of mathjs. Calling it again does nothing.
 *
 * @param math - The mathjs instance; it is changed.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { registerArrays } from "@flaxen/linear-algebra/mathjs";
 * import { all, create } from "mathjs";
 *
 * const math = create(all);
 * registerArrays(math);
 * const scope = { A: array([[2, 1], [1, 3]]), x: array([1, 2]) };
 * String(math.evaluate("A * x", scope)); // => "[4, 7]"
 * math.evaluate("det(A) + A[1, 2]", scope); // => 6
 * ```
 */
export function registerArrays(math: MathInstance): void {
  const instance = math as unknown as Callable;
  if (instance.isNDArray) return;
  const convert = (x: unknown): unknown => (isNDArray(x) ? toMathjs(math, x) : x);
  instance.typed.addType({ name: "NDArray", test: isNDArray });
  instance.typed.addConversion({ from: "NDArray", to: "Matrix", convert });
  const named = math as unknown as Record<string, (...values: unknown[]) => unknown>;
  const functions: Record<string, unknown> = { isNDArray };
  for (const name of FUNCTIONS) {
    const call = (...values: unknown[]): unknown => named[name](...values.map(convert));
    functions[name] = instance.typed(name, {
      NDArray: call,
      "NDArray, NDArray": call,
      "NDArray, any": call,
      "any, NDArray": call,
    });
  }
  instance.import(functions);
  const { evaluate } = instance;
  const evaluateWith = (expression: unknown, scope?: object): unknown =>
    scope === undefined
      ? evaluate(expression)
      : withConverted(scope, convert, (converted) => evaluate(expression, converted));
  instance.import({ evaluate: evaluateWith }, { override: true });
}

/** Operators, which have their own ways with unknown types, and what is done most with matrices. */
const FUNCTIONS = [
  ...["add", "subtract", "multiply", "divide", "dotMultiply", "dotDivide", "dotPow", "pow", "mod"],
  ...["unaryMinus", "unaryPlus", "equal", "unequal", "smaller", "smallerEq", "larger", "largerEq"],
  ...["transpose", "ctranspose", "det", "inv", "dot", "cross", "kron", "lusolve", "norm", "size"],
  ...["sum", "trace", "expm"],
];

/** Runs with a scope in which values are converted, and writes what changed back to the given one. */
function withConverted(
  scope: object,
  convert: (x: unknown) => unknown,
  run: (scope: Map<string, unknown>) => unknown,
): unknown {
  const entries = isMapLike(scope)
    ? Array.from(scope.keys(), (key) => [key, scope.get(key)] as const)
    : Object.entries(scope);
  const before = new Map(entries.map(([key, value]) => [key, convert(value)]));
  const converted = new Map(before);
  try {
    return run(converted);
  } finally {
    for (const [key, value] of converted) {
      if (before.has(key) && before.get(key) === value) continue;
      if (isMapLike(scope)) scope.set(key, value);
      else {
        // Defined, not assigned: a variable may be called __proto__.
        const attributes = { value, writable: true, enumerable: true, configurable: true };
        Object.defineProperty(scope, key, attributes);
      }
    }
  }
}

interface MapLike {
  keys(): Iterable<string>;
  get(key: string): unknown;
  set(key: string, value: unknown): unknown;
}

function isMapLike(scope: object): scope is MapLike {
  return ["keys", "get", "set"].every(
    (name) => typeof (scope as Record<string, unknown>)[name] === "function",
  );
}

/** Nested lists of numbers, booleans, bigints and pairs from what mathjs has. */
function readNested(value: unknown): NestedValue {
  if (Array.isArray(value)) return value.map(readNested);
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint")
    return value;
  const candidate = (value ?? {}) as MathValue;
  if (candidate.isMatrix === true) return readNested(candidate.toArray?.());
  if (candidate.isBigNumber === true || candidate.isFraction === true)
    return Number(String(candidate.valueOf()));
  if (candidate.isComplex === true) return { re: Number(candidate.re), im: Number(candidate.im) };
  throw new TypeError(
    `fromMathjs: value must hold numbers, booleans or complex numbers, got ${describe(value)}.`,
  );
}

type NestedValue = number | boolean | bigint | Complex | NestedValue[];

function leavesOf(value: NestedValue): Exclude<NestedValue, NestedValue[]>[] {
  return Array.isArray(value) ? value.flatMap(leavesOf) : [value];
}

/** The marks by which values of mathjs are known, in whatever copy of it. */
interface MathValue {
  readonly isMatrix?: boolean;
  readonly isBigNumber?: boolean;
  readonly isFraction?: boolean;
  readonly isComplex?: boolean;
  readonly re?: number;
  readonly im?: number;
  readonly toArray?: () => unknown;
}

/** Makes all elements fit one dtype. */
function unify(value: NestedValue, dtype: DType): unknown {
  if (Array.isArray(value)) return value.map((item) => unify(item, dtype));
  if (dtype === "complex128")
    return typeof value === "object" ? value : { re: Number(value), im: 0 };
  return dtype === "float64" ? Number(value) : value;
}

/** What is called of a mathjs instance, whose own types leave out some of it. */
interface Callable {
  readonly typed: ((name: string, signatures: object) => unknown) & {
    addType(type: { name: string; test: (x: unknown) => boolean }): void;
    addConversion(rule: { from: string; to: string; convert: (x: unknown) => unknown }): void;
  };
  readonly matrix: (data: unknown) => unknown;
  readonly complex: (re: number, im: number) => unknown;
  readonly import: (functions: object, options?: object) => void;
  readonly evaluate: (expression: unknown, scope?: object) => unknown;
  readonly isNDArray?: unknown;
}
