import { checkDType, defaultFloat, describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { full } from "@flaxen/ndarray";
import type { NDArray, Shape } from "@flaxen/ndarray";
import { isKey } from "@flaxen/rng";
import type { Key } from "@flaxen/rng";
import { checkCall } from "./arguments.ts";
import type { Initializer } from "./initializer.ts";

/**
 * Returns an array of zeros; an {@link Initializer} itself.
 *
 * Formula: `w = 0`.
 *
 * @param key - A random key, ignored.
 * @param shape - Shape of the result.
 * @param dtype - dtype of the result (default: the default float).
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `shape` not an array or `dtype` not a dtype.
 * @throws {@link RangeError} if `shape` holds anything but non-negative integers.
 * @see `jax.nn.initializers.zeros`.
 *
 * @example
 * ```ts
 * import { zeros } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * zeros(key(42), [2, 3], "float32"); // => [[0, 0, 0], [0, 0, 0]]
 * ```
 */
export function zeros(key: Key, shape: Shape, dtype?: DType): NDArray {
  return filled("zeros", key, shape, 0, dtype);
}

/**
 * Returns an array of ones; an {@link Initializer} itself.
 *
 * Formula: `w = 1`.
 *
 * @param key - A random key, ignored.
 * @param shape - Shape of the result.
 * @param dtype - dtype of the result (default: the default float).
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `shape` not an array or `dtype` not a dtype.
 * @throws {@link RangeError} if `shape` holds anything but non-negative integers.
 * @see `jax.nn.initializers.ones`.
 *
 * @example
 * ```ts
 * import { ones } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * ones(key(42), [3, 2], "float32"); // => [[1, 1], [1, 1], [1, 1]]
 * ```
 */
export function ones(key: Key, shape: Shape, dtype?: DType): NDArray {
  return filled("ones", key, shape, 1, dtype);
}

/**
 * Builds an initializer that returns arrays of zeros: {@link zeros}.
 *
 * Formula: `w = 0`.
 *
 * @returns The initializer {@link zeros}.
 * @throws {@link TypeError} if called with an argument, as if it were the initializer.
 * @see `flax.nnx.initializers.zeros_init`.
 *
 * @example
 * ```ts
 * import { zerosInit } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const zerosInitializer = zerosInit();
 * zerosInitializer(key(42), [2, 3], "float32"); // => [[0, 0, 0], [0, 0, 0]]
 * ```
 */
export function zerosInit(): Initializer {
  if (arguments.length > 0) refuseArguments("zerosInit", arguments[0]);
  return zeros;
}

/**
 * Builds an initializer that returns arrays of ones: {@link ones}.
 *
 * Formula: `w = 1`.
 *
 * @returns The initializer {@link ones}.
 * @throws {@link TypeError} if called with an argument, as if it were the initializer.
 * @see `flax.nnx.initializers.ones_init`.
 *
 * @example
 * ```ts
 * import { onesInit } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const onesInitializer = onesInit();
 * onesInitializer(key(42), [3, 2], "float32"); // => [[1, 1], [1, 1], [1, 1]]
 * ```
 */
export function onesInit(): Initializer {
  if (arguments.length > 0) refuseArguments("onesInit", arguments[0]);
  return ones;
}

function filled(
  callee: "zeros" | "ones",
  key: unknown,
  shape: Shape,
  value: number,
  dtype: DType = defaultFloat(),
): NDArray {
  if (!isKey(key)) {
    throw new TypeError(
      `${callee}: key must be a Key, got ${describe(key)}. ` +
        `${callee} is an initializer already; ${callee}Init() builds it.`,
    );
  }
  checkCall(callee, key, shape);
  return full(shape, value, checkDType(callee, "dtype", dtype));
}

function refuseArguments(callee: string, first: unknown): never {
  throw new TypeError(
    `${callee}: arguments must be omitted, got ${describe(first)}. Build the initializer first: ${callee}()(key, shape).`,
  );
}
