import { describe } from "./describe.ts";
import { checkDType } from "./dtype.ts";
import type { Data, DataOf, DType } from "./dtype.ts";

/**
 * Allocates zero-filled storage.
 *
 * @param dtype - any dtype.
 * @param length - number of elements, a non-negative integer.
 * @returns the typed array of {@link DataOf}; complex dtypes get `2 * length` floats.
 * @throws {@link TypeError} if `dtype` is not the name of a dtype.
 * @throws {@link RangeError} if `length` is not a non-negative integer.
 *
 * @example
 * ```ts
 * import { allocate } from "@flaxen/dtype";
 *
 * allocate("float32", 2); // => new Float32Array([0, 0])
 * allocate("complex64", 2).length; // => 4
 * ```
 */
export function allocate<D extends DType>(dtype: D, length: number): DataOf<D> {
  checkDType("allocate", "dtype", dtype);
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new RangeError(
      `allocate: length must be a non-negative integer, got ${describe(length)}.`,
    );
  }
  return emptyStorage(dtype, length) as DataOf<D>;
}

function emptyStorage(dtype: DType, length: number): Data {
  switch (dtype) {
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
    case "int32":
      return new Int32Array(length);
    case "uint32":
      return new Uint32Array(length);
    case "bool":
    case "uint8":
      return new Uint8Array(length);
    case "int8":
      return new Int8Array(length);
    case "int16":
      return new Int16Array(length);
    case "uint16":
    case "float16":
    case "bfloat16":
      return new Uint16Array(length);
    case "int64":
      return new BigInt64Array(length);
    case "uint64":
      return new BigUint64Array(length);
    case "complex64":
      return new Float32Array(2 * length);
    case "complex128":
      return new Float64Array(2 * length);
  }
}
