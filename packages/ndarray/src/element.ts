import {
  bfloat16Bits,
  bfloat16Value,
  describe,
  float16Bits,
  float16Value,
  isComplex,
} from "@flaxen/dtype";
import type { Complex, Data, DType } from "@flaxen/dtype";

/** What can be stored into an element: a scalar of any kind. */
export type Scalar = number | boolean | bigint | Complex;

/** The typed arrays that hold numbers. */
type NumberData = Exclude<Data, BigInt64Array | BigUint64Array>;

/** Tells whether a value is a complex number `{ re, im }`. */
export function isComplexScalar(x: unknown): x is Complex {
  return typeof x === "object" && x !== null && "re" in x && "im" in x;
}

/** Reads element `index` (counted in elements, not in floats) of the storage of a dtype. */
export function readElement(dtype: DType, data: Data, index: number): Scalar {
  switch (dtype) {
    case "bool":
      return data[index] !== 0;
    case "float16":
      return float16Value((data as NumberData)[index]);
    case "bfloat16":
      return bfloat16Value((data as NumberData)[index]);
    case "complex64":
    case "complex128":
      return { re: (data as NumberData)[2 * index], im: (data as NumberData)[2 * index + 1] };
    default:
      return data[index];
  }
}

/**
 * Stores a scalar into element `index` of the storage of a dtype.
 *
 * Floats are rounded; integers drop the fraction and wrap. Only complex dtypes take complex
 * numbers.
 */
export function writeElement(
  callee: string,
  dtype: DType,
  data: Data,
  index: number,
  value: Scalar,
): void {
  const numbers = data as NumberData;
  if (isComplex(dtype)) {
    const complex = isComplexScalar(value);
    numbers[2 * index] = complex ? value.re : Number(checkReal(callee, value));
    numbers[2 * index + 1] = complex ? value.im : 0;
    return;
  }
  const real = checkReal(callee, value);
  const number = Number(real);
  switch (dtype) {
    case "int64":
    case "uint64":
      (data as BigInt64Array)[index] = BigInt(
        typeof real === "number" ? (Number.isFinite(real) ? Math.trunc(real) : 0) : real,
      );
      break;
    case "bool":
      numbers[index] = Number(number !== 0);
      break;
    case "float16":
      numbers[index] = float16Bits(number);
      break;
    case "bfloat16":
      numbers[index] = bfloat16Bits(number);
      break;
    case "float32":
    case "float64":
      numbers[index] = number;
      break;
    default:
      // A bigint is wrapped before it becomes a number, which holds only 53 bits.
      numbers[index] = typeof real === "bigint" ? Number(BigInt.asIntN(32, real)) : number;
  }
}

function checkReal(callee: string, value: Scalar): number | boolean | bigint {
  if (/^(number|boolean|bigint)$/.test(typeof value)) return value as number;
  throw new TypeError(`${callee}: value must be a real scalar, got ${describe(value)}.`);
}
