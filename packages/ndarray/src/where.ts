import { describe, resultType } from "@flaxen/dtype";
import { broadcastShapes, broadcastTo } from "./broadcast.ts";
import { castArray } from "./cast.ts";
import { asNDArray } from "./convert.ts";
import type { ArrayInput } from "./convert.ts";
import { flatData, gather } from "./copy.ts";
import { NDArray } from "./ndarray.ts";

/**
 * Takes each element from one of two arrays.
 *
 * All three arguments are broadcast together. A plain number or boolean adapts to the dtype of the other array.
 *
 * @param condition - an array, or anything that `asNDArray` reads; what is not 0 counts as true, also NaN.
 * @param x - the elements where `condition` is true.
 * @param y - the elements where it is false.
 * @returns a new array of the joint shape; its dtype is the joint dtype of `x` and `y`.
 * @throws {@link RangeError} if the shapes do not fit together.
 *
 * @example
 * ```ts
 * import { where } from "@flaxen/ndarray";
 *
 * where([true, false, true], [1, 2, 3], 0); // => [1, 0, 3]
 * where([[true], [false]], [1, 2], [3, 4]); // => [[1, 2], [3, 4]]
 * ```
 */
export function where(condition: ArrayInput, x: ArrayInput, y: ArrayInput): NDArray {
  const parts = [condition, x, y].map((part) => asNDArray(part));
  const dtype = resultType(typeOf(x, parts[1]), typeOf(y, parts[2]));
  const shape = jointShape(parts);
  const choose = flatData(broadcastTo(castArray(parts[0], "bool"), shape));
  const [first, second] = parts.slice(1).map((part) => broadcastTo(castArray(part, dtype), shape));
  const data = gather(second) as Float64Array;
  const other = flatData(first) as Float64Array;
  const lanes = choose.length === 0 ? 1 : data.length / choose.length;
  for (let i = 0; i < data.length; i++) {
    if (choose[lanes === 1 ? i : i >> 1] !== 0) data[i] = other[i];
  }
  return new NDArray(data as NDArray["data"], shape, undefined, 0, dtype);
}

/** A plain scalar as a weak one, which only decides the kind of the result, else the dtype. */
function typeOf(input: ArrayInput, read: NDArray): Parameters<typeof resultType>[number] {
  switch (typeof input) {
    case "number":
    case "boolean":
    case "bigint":
      return input;
    default:
      return read.dtype;
  }
}

function jointShape(parts: readonly NDArray[]): number[] {
  const shapes = parts.map((part) => part.shape);
  try {
    return broadcastShapes(...shapes);
  } catch {
    throw new RangeError(
      `where: condition, x and y must broadcast together, got shapes ${shapes.map(describe).join(", ")}.`,
    );
  }
}
