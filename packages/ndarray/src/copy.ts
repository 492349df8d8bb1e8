import { allocate } from "@flaxen/dtype";
import type { Data, DataOf, DType } from "@flaxen/dtype";
import type { NDArray } from "./ndarray.ts";
import { isRowMajor, rowMajorStrides } from "./shape.ts";
import type { Shape } from "./shape.ts";

/**
 * The four typed arrays that elements of every dtype are moved through.
 *
 * A loop that meets more than four kinds becomes several times slower, so integers and small floats
 * are moved as patterns of the same width, in one or more lanes each.
 */
type Lanes = Uint8Array | Uint16Array | Int32Array | Float64Array;

/** How many consecutive lanes one element takes. */
function lanesPerElement(dtype: DType): number {
  switch (dtype) {
    case "complex64":
    case "complex128":
    // Patterns of 64-bit integers might be signalling NaNs, so they move as two 32-bit lanes.
    case "int64":
    case "uint64":
      return 2;
    default:
      return 1;
  }
}

/** The same bytes as lanes. */
function asLanes(dtype: DType, data: Data): Lanes {
  const { buffer, byteOffset } = data;
  switch (dtype) {
    case "float32":
    case "int32":
    case "uint32":
    case "complex64":
      return new Int32Array(buffer, byteOffset, data.length);
    case "int64":
    case "uint64":
      return new Int32Array(buffer, byteOffset, 2 * data.length);
    case "float64":
    case "complex128":
      return data as Float64Array;
    case "int16":
    case "uint16":
    case "float16":
    case "bfloat16":
      return new Uint16Array(buffer, byteOffset, data.length);
    case "bool":
    case "int8":
    case "uint8":
      return new Uint8Array(buffer, byteOffset, data.length);
  }
}

/**
 * Rows at least this long are copied by the engine's own `set`; below, its call costs more than it
 * saves.
 */
const LONG_ROW = 64;

/**
 * Copies all elements of `x` into `target`, whose element (i, j, ...) lies at
 * `offset + stride[0] * i + stride[1] * j + ...`.
 */
export function copyInto<D extends DType>(
  x: NDArray<D>,
  target: DataOf<D>,
  stride: Shape,
  offset: number,
): void {
  if (x.size === 0) return;
  const lanes = lanesPerElement(x.dtype);
  const from = asLanes(x.dtype, x.data);
  const to = asLanes(x.dtype, target);
  copyLanes(
    from,
    lanes * x.offset,
    to,
    lanes * offset,
    mergedAxes(x.shape, x.stride, stride, lanes),
  );
}

/** At least two axes, outermost first, with the strides of both sides. */
interface Axes {
  readonly shape: number[];
  readonly from: number[];
  readonly to: number[];
}

/**
 * The axes of length above 1, the lanes of an element being the last; neighbours are joined where
 * possible.
 */
function mergedAxes(shape: Shape, from: Shape, to: Shape, lanes: number): Axes {
  const merged: Axes = { shape: [1], from: [0], to: [0] };
  for (let axis = 0; axis < shape.length; axis++) {
    addAxis(merged, shape[axis], lanes * from[axis], lanes * to[axis]);
  }
  addAxis(merged, lanes, 1, 1);
  if (merged.shape.length < 2) pushAxis(merged, 1, 0, 0);
  return merged;
}

function addAxis(axes: Axes, length: number, from: number, to: number): void {
  if (length === 1) return;
  const last = axes.shape.length - 1;
  if (last > 0 && axes.from[last] === from * length && axes.to[last] === to * length) {
    axes.shape[last] *= length;
    axes.from[last] = from;
    axes.to[last] = to;
  } else pushAxis(axes, length, from, to);
}

function pushAxis(axes: Axes, length: number, from: number, to: number): void {
  axes.shape.push(length);
  axes.from.push(from);
  axes.to.push(to);
}

/** The last two axes are plain loops, the ones before them a counter. */
function copyLanes(from: Lanes, i: number, to: Lanes, o: number, axes: Axes): void {
  const { shape } = axes;
  const inner = shape.length - 1;
  const rows = shape[inner - 1];
  const columns = shape[inner];
  const fromRow = axes.from[inner - 1];
  const fromColumn = axes.from[inner];
  const toRow = axes.to[inner - 1];
  const toColumn = axes.to[inner];
  const inBlocks = columns >= LONG_ROW && fromColumn === 1 && toColumn === 1;
  const counter = shape.map(() => 0);
  for (;;) {
    for (let r = 0; r < rows; r++) {
      let p = i + r * fromRow;
      let q = o + r * toRow;
      if (inBlocks) {
        to.set(from.subarray(p, p + columns), q);
        continue;
      }
      for (let c = 0; c < columns; c++) {
        to[q] = from[p];
        p += fromColumn;
        q += toColumn;
      }
    }
    let axis = inner - 2;
    for (; axis >= 0; axis--) {
      i += axes.from[axis];
      o += axes.to[axis];
      if (++counter[axis] < shape[axis]) break;
      i -= axes.from[axis] * shape[axis];
      o -= axes.to[axis] * shape[axis];
      counter[axis] = 0;
    }
    if (axis < 0) return;
  }
}

/**
 * Returns the elements in row-major order without gaps, and copies only if they are not so already.
 *
 * The result may share memory with `x.data`: never write into it.
 *
 * @param x - an array.
 * @returns storage of exactly `x.size` elements.
 *
 * @example
 * ```ts
 * import { array, flatData, transpose } from "@flaxen/ndarray";
 *
 * flatData(transpose(array([[1, 2], [3, 4]]))); // => new Float32Array([1, 3, 2, 4])
 * ```
 */
export function flatData<D extends DType>(x: NDArray<D>): DataOf<D> {
  if (!isRowMajor(x.shape, x.stride)) return gather(x);
  const scale = x.dtype === "complex64" || x.dtype === "complex128" ? 2 : 1;
  const length = x.size * scale;
  if (x.data.length === length && x.offset === 0) return x.data;
  const begin = length === 0 ? 0 : x.offset * scale;
  return x.data.subarray(begin, begin + length) as DataOf<D>;
}

/** A fresh row-major copy of the elements. */
export function gather<D extends DType>(x: NDArray<D>): DataOf<D> {
  const data = allocate(x.dtype, x.size);
  copyInto(x, data, rowMajorStrides(x.shape), 0);
  return data;
}
