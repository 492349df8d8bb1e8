import { describe, isInexact, promoteTypes } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { astype } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import type { Callee } from "./places.ts";

/** Settings of `promoteDtype`. */
export interface PromoteDtypeOptions {
  /** The dtype to cast to; by default the common one of the values. */
  readonly dtype?: DType | undefined;
  /** Whether the result must be floating; true by default. */
  readonly inexact?: boolean;
}

/**
 * Casts values to one dtype, the way every layer treats its input and parameters.
 *
 * Without `dtype` this is the common promoted dtype of the values, and if that is not floating, that
 * promoted with float32. So integer input with float32 parameters computes in float32, and
 * `dtype: "float16"` computes in float16 with float32 parameters.
 *
 * @param values - arrays; null passes through.
 * @param options - `dtype`, and `inexact` (default true).
 * @returns the values in the same order.
 * @throws {@link TypeError} if `inexact` is true and `dtype` is not floating.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { promoteDtype } from "@flaxen/nnx";
 *
 * const [x, bias] = promoteDtype([array([1, 2], "int32"), null]);
 * x.dtype; // => "float32"
 * bias; // => null
 * ```
 */
export function promoteDtype<const V extends readonly (Tensor | null)[]>(
  values: V,
  { dtype, inexact = true }: PromoteDtypeOptions = {},
): { -readonly [K in keyof V]: V[K] extends Tensor ? Tensor : V[K] } {
  const common = commonDtype("promoteDtype", values, { dtype, inexact });
  return values.map((value) => (value === null ? null : astype(value, common))) as {
    -readonly [K in keyof V]: V[K] extends Tensor ? Tensor : V[K];
  };
}

/** The dtype that `promoteDtype` casts to. */
export function commonDtype(
  callee: Callee,
  values: readonly (Tensor | null)[],
  { dtype, inexact = true }: PromoteDtypeOptions,
): DType {
  let common = dtype;
  if (common === undefined) {
    for (const value of values) {
      if (value !== null)
        common = common === undefined ? value.dtype : promoteTypes(common, value.dtype);
    }
    common ??= "float32";
    if (inexact && !isInexact(common)) common = promoteTypes("float32", common);
  }
  if (inexact && !isInexact(common)) {
    throw new TypeError(`${callee}: dtype must be floating, got ${describe(common)}.`);
  }
  return common;
}
