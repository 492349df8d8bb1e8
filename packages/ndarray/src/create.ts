import {
  allocate,
  checkDType,
  defaultComplex,
  defaultFloat,
  defaultInt,
  describe,
  isDType,
  isFloating,
  roundTo,
} from "@flaxen/dtype";
import type { DataOf, DType } from "@flaxen/dtype";
import { asNDArray } from "./convert.ts";
import type { ArrayInput } from "./convert.ts";
import { isComplexScalar, writeElement } from "./element.ts";
import type { Scalar } from "./element.ts";
import { NDArray } from "./ndarray.ts";
import { checkShape, sizeOf } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** Anything with a shape and a dtype, its values unknown or not looked at. */
export interface ShapeDtypeStruct<D extends DType = DType> {
  /** Length of each axis. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: D;
}

/**
 * Builds an array of zeros.
 *
 * @param shape - the length of each axis; `[]` for a scalar.
 * @param dtype - default the default float dtype.
 * @returns an array of the given shape and dtype.
 * @throws {@link TypeError} or RangeError if `shape` or `dtype` is malformed.
 *
 * @example
 * ```ts
 * import { zeros } from "@flaxen/ndarray";
 *
 * zeros([2, 2]); // => [[0, 0], [0, 0]]
 * ```
 */
export function zeros<D extends DType = DType>(shape: Shape, dtype?: D): NDArray<D> {
  checkShape("zeros", shape);
  const type = dtypeOr("zeros", dtype, defaultFloat()) as D;
  return new NDArray(allocate(type, sizeOf(shape)), shape, undefined, 0, type);
}

/**
 * Builds an array of ones.
 *
 * @param shape - the length of each axis; `[]` for a scalar.
 * @param dtype - default the default float dtype.
 * @returns an array of the given shape and dtype.
 * @throws {@link TypeError} or RangeError if `shape` or `dtype` is malformed.
 *
 * @example
 * ```ts
 * import { ones } from "@flaxen/ndarray";
 *
 * ones([3], "int32"); // => [1, 1, 1]
 * ```
 */
export function ones<D extends DType = DType>(shape: Shape, dtype?: D): NDArray<D> {
  checkShape("ones", shape);
  return filled("ones", shape, 1, dtypeOr("ones", dtype, defaultFloat()) as D);
}

/**
 * Builds an array whose elements are all the same.
 *
 * @param shape - the length of each axis; `[]` for a scalar.
 * @param value - a scalar; it is rounded to `dtype`, integers wrap.
 * @param dtype - default that of `array(value)`: the default float dtype for a number, bool for a
 *   boolean.
 * @returns an array of the given shape and dtype.
 * @throws {@link TypeError} or RangeError if `shape`, `value` or `dtype` is malformed.
 *
 * @example
 * ```ts
 * import { full } from "@flaxen/ndarray";
 *
 * full([2, 2], 0.5); // => [[0.5, 0.5], [0.5, 0.5]]
 * ```
 */
export function full<D extends DType = DType>(shape: Shape, value: Scalar, dtype?: D): NDArray<D> {
  checkShape("full", shape);
  return filled("full", shape, value, dtypeOr("full", dtype, dtypeOfScalar(value)) as D);
}

/**
 * Builds an array of zeros in the shape of another one.
 *
 * @param x - the array, or anything that `asNDArray` reads.
 * @param dtype - default the dtype of `x`.
 * @returns an array of the shape of `x`.
 * @throws {@link TypeError} if `dtype` is not the name of a dtype.
 *
 * @example
 * ```ts
 * import { array, zerosLike } from "@flaxen/ndarray";
 *
 * zerosLike(array([1n, 2n])).dtype; // => "int32"
 * ```
 */
export function zerosLike<D extends DType>(
  x: ShapeDtypeStruct<D> | ArrayInput,
  dtype?: D,
): NDArray<D> {
  return filledLike("zerosLike", x, 0, dtype);
}

/**
 * Builds an array of ones in the shape of another one.
 *
 * @param x - the array, or anything that `asNDArray` reads.
 * @param dtype - default the dtype of `x`.
 * @returns an array of the shape of `x`.
 * @throws {@link TypeError} if `dtype` is not the name of a dtype.
 *
 * @example
 * ```ts
 * import { onesLike } from "@flaxen/ndarray";
 *
 * onesLike([[5, 6]]); // => [[1, 1]]
 * ```
 */
export function onesLike<D extends DType>(
  x: ShapeDtypeStruct<D> | ArrayInput,
  dtype?: D,
): NDArray<D> {
  return filledLike("onesLike", x, 1, dtype);
}

/**
 * Builds an array in the shape of another one whose elements are all the same.
 *
 * @param x - the array, or anything that `asNDArray` reads.
 * @param value - a scalar; it is rounded to the dtype, integers wrap.
 * @param dtype - default the dtype of `x`.
 * @returns an array of the shape of `x`.
 * @throws {@link TypeError} if `value` is not a scalar or `dtype` not the name of a dtype.
 *
 * @example
 * ```ts
 * import { fullLike } from "@flaxen/ndarray";
 *
 * fullLike([1, 2, 3], 7); // => [7, 7, 7]
 * ```
 */
export function fullLike<D extends DType>(
  x: ShapeDtypeStruct<D> | ArrayInput,
  value: Scalar,
  dtype?: D,
): NDArray<D> {
  return filledLike("fullLike", x, value, dtype);
}

/**
 * Builds the evenly spaced values of a half-open interval: `start, start + step, ...` below `stop`.
 *
 * @param start - first value (included); with one argument, `stop` of an interval that starts at 0.
 * @param stop - end of the interval (excluded).
 * @param step - distance of two values, not 0; default 1.
 * @param dtype - default the default integer dtype if all arguments are integers, else the default
 *   float dtype.
 * @returns an array of shape `[max(0, ceil((stop - start) / step))]`.
 * @throws {@link RangeError} if an argument is not finite or `step` is 0.
 * @throws {@link TypeError} if an argument is not a number or `dtype` not the name of a dtype.
 *
 * @example
 * ```ts
 * import { arange } from "@flaxen/ndarray";
 *
 * arange(3); // => [0, 1, 2]
 * arange(1, 2, 0.25); // => [1, 1.25, 1.5, 1.75]
 * ```
 */
export function arange<D extends DType = DType>(
  start: number,
  stop?: number,
  step: number = 1,
  dtype?: D,
): NDArray<D> {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  checkFinite("arange", "start", from);
  checkFinite("arange", "stop", to);
  checkFinite("arange", "step", step);
  if (step === 0) throw new RangeError("arange: step must not be 0, got 0.");
  const integral = Number.isInteger(from) && Number.isInteger(to) && Number.isInteger(step);
  const type = dtypeOr("arange", dtype, integral ? defaultInt() : defaultFloat()) as D;
  const length = Math.max(0, Math.ceil((to - from) / step));
  const data = allocate(type, length);
  // As in JAX, all arithmetic is done in the dtype (for the 16-bit floats in float32): 3 * 0.1 is
  // not 0.3 rounded.
  const working = type === "float16" || type === "bfloat16" ? "float32" : type;
  const first = roundTo(working, from);
  const distance = roundTo(working, step);
  for (let i = 0; i < length; i++) {
    writeElement("arange", type, data, i, first + roundTo(working, i * distance));
  }
  return new NDArray(data, [length], undefined, 0, type);
}

/** The options of {@link linspace}. */
export interface LinspaceOptions<D extends DType = DType> {
  /** Whether the last value is `stop`; default true. */
  readonly endpoint?: boolean | undefined;
  /** The dtype of the result; default the default float dtype. */
  readonly dtype?: D | undefined;
}

/**
 * Builds evenly spaced values of an interval, its end included unless the options say otherwise.
 *
 * Value i is `start * (1 - t) + stop * t` with `t = i / (num - 1)`, or `i / num` without the end
 * point.
 *
 * @param start - first value.
 * @param stop - end of the interval.
 * @param num - number of values, a non-negative integer; default 50.
 * @param options - `endpoint` (default true) and `dtype` (default the default float dtype).
 * @returns an array of shape `[num]`.
 * @throws {@link RangeError} if `start` or `stop` is not finite, or `num` not a non-negative
 *   integer.
 * @throws {@link TypeError} if `start` or `stop` is not a number, or `dtype` not the name of a
 *   dtype.
 *
 * @example
 * ```ts
 * import { linspace } from "@flaxen/ndarray";
 *
 * linspace(0, 1, 5); // => [0, 0.25, 0.5, 0.75, 1]
 * linspace(0, 1, 4, { endpoint: false }); // => [0, 0.25, 0.5, 0.75]
 * ```
 */
export function linspace<D extends DType = DType>(
  start: number,
  stop: number,
  num: number = 50,
  { endpoint = true, dtype }: LinspaceOptions<D> = {},
): NDArray<D> {
  checkFinite("linspace", "start", start);
  checkFinite("linspace", "stop", stop);
  checkCount("linspace", "num", num);
  const type = dtypeOr("linspace", dtype, defaultFloat()) as D;
  const data = allocate(type, num);
  const divisor = endpoint ? num - 1 : num;
  for (let i = 0; i < num; i++) {
    const t = divisor === 0 ? 0 : i / divisor;
    const value = endpoint && i > 0 && i === num - 1 ? stop : start * (1 - t) + stop * t;
    // Integer dtypes round down, as in JAX.
    writeElement("linspace", type, data, i, isFloating(type) ? value : Math.floor(value));
  }
  return new NDArray(data, [num], undefined, 0, type);
}

/**
 * Builds a matrix with ones on the main diagonal and zeros elsewhere.
 *
 * @param n - number of rows, a non-negative integer.
 * @param m - number of columns; default `n`.
 * @param dtype - default the default float dtype.
 * @returns an array of shape `[n, m]`.
 * @throws {@link RangeError} if `n` or `m` is not a non-negative integer.
 * @throws {@link TypeError} if `dtype` is not the name of a dtype.
 *
 * @example
 * ```ts
 * import { eye } from "@flaxen/ndarray";
 *
 * eye(2, 3); // => [[1, 0, 0], [0, 1, 0]]
 * ```
 */
export function eye<D extends DType = DType>(n: number, m: number = n, dtype?: D): NDArray<D> {
  checkCount("eye", "n", n);
  checkCount("eye", "m", m);
  const type = dtypeOr("eye", dtype, defaultFloat()) as D;
  const data = allocate(type, n * m);
  for (let i = 0; i < Math.min(n, m); i++) writeElement("eye", type, data, i * m + i, 1);
  return new NDArray(data, [n, m], undefined, 0, type);
}

function filledLike<D extends DType>(
  callee: string,
  x: ShapeDtypeStruct | ArrayInput,
  value: Scalar,
  dtype: D | undefined,
): NDArray<D> {
  const like = hasShapeAndDtype(x) ? x : asNDArray(x);
  checkShape(callee, like.shape);
  return filled(callee, like.shape, value, dtypeOr(callee, dtype, like.dtype) as D);
}

function hasShapeAndDtype(x: ShapeDtypeStruct | ArrayInput): x is ShapeDtypeStruct {
  return typeof x === "object" && x !== null && "shape" in x && "dtype" in x && isDType(x.dtype);
}

function dtypeOr(callee: string, dtype: DType | undefined, fallback: DType): DType {
  return dtype === undefined ? fallback : checkDType(callee, "dtype", dtype);
}

function dtypeOfScalar(value: Scalar): DType {
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return defaultInt();
  return isComplexScalar(value) ? defaultComplex() : defaultFloat();
}

function filled<D extends DType>(
  callee: string,
  shape: Shape,
  value: Scalar,
  dtype: D,
): NDArray<D> {
  const data: DataOf<D> = allocate(dtype, sizeOf(shape));
  const one = allocate(dtype, 1);
  writeElement(callee, dtype, one, 0, value);
  if (one.length === 2) for (let i = 0; i < data.length; i++) data[i] = one[i & 1];
  else (data as Float32Array).fill(one[0] as number);
  return new NDArray(data, shape, undefined, 0, dtype);
}

function checkFinite(callee: string, argument: string, x: unknown): void {
  if (typeof x !== "number") {
    throw new TypeError(`${callee}: ${argument} must be a number, got ${describe(x)}.`);
  }
  if (!Number.isFinite(x)) {
    throw new RangeError(`${callee}: ${argument} must be finite, got ${describe(x)}.`);
  }
}

function checkCount(callee: string, argument: string, x: unknown): void {
  if (!Number.isSafeInteger(x) || (x as number) < 0) {
    throw new RangeError(
      `${callee}: ${argument} must be a non-negative integer, got ${describe(x)}.`,
    );
  }
}
