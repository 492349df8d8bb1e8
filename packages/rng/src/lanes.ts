import { allocate, itemSize } from "@flaxen/dtype";
import type { Data, DType } from "@flaxen/dtype";
import { sizeOf } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";

/** A row-major array seen along one axis, as `[outer, length, inner]`. */
export interface Lanes {
  /** Number of elements along all axes before the one. */
  readonly outer: number;
  /** Number of elements along the axis. */
  readonly length: number;
  /** Number of elements along all axes behind the one. */
  readonly inner: number;
}

/** Returns the lanes of a shape along an axis that counts from the front. */
export function lanesAlong(shape: Shape, axis: number): Lanes {
  return {
    outer: sizeOf(shape.slice(0, axis)),
    length: shape[axis],
    inner: sizeOf(shape.slice(axis + 1)),
  };
}

/** Takes the slices `order` along the axis. */
export function takeAlong(data: Data, dtype: DType, lanes: Lanes, order: ArrayLike<number>): Data {
  const { outer, length } = lanes;
  const count = order.length;
  const result = allocate(dtype, outer * count * lanes.inner);
  const { unit, from, to } = rawUnits(data, result, dtype);
  const inner = lanes.inner * unit;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < count; j++) {
      const source = (o * length + order[j]) * inner;
      const target = (o * count + j) * inner;
      for (let i = 0; i < inner; i++) to[target + i] = from[source + i];
    }
  }
  return result;
}

/** Takes in each lane the elements that `orders` names in its place. */
export function takeEach(data: Data, dtype: DType, lanes: Lanes, orders: Uint32Array): Data {
  const { length, inner } = lanes;
  const result = allocate(dtype, orders.length);
  const { unit, from, to } = rawUnits(data, result, dtype);
  for (let i = 0; i < orders.length; i++) {
    const start = Math.floor(i / (length * inner)) * length * inner + (i % inner);
    const source = (start + orders[i] * inner) * unit;
    for (let k = 0; k < unit; k++) to[i * unit + k] = from[source + k];
  }
  return result;
}

/** Elements of any dtype as runs of `unit` unsigned integers, so that one loop moves them all. */
interface RawUnits {
  readonly unit: number;
  readonly from: Uint8Array | Uint16Array | Uint32Array;
  readonly to: Uint8Array | Uint16Array | Uint32Array;
}

function rawUnits(source: Data, target: Data, dtype: DType): RawUnits {
  const bytes = itemSize(dtype);
  const Raw = bytes === 1 ? Uint8Array : bytes === 2 ? Uint16Array : Uint32Array;
  const view = ({ buffer, byteOffset, byteLength }: Data): RawUnits["from"] =>
    new Raw(buffer as ArrayBuffer, byteOffset, byteLength / Raw.BYTES_PER_ELEMENT);
  return { unit: bytes / Math.min(bytes, 4), from: view(source), to: view(target) };
}
