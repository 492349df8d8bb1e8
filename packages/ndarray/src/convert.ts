import {
  allocate,
  checkDType,
  defaultComplex,
  defaultFloat,
  defaultInt,
  describe,
  isDType,
} from "@flaxen/dtype";
import type { Data, DType } from "@flaxen/dtype";
import { castArray } from "./cast.ts";
import { gather } from "./copy.ts";
import { isComplexScalar, writeElement } from "./element.ts";
import type { Scalar } from "./element.ts";
import { isNDArray } from "./is-ndarray.ts";
import { NDArray } from "./ndarray.ts";
import type { NDArrayLike } from "./ndarray-like.ts";
import { dtypeOfData, kindOf, stores } from "./storage-kind.ts";
import type { NestedArray } from "./to-nested.ts";

/** A typed array of numbers or bigints. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/**
 * Everything that can be read as an array: strided objects, nested JavaScript arrays, typed arrays,
 * scalars.
 */
export type ArrayInput = NDArrayLike | NestedArray | TypedArray;

/** A number or lists of numbers, nested to any depth. */
export type NestedNumbers = number | readonly NestedNumbers[];

/**
 * Builds an array from nested lists, a scalar, a typed array or another array; the elements are
 * always copied.
 *
 * @param input - numbers get the default float dtype, booleans bool, bigints the default integer
 *   dtype, `{ re, im }` the default complex dtype; typed arrays (rank 1) and arrays keep their own.
 * @param dtype - the dtype to have instead. Numbers are rounded to it; integers drop the fraction
 *   and wrap.
 * @returns a row-major array that shares no memory with `input`.
 * @throws {@link TypeError} if `input` holds anything else, or `dtype` is not a dtype name.
 * @throws {@link RangeError} if the rows of nested lists differ in length.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 *
 * array([[1, 2], [3, 4]]).shape; // => [2, 2]
 * array([1.5, -1.5], "int8"); // => [1, -1]
 * array([[1, 2], [3]]); // throws RangeError: array: input must have equal lengths along axis 1, got 2 and 1.
 * ```
 */
export function array(input: NestedNumbers, dtype?: undefined): NDArray<"float32" | "float64">;
export function array<D extends DType = DType>(input: ArrayInput, dtype?: D): NDArray<D>;
export function array<D extends DType = DType>(input: ArrayInput, dtype?: D): NDArray<D> {
  const x = fromInput("array", input, dtype);
  if (!sharesMemory(x, input)) return x;
  return new NDArray(gather(x), x.shape, undefined, 0, x.dtype);
}

/**
 * Returns anything that can be read as an array as an {@link NDArray}, without a copy where none is
 * needed.
 *
 * An NDArray of the right dtype is returned itself; strided objects (scijs `ndarray`) and typed
 * arrays are wrapped and share their memory. Lists of plain numbers are read like in {@link array}.
 *
 * @param input - an array, a strided object, a typed array, nested lists or a scalar.
 * @param dtype - the dtype to convert to; default what `input` has.
 * @returns an array that may share memory with `input`.
 * @throws {@link TypeError} if `input` cannot be read as an array, or `dtype` is not a dtype name.
 * @throws {@link RangeError} if nested lists are ragged, or a strided object reaches outside its
 *   data.
 *
 * @example
 * ```ts
 * import { asNDArray } from "@flaxen/ndarray";
 *
 * const x = asNDArray({ data: new Int32Array([1, 2, 3, 4]), shape: [2, 2], stride: [1, 2], offset: 0 });
 * x; // => [[1, 3], [2, 4]]
 * asNDArray(x) === x; // => true
 * ```
 */
export function asNDArray<D extends DType = DType>(input: ArrayInput, dtype?: D): NDArray<D> {
  return fromInput("asNDArray", input, dtype);
}

function fromInput<D extends DType>(callee: string, input: ArrayInput, dtype?: D): NDArray<D> {
  if (dtype !== undefined) checkDType(callee, "dtype", dtype);
  const x = isNDArray(input) ? input : wrapOrRead(callee, input, dtype);
  return dtype === undefined ? (x as NDArray<D>) : castArray(x, dtype);
}

function wrapOrRead(callee: string, input: ArrayInput, dtype: DType | undefined): NDArray {
  if (isNDArrayLike(input)) return fromStrided(callee, input);
  const type = dtypeOfData(input);
  if (type === undefined) return fromNested(callee, input as NestedArray, dtype);
  const data = plainBytes(input as TypedArray);
  return new NDArray(data, [data.length], [1], 0, type);
}

function sharesMemory(x: NDArray, input: ArrayInput): boolean {
  if (typeof input !== "object") return false;
  const { buffer } = x.data;
  if (ArrayBuffer.isView(input)) return input.buffer === buffer;
  if (!("data" in input)) return false;
  return ArrayBuffer.isView(input.data) && input.data.buffer === buffer;
}

/** Tells whether `x` has the members of a strided array. */
function isNDArrayLike(x: unknown): x is NDArrayLike {
  return (
    typeof x === "object" &&
    x !== null &&
    "data" in x &&
    "shape" in x &&
    "stride" in x &&
    "offset" in x
  );
}

/** A typed array with clamped bytes seen as plain bytes. */
function plainBytes(data: TypedArray): Data {
  return kindOf(data) === "Uint8ClampedArray"
    ? new Uint8Array(data.buffer, data.byteOffset, data.length)
    : (data as Data);
}

/** A strided object over its own storage, or over a copy if that is not a typed array we know. */
function fromStrided(callee: string, x: NDArrayLike): NDArray {
  const { data, dtype, shape, stride, offset } = x;
  if (isDType(dtype) && stores(dtype, data)) return new NDArray(data, shape, stride, offset, dtype);
  const type = dtypeOfData(data);
  if (type !== undefined) {
    return new NDArray(plainBytes(data as TypedArray), shape, stride, offset, type);
  }
  const copy = copyOfList(callee, data, isDType(dtype) ? dtype : undefined);
  return new NDArray(copy.data, shape, stride, offset, copy.dtype);
}

/** The entries of any list of scalars in storage of their own. */
function copyOfList(callee: string, list: NDArrayLike["data"], dtype: DType | undefined): NDArray {
  if (typeof list !== "object" || list === null || !("length" in list)) {
    throw new TypeError(`${callee}: data must be a list of numbers, got ${describe(list)}.`);
  }
  const read = "get" in list && typeof list.get === "function" ? list : undefined;
  const values = Array.from({ length: list.length }, (_, i) =>
    read === undefined ? (list as ArrayLike<number>)[i] : read.get(i),
  );
  return fromNested(callee, values, dtype);
}

/** The scalars of nested lists in row-major order, and what kinds of them there are. */
interface Leaves {
  readonly values: Scalar[];
  hasNumber: boolean;
  hasBigInt: boolean;
  hasComplex: boolean;
}

function fromNested(callee: string, input: NestedArray, dtype: DType | undefined): NDArray {
  const shape: number[] = [];
  for (let level: NestedArray = input; Array.isArray(level); level = level[0] as NestedArray) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  const leaves: Leaves = { values: [], hasNumber: false, hasBigInt: false, hasComplex: false };
  collect(callee, input, shape, 0, leaves);
  const type = dtype ?? dtypeOfLeaves(leaves);
  const data = allocate(type, leaves.values.length);
  const { values } = leaves;
  for (let i = 0; i < values.length; i++) writeElement(callee, type, data, i, values[i]);
  return new NDArray(data, shape, undefined, 0, type);
}

function collect(
  callee: string,
  input: NestedArray,
  shape: readonly number[],
  axis: number,
  leaves: Leaves,
): void {
  if (axis < shape.length) {
    const length = Array.isArray(input) ? input.length : undefined;
    if (length !== shape[axis]) throw ragged(callee, axis, shape[axis], length);
    for (const item of input as readonly NestedArray[])
      collect(callee, item, shape, axis + 1, leaves);
    return;
  }
  if (typeof input === "number") leaves.hasNumber = true;
  else if (typeof input === "bigint") leaves.hasBigInt = true;
  else if (isComplexScalar(input)) leaves.hasComplex = true;
  else if (Array.isArray(input)) throw ragged(callee, axis, undefined, input.length);
  else if (typeof input !== "boolean") {
    throw new TypeError(
      `${callee}: input must be an array, a typed array or nested lists of scalars, ` +
        `got ${describe(input)}.`,
    );
  }
  leaves.values.push(input as Scalar);
}

function ragged(callee: string, axis: number, a?: number, b?: number): RangeError {
  const text = (length?: number): string => (length === undefined ? "a scalar" : String(length));
  return new RangeError(
    `${callee}: input must have equal lengths along axis ${axis}, got ${text(a)} and ${text(b)}.`,
  );
}

function dtypeOfLeaves({ values, hasNumber, hasBigInt, hasComplex }: Leaves): DType {
  if (hasComplex) return defaultComplex();
  if (hasNumber || values.length === 0) return defaultFloat();
  return hasBigInt ? defaultInt() : "bool";
}
