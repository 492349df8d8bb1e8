import { contiguous } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { computeData, computeDType, narrow } from "./compute-dtype.ts";
import type { Primitive, ShapedArray } from "./primitive.ts";

/** Parameters of primitives that have none. */
type NoParams = null;

/** Rule of operations that keep shape and dtype. */
export function likeOperand([x]: readonly ShapedArray[]): ShapedArray {
  return { shape: x.shape, dtype: x.dtype };
}

/** Rule of predicates: the shape of the operand, dtype bool. */
export function boolLikeOperand([x]: readonly ShapedArray[]): ShapedArray {
  return { shape: x.shape, dtype: "bool" };
}

/**
 * Runs one loop over all elements of a floating array. Each operation hands in two literal loops: a loop
 * shared by many typed-array kinds or calling back per element is several times slower.
 */
export function mapFloat(
  x: NDArray,
  out: ShapedArray,
  loop32: (a: Float32Array, o: Float32Array) => void,
  loop64: (a: Float64Array, o: Float64Array) => void,
): NDArray {
  const a = computeData(x);
  if (computeDType(x.dtype) === "float64") {
    const o = new Float64Array(a.length);
    loop64(a as Float64Array, o);
    return narrow(o, out.shape, out.dtype);
  }
  const o = new Float32Array(a.length);
  loop32(a as Float32Array, o);
  return narrow(o, out.shape, out.dtype);
}

/** As {@link mapFloat} for operations that also take integers, whose stores wrap. */
export function mapNumber(
  x: NDArray,
  out: ShapedArray,
  loop32: (a: Float32Array, o: Float32Array) => void,
  loop64: (a: Float64Array, o: Float64Array) => void,
  loopInteger: (a: Int32Array | Uint32Array, o: Int32Array | Uint32Array) => void,
): NDArray {
  const compute = computeDType(x.dtype);
  if (compute === "float32" || compute === "float64") return mapFloat(x, out, loop32, loop64);
  const a = computeData(x) as Int32Array | Uint32Array;
  const o = compute === "int32" ? new Int32Array(a.length) : new Uint32Array(a.length);
  loopInteger(a, o);
  return narrow(o, out.shape, out.dtype);
}

/** The same elements, row-major: the evaluation of operations that only matter to transformations. */
export function copyOperand([x]: readonly NDArray[]): NDArray {
  return contiguous(x);
}

/** A primitive without parameters. */
export type PlainPrimitive = Primitive<NoParams>;
