/**
 * Initial weights as arrays of `@jax-js/jax`: {@link forJaxJs} turns an {@link Initializer} into one of that library.
 *
 * @packageDocumentation
 */
import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { flatData } from "@flaxen/ndarray";
import type { NDArray, Shape } from "@flaxen/ndarray";
import type { Key } from "@flaxen/rng";
import type { Initializer } from "./initializer.ts";

/** The typed arrays that `@jax-js/jax` reads. */
export type JaxJsData =
  Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** What is needed of `import * as jax from "@jax-js/jax"`. */
export interface JaxJs<T> {
  /** Its array functions. */
  readonly numpy: {
    /** Builds an array. */
    array(data: JaxJsData, options: { shape: number[] }): T;
  };
}

/** An {@link Initializer} that returns arrays of `@jax-js/jax`. */
export type JaxJsInitializer<T> = (key: Key, shape: Shape, dtype?: DType) => T;

/**
 * Builds the function that makes initializers return arrays of `@jax-js/jax`.
 *
 * The random key is one of `@flaxen/rng`; `wrapKeyData(await jaxKey.data())` makes it of a key of `@jax-js/jax`.
 *
 * @param jax - What `import * as jax from "@jax-js/jax"` gives.
 * @returns A function from an {@link Initializer} to one with an array of that library as result.
 * @throws {@link TypeError} if `jax` is not that library, or the initializer not a function; when called, if the dtype is not
 *   float32, int32 or uint32.
 *
 * @example
 * ```js
 * import * as jax from "@jax-js/jax";
 * import { glorotUniform } from "@flaxen/initializers";
 * import { forJaxJs } from "@flaxen/initializers/jax-js";
 * import { key } from "@flaxen/rng";
 *
 * const kernel = forJaxJs(jax)(glorotUniform())(key(0), [784, 256]);
 * ```
 */
export function forJaxJs<T>(jax: JaxJs<T>): (initializer: Initializer) => JaxJsInitializer<T> {
  if (typeof jax?.numpy?.array !== "function") {
    throw new TypeError(`forJaxJs: jax must be the module @jax-js/jax, got ${describe(jax)}.`);
  }
  return (initializer) => {
    if (typeof initializer !== "function") {
      throw new TypeError(
        `forJaxJs: initializer must be a function, got ${describe(initializer)}.`,
      );
    }
    return (key, shape, dtype) => {
      const weights = initializer(key, shape, dtype);
      return jax.numpy.array(dataOf(weights), { shape: [...weights.shape] });
    };
  };
}

function dataOf(weights: NDArray): JaxJsData {
  switch (weights.dtype) {
    case "float32":
    case "int32":
    case "uint32":
      return flatData(weights) as JaxJsData;
    default:
      throw new TypeError(
        `forJaxJs: dtype must be float32, int32 or uint32, got ${describe(weights.dtype)}.`,
      );
  }
}
