import { describe } from "./describe.ts";

/** Whether defaults are 64 bits wide: the one piece of global state of this package. */
let x64 = false;

/**
 * Switches the default widths between 32 bits (the initial setting) and 64 bits.
 *
 * It is JAX's `jax_enable_x64` for defaults: {@link defaultFloat}, {@link defaultInt},
 * {@link defaultUint} and the lattice rule that int32 with uint32 gives int64 instead of int32. A dtype
 * named explicitly is always honoured: unlike JAX, nothing maps float64 to float32 while the
 * setting is off.
 *
 * @param on - true for 64 bits, false for 32 bits.
 * @throws {@link TypeError} if `on` is not a boolean.
 *
 * @example
 * ```ts
 * import { defaultFloat, enableX64 } from "@flaxen/dtype";
 *
 * enableX64(true);
 * defaultFloat(); // => "float64"
 * enableX64(false);
 * defaultFloat(); // => "float32"
 * ```
 */
export function enableX64(on: boolean): void {
  if (typeof on !== "boolean") {
    throw new TypeError(`enableX64: on must be a boolean, got ${describe(on)}.`);
  }
  x64 = on;
}

/**
 * Tells whether the default widths are 64 bits.
 *
 * @returns the value last given to {@link enableX64}, false at the start.
 *
 * @example
 * ```ts
 * import { x64Enabled } from "@flaxen/dtype";
 *
 * x64Enabled(); // => false
 * ```
 */
export function x64Enabled(): boolean {
  return x64;
}

/**
 * Returns the dtype that floating-point values get when none is named.
 *
 * @returns float32, or float64 after `enableX64(true)`.
 *
 * @example
 * ```ts
 * import { defaultFloat } from "@flaxen/dtype";
 *
 * defaultFloat(); // => "float32"
 * ```
 */
export function defaultFloat(): "float32" | "float64" {
  return x64 ? "float64" : "float32";
}

/**
 * Returns the dtype that integers get when none is named.
 *
 * @returns int32, or int64 after `enableX64(true)`.
 *
 * @example
 * ```ts
 * import { defaultInt } from "@flaxen/dtype";
 *
 * defaultInt(); // => "int32"
 * ```
 */
export function defaultInt(): "int32" | "int64" {
  return x64 ? "int64" : "int32";
}

/**
 * Returns the dtype that unsigned integers get when none is named.
 *
 * @returns uint32, or uint64 after `enableX64(true)`.
 *
 * @example
 * ```ts
 * import { defaultUint } from "@flaxen/dtype";
 *
 * defaultUint(); // => "uint32"
 * ```
 */
export function defaultUint(): "uint32" | "uint64" {
  return x64 ? "uint64" : "uint32";
}

/**
 * Returns the dtype that complex numbers get when none is named.
 *
 * @returns complex64, or complex128 after `enableX64(true)`.
 *
 * @example
 * ```ts
 * import { defaultComplex } from "@flaxen/dtype";
 *
 * defaultComplex(); // => "complex64"
 * ```
 */
export function defaultComplex(): "complex64" | "complex128" {
  return x64 ? "complex128" : "complex64";
}
