/**
 * The element types of JAX: names, storage in typed arrays, promotion, limits, and exact rounding.
 *
 * This is the lowest layer; it imports nothing.
 *
 * @example
 * ```ts
 * import { promoteTypes, roundTo } from "@flaxen/dtype";
 *
 * promoteTypes("int32", "bfloat16"); // => "bfloat16"
 * roundTo("bfloat16", Math.PI); // => 3.140625
 * ```
 *
 * @packageDocumentation
 */
export { bfloat16Bits, bfloat16Value } from "./bfloat16.ts";
export {
  defaultComplex,
  defaultFloat,
  defaultInt,
  defaultUint,
  enableX64,
  x64Enabled,
} from "./default-width.ts";
export { describe } from "./describe.ts";
export {
  checkDType,
  isBool,
  isComplex,
  isDType,
  isFloating,
  isInexact,
  isInteger,
  isUnsigned,
  itemSize,
} from "./dtype.ts";
export type { Complex, Data, DataOf, DType, ElementOf } from "./dtype.ts";
export { finfo, iinfo } from "./finfo.ts";
export type { FloatInfo, IntegerInfo } from "./finfo.ts";
export { float16Bits, float16Value } from "./float16.ts";
export {
  erf32,
  erfInv32,
  exp32,
  expm132,
  fma32,
  log1p32,
  log32,
  pow32,
  tanh32,
} from "./float32-math.ts";
export { promoteTypes, resultType } from "./promotion.ts";
export { roundFloat } from "./round-float.ts";
export { roundTo } from "./round.ts";
export { allocate } from "./storage.ts";
export { storageName } from "./storage-name.ts";
