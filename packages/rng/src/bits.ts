import { defaultUint, describe } from "@flaxen/dtype";
import { NDArray } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import { checkOptions, checkSampleShape } from "./arguments.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { handOverKey } from "./traced-key.ts";
import { fillNarrowWords, fillWideWords, fillWords } from "./words.ts";

/** Options of {@link bits}. */
export interface BitsOptions {
  /** dtype of the result (default uint32, or uint64 after `enableX64(true)`). */
  readonly dtype?: "uint8" | "uint16" | "uint32" | "uint64";
}

/**
 * Draws uniformly distributed random bits in the form of unsigned integers, as `jax.random.bits` does.
 *
 * @param key - The random key.
 * @param shape - Shape of the result (default `[]`).
 * @param options - `dtype`, see {@link BitsOptions}.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `shape` not an array or `dtype` not an unsigned integer dtype.
 * @throws {@link RangeError} if `shape` holds anything but non-negative integers, or has 2^31 elements or more for uint64
 *   in the legacy layout.
 *
 * @example
 * ```ts
 * import { bits, key } from "@flaxen/rng";
 *
 * bits(key(10), [4]); // => [169096361, 1572511259, 2689743692, 2228103506]
 * bits(key(0), [5], { dtype: "uint8" }); // => [167, 146, 40, 53, 183]
 * ```
 */
export function bits(key: Key, shape: Shape = [], options: BitsOptions = {}): NDArray {
  useKey("bits", key);
  checkOptions("bits", options);
  const { dtype = defaultUint() } = options;
  const size = checkSampleShape("bits", shape);
  checkUnsigned(dtype);
  // Above that the legacy layout draws in blocks, of which `fillWideWords` knows nothing.
  if (dtype === "uint64" && !key.partitionable && size >= 2 ** 31) {
    throw new RangeError(
      `bits: shape must have fewer than 2^31 elements for uint64 in the legacy layout, got ${describe(shape)}.`,
    );
  }
  const traced = handOverKey("bits", key, shape, dtype, (key) => bits(key, shape, { dtype }), []);
  if (traced) return traced;
  switch (dtype) {
    case "uint8": {
      const data = new Uint8Array(size);
      fillNarrowWords(key, data);
      return new NDArray(data, shape, undefined, 0, dtype);
    }
    case "uint16": {
      const data = new Uint16Array(size);
      fillNarrowWords(key, data);
      return new NDArray(data, shape, undefined, 0, dtype);
    }
    case "uint32": {
      const data = new Uint32Array(size);
      fillWords(key, data);
      return new NDArray(data, shape, undefined, 0, dtype);
    }
    default: {
      const data = new BigUint64Array(size);
      fillWideWords(key, new Uint32Array(data.buffer));
      return new NDArray(data, shape, undefined, 0, dtype);
    }
  }
}

function checkUnsigned(dtype: unknown): void {
  switch (dtype) {
    case "uint8":
    case "uint16":
    case "uint32":
    case "uint64":
      return;
    default:
      throw new TypeError(`bits: dtype must be an unsigned integer dtype, got ${describe(dtype)}.`);
  }
}
