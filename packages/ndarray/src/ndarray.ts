import { checkDType, describe, isComplex, storageName } from "@flaxen/dtype";
import type { DataOf, DType, ElementOf } from "@flaxen/dtype";
import { readElement, writeElement } from "./element.ts";
import type { Scalar } from "./element.ts";
import { NDARRAY } from "./brand.ts";
import { formatArray } from "./print.ts";
import { checkShape, copyLengths, rowMajorStrides, sizeOf } from "./shape.ts";
import type { Shape } from "./shape.ts";
import { dtypeOfData, stores } from "./storage-kind.ts";
import { toNested } from "./to-nested.ts";
import type { NestedArray } from "./to-nested.ts";

/**
 * An n-dimensional array: a strided view of a typed array, with the members of scijs `ndarray`.
 *
 * Element `(i, j, ...)` is element `offset + stride[0] * i + stride[1] * j + ...` of `data`.
 * Offsets and strides count elements: in the complex dtypes element k is the pair `data[2 * k],
 * data[2 * k + 1]`.
 *
 * @example
 * ```ts
 * import { NDArray } from "@flaxen/ndarray";
 *
 * const x = new NDArray(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]);
 * x.get(1, 2); // => 6
 * x.transpose(1, 0).lo(1, 0); // => [[2, 5], [3, 6]]
 * String(x.pick(0, -1)); // => "Array([1., 2., 3.], dtype=float32)"
 * Number(x.pick(0, 0)); // => 1
 * ```
 */
export class NDArray<D extends DType = DType> {
  /** The storage; see {@link DataOf} for its kind. */
  readonly data: DataOf<D>;
  /** The length of each axis. */
  readonly shape: Shape;
  /** Elements from one index of an axis to the next; may be negative or 0. */
  readonly stride: Shape;
  /** Position of element (0, 0, ...), counted in elements. */
  readonly offset: number;
  /** The element type. */
  readonly dtype: D;

  /**
   * Wraps a typed array without copying it.
   *
   * @param data - the storage, of the kind that `dtype` asks for.
   * @param shape - non-negative integers.
   * @param stride - one integer an axis; default row-major without gaps.
   * @param offset - position of the first element, a non-negative integer; default 0.
   * @param dtype - default the dtype of the same name as the typed array (`Uint8Array`: uint8).
   * @throws {@link TypeError} if `data` is not a typed array, not the storage of `dtype`, or
   *   `dtype` is unknown.
   * @throws {@link RangeError} if shape, stride or offset is malformed, or an element would lie
   *   outside `data`.
   */
  constructor(data: DataOf<D>, shape: Shape, stride?: Shape, offset: number = 0, dtype?: D) {
    const type =
      dtype === "float32" && data instanceof Float32Array ? dtype : checkStorage(data, dtype);
    checkShape("NDArray", shape);
    if (stride !== undefined) checkStride(stride, shape.length);
    if (!Number.isSafeInteger(offset) || offset < 0) {
      throw new RangeError(
        `NDArray: offset must be a non-negative integer, got ${describe(offset)}.`,
      );
    }
    this.data = data;
    this.shape = copyLengths(shape);
    this.stride = stride === undefined ? rowMajorStrides(shape) : copyLengths(stride);
    this.offset = offset;
    this.dtype = type as D;
    checkBounds(this);
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Number of axes, under its scijs name. */
  get dimension(): number {
    return this.shape.length;
  }

  /** Number of axes. */
  get ndim(): number {
    return this.shape.length;
  }

  /** The axes from the smallest stride to the largest, as scijs consumers want them. */
  get order(): number[] {
    const { stride } = this;
    return stride.map((_, axis) => axis).sort((a, b) => Math.abs(stride[a]) - Math.abs(stride[b]));
  }

  /**
   * Reads one element.
   *
   * @param indices - one index an axis, in [0, length).
   * @returns a number; boolean for bool, bigint for int64 and uint64, `{ re, im }` for the complex
   *   dtypes.
   * @throws {@link RangeError} if there are too few or too many indices, or one is out of range.
   */
  get(...indices: number[]): ElementOf<D> {
    const index = locate("NDArray.get", this, indices, indices.length);
    return readElement(this.dtype, this.data, index) as ElementOf<D>;
  }

  /**
   * Stores one element; floats are rounded, integers wrap.
   *
   * Arrays are meant to be values that never change: use this only on an array that you have just
   * made.
   *
   * @param indicesAndValue - one index an axis, in [0, length), and the value last.
   * @returns the value given.
   * @throws {@link RangeError} if there are too few or too many indices, or one is out of range.
   * @throws {@link TypeError} if the value is not a scalar of a fitting kind.
   */
  set(...indicesAndValue: [...indices: number[], value: ElementOf<D>]): ElementOf<D> {
    const count = indicesAndValue.length - 1;
    const index = locate("NDArray.set", this, indicesAndValue as number[], count);
    const value = indicesAndValue[count] as ElementOf<D>;
    writeElement("NDArray.set", this.dtype, this.data, index, value as Scalar);
    return value;
  }

  /**
   * Returns the position of an element, counted in elements, without checking that it exists.
   *
   * @param indices - one index an axis.
   * @returns `offset + stride[0] * indices[0] + ...`.
   * @throws {@link RangeError} if there are too few or too many indices.
   */
  index(...indices: number[]): number {
    checkCount("NDArray.index", this, indices.length);
    return position(this, indices);
  }

  /**
   * Returns a view without the first elements of each axis.
   *
   * @param starts - how many to drop on each axis, in [0, length]; negative or missing drops none.
   * @returns a view of the same storage.
   * @throws {@link RangeError} if there are too many arguments or one is out of range.
   */
  lo(...starts: (number | null | undefined)[]): NDArray<D> {
    return slice("NDArray.lo", this, starts, "start", 1, (start, length) => [
      start,
      length - start,
    ]);
  }

  /**
   * Returns a view of the first elements of each axis.
   *
   * @param lengths - how many to keep on each axis, in [0, length]; negative or missing keeps all.
   * @returns a view of the same storage.
   * @throws {@link RangeError} if there are too many arguments or one is out of range.
   */
  hi(...lengths: (number | null | undefined)[]): NDArray<D> {
    return slice("NDArray.hi", this, lengths, "length", 1, (kept) => [0, kept]);
  }

  /**
   * Returns a view of every n-th element of each axis; a negative step runs backwards from the end.
   *
   * @param steps - a non-zero integer for each axis; missing means 1.
   * @returns a view of the same storage.
   * @throws {@link RangeError} if there are too many arguments or one is 0 or not an integer.
   */
  step(...steps: (number | null | undefined)[]): NDArray<D> {
    return slice("NDArray.step", this, steps, undefined, 0, (step, length) => {
      if (!Number.isSafeInteger(step) || step === 0) {
        throw new RangeError(
          `NDArray.step: step must be a non-zero integer, got ${describe(step)}.`,
        );
      }
      return [step < 0 ? length - 1 : 0, Math.ceil(length / Math.abs(step)), step];
    });
  }

  /**
   * Returns a view with permuted axes; without arguments the axes stay as they are.
   *
   * @param axes - the axis that becomes the first, the second, ...: a permutation of 0 to ndim - 1.
   * @returns a view of the same storage.
   * @throws {@link RangeError} if `axes` is not such a permutation.
   */
  transpose(...axes: number[]): NDArray<D> {
    if (axes.length === 0) return view(this, this.shape, this.stride, this.offset);
    const { ndim } = this;
    const isPermutation =
      axes.length === ndim && this.shape.every((_, axis) => axes.includes(axis));
    if (!isPermutation) {
      throw new RangeError(
        `NDArray.transpose: axes must be a permutation of 0 to ndim - 1 for ndim = ${ndim}, ` +
          `got ${describe(axes)}.`,
      );
    }
    const shape = axes.map((axis) => this.shape[axis]);
    const stride = axes.map((axis) => this.stride[axis]);
    return view(this, shape, stride, this.offset);
  }

  /**
   * Returns a view with some axes fixed at an index and dropped.
   *
   * @param indices - an index in [0, length) for each axis; negative or missing keeps the axis.
   * @returns a view of the same storage with fewer axes.
   * @throws {@link RangeError} if there are too many arguments or an index is out of range.
   */
  pick(...indices: (number | null | undefined)[]): NDArray<D> {
    return slice("NDArray.pick", this, indices, "index", 0, (index) => [index]);
  }

  /**
   * Returns the only element of an array of size 1.
   *
   * @returns the element, as `get` gives it.
   * @throws {@link RangeError} if the size is not 1.
   */
  item(): ElementOf<D> {
    if (this.size !== 1) {
      throw new RangeError(
        `NDArray.item: the array must have size 1, got shape ${describe(this.shape)}.`,
      );
    }
    return readElement(this.dtype, this.data, this.offset) as ElementOf<D>;
  }

  /**
   * Returns the elements as nested JavaScript arrays.
   *
   * @returns one level of arrays an axis; the element itself when there is no axis.
   */
  toArray(): NestedArray {
    return toNested(this);
  }

  /**
   * Returns the text that JAX prints for the array.
   *
   * @returns for example `Array([1., 2.], dtype=float32)`.
   */
  toString(): string {
    return formatArray(this);
  }

  // On the prototype, so that an array costs no more for its brand. Emitting declarations file by
  // file forbids computed member names, hence not as members. The second is what console.log asks
  // in Node; the third makes `Number(x)` of an array of size 1 its element.
  static {
    const toText = function (this: NDArray, hint?: unknown): unknown {
      return hint === "number" ? this.item() : this.toString();
    };
    Object.defineProperties(this.prototype, {
      [NDARRAY]: { value: true },
      [Symbol.for("nodejs.util.inspect.custom")]: { value: toText },
      [Symbol.toPrimitive]: { value: toText },
    });
  }
}

/** Another view of the storage of `x`; one without elements keeps the offset, which is inside. */
export function view<D extends DType>(
  x: NDArray<D>,
  shape: Shape,
  stride: Shape,
  offset: number,
): NDArray<D> {
  const start = shape.includes(0) ? x.offset : offset;
  return new NDArray(x.data, shape, stride, start, x.dtype);
}

/**
 * A view of which `part` says, for each axis that has an argument, where it begins, how long it is (an axis without
 * length is dropped) and how many elements one step takes. An argument with a name must be below the length of the axis
 * plus `extra`, and leaves the axis as it is when it is negative.
 */
function slice<D extends DType>(
  callee: string,
  x: NDArray<D>,
  args: readonly (number | null | undefined)[],
  argument: string | undefined,
  extra: number,
  part: (arg: number, length: number) => readonly [start: number, length?: number, step?: number],
): NDArray<D> {
  if (args.length > x.ndim) {
    throw new RangeError(
      `${callee}: arguments must be at most ${x.ndim} in number, got ${args.length}.`,
    );
  }
  const shape: number[] = [];
  const stride: number[] = [];
  let { offset } = x;
  x.shape.forEach((length, axis) => {
    const arg = args[axis] ?? undefined;
    const leaves =
      arg === undefined || (argument && leavesAxis(callee, argument, arg, length + extra));
    const [start, kept, step = 1] = leaves ? [0, length] : part(arg as number, length);
    offset += x.stride[axis] * start;
    if (kept === undefined) return;
    shape.push(kept);
    stride.push(x.stride[axis] * step);
  });
  return view(x, shape, stride, offset);
}

/** The dtype of the elements of `data`, which may be given. */
function checkStorage(data: unknown, dtype: unknown): DType {
  const type = dtype === undefined ? dtypeOfData(data) : checkDType("NDArray", "dtype", dtype);
  if (type === undefined) {
    throw new TypeError(`NDArray: data must be a typed array, got ${describe(data)}.`);
  }
  if (!stores(type, data)) {
    throw new TypeError(
      `NDArray: data must be a ${storageName(type)} for dtype ${type}, got ${describe(data)}.`,
    );
  }
  return type;
}

function checkStride(stride: unknown, ndim: number): void {
  if (!Array.isArray(stride)) {
    throw new TypeError(`NDArray: stride must be an array of integers, got ${describe(stride)}.`);
  }
  if (stride.length !== ndim || !stride.every(Number.isSafeInteger)) {
    throw new RangeError(
      `NDArray: stride must hold ${ndim} integers, one an axis, got ${describe(stride)}.`,
    );
  }
}

/** Throws unless every element of `x` lies inside its storage. */
function checkBounds(x: NDArray): void {
  let first = x.offset;
  let last = x.offset;
  for (let axis = 0; axis < x.shape.length; axis++) {
    const length = x.shape[axis];
    if (length === 0) return;
    const reach = x.stride[axis] * (length - 1);
    if (reach < 0) first += reach;
    else last += reach;
  }
  const available = isComplex(x.dtype) ? Math.floor(x.data.length / 2) : x.data.length;
  if (first < 0 || last >= available) {
    throw new RangeError(
      `NDArray: shape, stride and offset must stay inside the ${available} elements of data, ` +
        `got shape ${describe(x.shape)}, stride ${describe(x.stride)}, offset ${x.offset}.`,
    );
  }
}

function checkCount(callee: string, x: NDArray, count: number): void {
  if (count !== x.shape.length) {
    throw new RangeError(`${callee}: indices must be ${x.shape.length} in number, got ${count}.`);
  }
}

/** Tells whether an argument of lo, hi or pick means "leave this axis". */
function leavesAxis(callee: string, argument: string, x: number, end: number): boolean {
  if (typeof x !== "number") {
    throw new TypeError(`${callee}: arguments must be integers, got ${describe(x)}.`);
  }
  if (x < 0) return true;
  if (x < end && Number.isInteger(x)) return false;
  throw new RangeError(
    `${callee}: ${argument} must be an integer in [0, ${end}), got ${describe(x)}.`,
  );
}

/**
 * Position of an element whose first `count` arguments are its indices; throws if it does not
 * exist.
 */
function locate(callee: string, x: NDArray, args: readonly number[], count: number): number {
  const { shape } = x;
  checkCount(callee, x, count);
  const indices = args.length === count ? args : args.slice(0, count);
  for (let axis = 0; axis < count; axis++) {
    const i = indices[axis];
    if (!(i >= 0 && i < shape[axis]) || !Number.isInteger(i)) {
      throw new RangeError(
        `${callee}: indices must lie inside shape ${describe(shape)}, got ${describe(indices)}.`,
      );
    }
  }
  return position(x, indices);
}

function position(x: NDArray, indices: readonly number[]): number {
  let index = x.offset;
  for (let axis = 0; axis < indices.length; axis++) index += x.stride[axis] * indices[axis];
  return index;
}
